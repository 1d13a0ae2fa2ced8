"""The Slack side against the local Slack over HTTP, both ways: signatures, validation, limits and lost answers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from bot.app.delivering import Delivery, Later, Sent
from bot.app.inbound import Address, Appeared, Inbound, Tapped, Typed
from bot.core.messages import Button, Card
from bot.platforms.slack.app import build
from bot.platforms.slack.client import SlackChannel
from bot.platforms.slack.pace import Pace
from bot.playground.app import create_app
from bot.playground.local import LocalPlatform
from bot.playground.settings import PlayChannel, PlaygroundSettings, PlayPerson

pytestmark = pytest.mark.anyio

CARD = Card(
    alt="確認することがあります",
    title="対応中 1分",
    body=("離れて立ちます。", "<二人>で & 聞きます。"),
    aloud="お席でうかがいます",
    facts=(("場所", "窓口"),),
    choices=(Button("ある", "m1.danger", primary=True), Button("ない", "m1.unsure")),
    bottom=(Button("応援", "m1.help"),),
    note="方針",
)
FIRST = Delivery("d-1", Address("slack", "U0SATO"), (CARD,), datetime.now(UTC))


@dataclass
class Town:
    """A running local Slack, the bot's way in beside it, and what came in."""

    platform: LocalPlatform
    channel: SlackChannel
    entry: Any
    kept: list[Inbound] = field(default_factory=list)
    away: bool = False

    async def receive(self, inbound: Inbound) -> None:
        if self.away:
            raise ConnectionError
        self.kept.append(inbound)

    async def answer(self, request: Request) -> Response:
        now = datetime.now(UTC)
        status, headers, body = await self.entry.handle(await request.body(), request.headers, now)
        return Response(body, status, headers)


@pytest.fixture
async def town(anyio_backend: str) -> AsyncIterator[Town]:
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = PlaygroundSettings(
        bot_url=address,
        line_channel_secret="l",
        line_access_token="l",
        slack_signing_secret="s3cret",
        slack_bot_token="xoxb-1",
        slack_app_token="xapp-1",
        people=(PlayPerson("sato", "佐藤", "staff", "窓口", None, "U0SATO", "sato@city.example"),),
        slack_channels=(PlayChannel("C0ROOM", "#応援"),),
        own_url=f"{address}/play",
    )
    platform = LocalPlatform(settings)
    base = f"{address}/play/slack/api/"
    made = Town(platform, SlackChannel("xoxb-1", base, lambda: datetime.now(UTC), pace=Pace(usual=100)), None)
    made.entry = build(made.receive, "s3cret", "xoxb-1", base, None, "xapp-1")
    routes = [
        Route("/slack/events", made.answer, methods=["POST"]),
        Mount("/play", create_app(settings, platform)),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(0.01)
    yield made
    await made.channel.close()
    await platform.close()
    server.should_exit = True
    await serving


def standing(town: Town, conversation: str = "D0SATO") -> list[dict[str, Any]]:
    return [message for message in town.platform.slack_messages(conversation) if message["user"] != "U0SATO"]


async def test_what_a_person_does_comes_in(town: Town) -> None:
    await town.platform.slack_message("U0SATO", "怒鳴られている & <困る>")
    await town.platform.slack_command("U0SATO", "/mamori", "殴られた")
    await town.platform.slack_command("U0SATO", "/mamori")
    await town.platform.slack_shortcut("U0SATO", "mamori_open")
    await town.platform.slack_home("U0SATO")
    assert [inbound.deed for inbound in town.kept] == [
        Typed("怒鳴られている & <困る>"),
        Typed("殴られた"),
        Appeared(),
        Appeared(),
        Appeared(home=True),
    ]
    assert {inbound.sender for inbound in town.kept} == {Address("slack", "U0SATO")}
    assert len({inbound.id for inbound in town.kept}) == 5


async def test_a_tap_names_the_message_and_the_next_card_takes_its_place(town: Town) -> None:
    sent = await town.channel.send(FIRST, "")
    assert isinstance(sent, Sent)
    message = standing(town)[-1]
    row = next(block for block in message["blocks"] if block["type"] == "actions")
    await town.platform.slack_tap(
        "U0SATO", "D0SATO", message["ts"], row["block_id"], row["elements"][0]["action_id"]
    )
    tapped = town.kept[-1]
    assert tapped.deed == Tapped("m1.danger")
    assert tapped.origin.message == sent.ref
    following = replace(FIRST, id="d-2", cards=(Card("次へ", body=("次です。",)),), message=sent.ref)
    assert await town.channel.send(following, "") == sent
    assert [m["text"] for m in standing(town)] == ["次へ"]


async def test_an_answer_that_got_lost_leaves_one_message(town: Town) -> None:
    town.platform.order_faults("slack", "chat.postMessage", [{"accept_then": "drop"}])
    assert isinstance(await town.channel.send(FIRST, ""), Later)
    found = await town.channel.send(replace(FIRST, attempts=1), "")
    assert found == Sent(f"D0SATO:{standing(town)[-1]['ts']}")
    assert len(standing(town)) == 1


async def test_an_answer_that_got_lost_in_a_thread_leaves_one_reply(town: Town) -> None:
    root = await town.channel.send(replace(FIRST, address=Address("slack", "C0ROOM")), "")
    assert isinstance(root, Sent)
    reply = replace(FIRST, id="d-2", address=Address("slack", "C0ROOM"), thread=root.ref)
    town.platform.set_limits(slack=False)
    town.platform.order_faults("slack", "chat.postMessage", [{"accept_then": "drop"}])
    assert isinstance(await town.channel.send(reply, ""), Later)
    assert isinstance(await town.channel.send(replace(reply, attempts=1), ""), Sent)
    assert len(standing(town, "C0ROOM")) == 2


async def test_too_many_messages_are_for_later(town: Town) -> None:
    outcomes = [await town.channel.send(replace(FIRST, id=f"d-{n}"), "") for n in range(3)]
    assert any(isinstance(outcome, Later) and outcome.reason == "slack_rate" for outcome in outcomes)


async def test_the_home_is_drawn(town: Town) -> None:
    assert await town.channel.send(replace(FIRST, home=True), "") == Sent("")


async def test_a_long_and_strange_message_is_taken(town: Town) -> None:
    strange = Card("&" * 9000, "<" * 9000, ("*" * 9000,), "😀" * 9000, (("&" * 900, ">" * 9000),) * 30)
    assert isinstance(await town.channel.send(replace(FIRST, cards=(strange, CARD) * 5), ""), Sent)


async def test_a_confirmed_address_is_told(town: Town) -> None:
    assert await town.channel.email_of("U0SATO") == "sato@city.example"
    assert await town.channel.email_of("U0NOBODY") == ""


async def test_while_nothing_can_be_kept_slack_hears_503(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.away = True
    done = await town.platform.slack_message("U0SATO", "助けて")
    assert done.answer is not None
    assert done.answer.status == 503
    assert "slack deed not kept: ConnectionError" in caplog.text
    caplog.clear()
    town.away = False
    await town.platform.slack_message("U0SATO", "助けて")
    assert len(town.kept) == 1
