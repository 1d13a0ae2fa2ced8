"""All three parts against the local LINE over HTTP: a person taps, we read, we answer, the chat shows it."""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from bot.app.delivering import Delivery, Later, Refused, Sent
from bot.app.inbound import Address, Appeared, Attached, Inbound, Tapped, Typed
from bot.core.messages import Button, Card
from bot.platforms.line.client import LineChannel, Quota
from bot.platforms.line.parse import parse, verify
from bot.platforms.line.richmenu import register
from bot.playground.app import PlaygroundSettings, PlayPerson, create_app
from bot.playground.local import LocalPlatform
from bot.playground.world.bot_calls import BotAnswer

pytestmark = pytest.mark.anyio

HANA = "U" + "a" * 32
SETTINGS = PlaygroundSettings(
    bot_url="http://127.0.0.1:9",
    line_channel_secret="channel-secret",
    line_access_token="channel-token",
    slack_signing_secret="s",
    slack_bot_token="xoxb-1",
    people=(PlayPerson("hana", "佐藤 花", "staff", "窓口", line_user_id=HANA),),
)
CARD = Card(
    alt="確認の質問です",
    title="対応中 1分",
    body=("大声は続いていますか。",),
    choices=(Button("続いている", "m1.a.i1.default.1.q1.yes.3", primary=True),),
    bottom=(Button("応援", "m1.help"),),
)


@dataclass
class Ears:
    """Where the local LINE delivers its webhooks."""

    heard: list[Inbound] = field(default_factory=list)

    async def __call__(
        self, url: str, body: bytes, headers: Mapping[str, str], patience_s: float
    ) -> BotAnswer:
        signature = {name.lower(): value for name, value in headers.items()}["x-line-signature"]
        if not verify((SETTINGS.line_channel_secret,), body, signature):
            return BotAnswer(401, b"", 1, {})
        self.heard += parse(body, datetime.now(UTC)).inbound
        return BotAnswer(200, b"", 1, {})


@dataclass
class World:
    line: LocalPlatform
    ears: Ears
    channel: LineChannel
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def answer(self) -> Delivery:
        """Our card as the answer to the last deed."""
        return replace(
            delivery(),
            reply_token=self.ears.heard[-1].origin.reply_token,
            reply_until=self.now + timedelta(seconds=50),
        )

    def shown(self) -> list[str]:
        return [one["via"] for one in self.line.line_messages(HANA) if one["from"] == "bot"]


def delivery() -> Delivery:
    return Delivery(str(uuid.uuid4()), Address("line", HANA), (CARD,), datetime.now(UTC))


@pytest.fixture
async def world(anyio_backend: str) -> AsyncIterator[World]:
    ears = Ears()
    platform = LocalPlatform(SETTINGS, ears)
    app = create_app(SETTINGS, platform)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}/line"
    made = World(platform, ears, None)  # type: ignore[arg-type]
    made.channel = LineChannel("channel-token", base, now=lambda: made.now, data_api_base=base)
    yield made
    await made.channel.close()
    server.should_exit = True
    await running
    listener.close()


async def test_a_tap_is_read_and_answered_by_a_reply_whose_buttons_work(world: World) -> None:
    await world.line.line_menu(HANA, 0)
    assert world.ears.heard[-1].deed == Tapped("m1.danger")
    assert await world.channel.send(world.answer(), "") == Sent()
    assert world.shown() == ["reply"]
    shown = world.line.line_messages(HANA)[-1]
    button = shown["message"]["contents"]["footer"]["contents"][0]
    await world.line.line_tap(HANA, button["action"], shown["id"])
    assert world.ears.heard[-1].deed == Tapped("m1.a.i1.default.1.q1.yes.3")


async def test_every_kind_of_deed_is_read(world: World) -> None:
    await world.line.line_follow(HANA)
    await world.line.line_text(HANA, "怒鳴られている")
    await world.line.line_sticker(HANA)
    await world.line.line_media(HANA, "image", "a.png", b"\x89PNG")
    deeds = [inbound.deed for inbound in world.ears.heard]
    assert deeds[:2] == [Appeared(), Typed("怒鳴られている")]
    assert [deed.kind for deed in deeds[2:] if isinstance(deed, Attached)] == ["sticker", "image"]


async def test_a_lost_answer_to_a_reply_leaves_one_message(world: World) -> None:
    await world.line.line_text(HANA, "あの")
    world.line.order_faults("line", "reply", [{"accept_then": "drop"}])
    answer = world.answer()
    assert isinstance(await world.channel.send(answer, ""), Later)
    assert await world.channel.send(replace(answer, attempts=1), "") == Sent()
    assert world.shown() == ["reply"]


async def test_a_lost_answer_to_a_push_leaves_one_message(world: World) -> None:
    await world.line.line_follow(HANA)
    world.line.order_faults("line", "push", [{"accept_then": "drop"}, {"status": 503}])
    page = delivery()
    for attempts in range(2):
        assert isinstance(await world.channel.send(replace(page, attempts=attempts), ""), Later)
    assert await world.channel.send(replace(page, attempts=2), "") == Sent()
    assert world.shown() == ["push"]


async def test_a_reply_token_that_lives_longer_for_us_than_for_line_becomes_a_push(world: World) -> None:
    await world.line.line_text(HANA, "あの")
    await world.line.advance(1300)
    assert await world.channel.send(world.answer(), "") == Sent()
    assert world.shown() == ["push"]


async def test_when_the_months_pushes_are_spent_the_page_is_refused_at_once(world: World) -> None:
    await world.line.line_follow(HANA)
    world.line.set_quota(1)
    assert await world.channel.send(delivery(), "") == Sent()
    assert await world.channel.send(delivery(), "") == Refused("line_quota")
    assert await world.channel.quota() == Quota(1, 1)


async def test_a_stranger_is_refused(world: World) -> None:
    stranger = replace(delivery(), address=Address("line", "U" + "0" * 32))
    assert await world.channel.send(stranger, "") == Refused("line_unknown_user")
    nobody = replace(delivery(), address=Address("line", "someone"))
    assert await world.channel.send(nobody, "") == Refused("line_unknown_user")


async def test_the_big_four_are_registered_once_and_work(world: World) -> None:
    first = await register(world.channel.api)
    assert await register(world.channel.api) == first
    await world.line.line_menu(HANA, 3)
    assert world.ears.heard[-1].deed == Tapped("m1.record")


async def test_the_dots_and_the_language(world: World) -> None:
    await world.line.line_follow(HANA)
    await world.channel.loading(HANA, 20)
    assert await world.channel.profile_language(HANA) == "ja"
