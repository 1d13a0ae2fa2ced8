"""An office with a telephone: our web process and a played Twilio, speaking with each other over HTTP on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import uvicorn
from aiohttp import web
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.app.inbound import Address, Inbound, PlatformName, Tapped
from bot.app.people_reader import read_people
from bot.app.ports import Channel
from bot.config import Settings
from bot.core.incident import Incident
from bot.stores.connection import Client
from bot.web.tasks import Tasks
from bot.web.webhooks import Receiver
from bot.wiring.parts import Mamori, ensure_content, join, open_stores
from bot.wiring.phone import phone_channels, phone_routes
from tests.platforms.phone.played_twilio import ACCOUNT, NUMBER, TOKEN, PlayedTwilio
from tests.transcripts.stage import Chat, MovedClock

PEOPLE = """id,name,role,site,place,line_user_id,slack_user_id,phone,email,language
aiko,愛子,staff,本庁舎,2番窓口,Ua1c0a1c0a1c0a1c0a1c0a1c0a1c0a1c0,,,,ja
sato,佐藤係長,supervisor,本庁舎,,,,090-1111-2222,,ja
mori,森課長,supervisor,本庁舎,,,,080-3333-4444,,en
"""
POLICY = """
policy: 1
channels: [phone, sms]
standard:
  tiers:
    - {people: [sato], wait: 60, again: 45}
    - {people: [mori], wait: 60, again: 45}
danger:
  tiers:
    - {people: [sato, mori], wait: 60, again: 45}
"""
SATO, MORI = "+819011112222", "+818033334444"


@dataclass
class Office:
    mamori: Mamori
    clock: MovedClock
    twilio: PlayedTwilio
    receiver: Receiver
    url: str

    async def calls_for_help(self, menu: str = "m1.help") -> None:
        aiko = Address("line", "Ua1c0a1c0a1c0a1c0a1c0a1c0a1c0a1c0")
        await self.receiver.take(Inbound("e-1", aiko, self.clock.now(), Tapped(menu)))
        await self.receiver.tasks.finish()

    async def calls_for_help_ends(self, incident: str) -> None:
        aiko = Address("line", "Ua1c0a1c0a1c0a1c0a1c0a1c0a1c0a1c0")
        await self.receiver.take(Inbound("e-2", aiko, self.clock.now(), Tapped(f"m1.s.{incident}.fine")))
        await self.receiver.tasks.finish()

    async def deactivates(self, person: str) -> None:
        known = await self.mamori.stores.directory.people()
        await self.mamori.stores.directory.put_people([replace(known[person], active=False)])

    async def incident(self) -> Incident:
        found = await self.mamori.stores.records.incidents(
            self.clock.time.replace(year=2000), self.clock.time.replace(year=2100)
        )
        return found[0]

    async def reach(self, person: str) -> str:
        await self.receiver.tasks.finish()
        alert = (await self.incident()).alert
        page = alert.page_of(person) if alert else None
        return page.reach if page else "not paged"

    async def reasons(self) -> list[str]:
        """Why pages failed, as the journal tells it."""
        await self.receiver.tasks.finish()
        entries = await self.mamori.stores.records.journal((await self.incident()).id)
        return [f"{e.data['person']} {e.data['reason']}" for e in entries if e.kind == "page_failed"]

    def calls_to(self, number: str) -> list[dict[str, str]]:
        return [call for call in self.twilio.calls if call["To"] == number]


@pytest.fixture
async def twilio(anyio_backend: str) -> AsyncIterator[PlayedTwilio]:
    played = PlayedTwilio()
    runner = web.AppRunner(played.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()


@pytest.fixture
async def office(redis_url: str, store_connection: Client, twilio: PlayedTwilio) -> AsyncIterator[Office]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = Settings(
            public_url=url,
            secret_key=SecretStr("key"),
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_from=NUMBER,
            twilio_api_base=twilio.url,
        )
        clock = MovedClock()
        twilio.clock = clock
        async with open_stores(redis_url, "default") as stores:
            channels: dict[PlatformName, Channel] = {
                "line": Chat("line", clock),
                **phone_channels(settings, clock),
            }
            mamori = join(settings, clock, stores, channels)
            await ensure_content(stores, clock)
            await stores.directory.put_people(read_people(PEOPLE, "people.csv"))
            await stores.library.put_policy(POLICY)
            receiver = Receiver(mamori.turn.receive, mamori.deliverer.deliver_all, Tasks())
            async with served(Starlette(routes=phone_routes(mamori, receiver)), door):
                yield Office(mamori, clock, twilio, receiver, url)
            await receiver.tasks.finish()
            for channel in channels.values():
                await channel.close()


@asynccontextmanager
async def served(app: Starlette, door: socket.socket) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[door]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by nothing else
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task
