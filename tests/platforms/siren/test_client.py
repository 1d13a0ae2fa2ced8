"""A machine is told of a call: signed, repeatable, and refused honestly; the example of the document really verifies."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.app.inbound import Address
from bot.core.messages import Card
from bot.platforms.siren.client import SirenChannel

pytestmark = pytest.mark.anyio

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
FACTS = (("kind", "danger"), ("site", "本庁舎"), ("place", "2番窓口"), ("state", "calling"), ("drill", "no"))
CALL = Delivery("d-1", Address("siren", "siren"), (Card("calling", facts=FACTS),), START, "i1", urgent=True)
DOCUMENT = Path(__file__).parents[3] / "docs" / "webhook.md"
SECRET = "a long secret"


@dataclass
class Desk:
    """A security desk's server. `answers`: a status, "hang" or "drop"."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else 204
        if answer == "drop":
            assert request.transport is not None
            request.transport.abort()
            answer = 200
        headers = {"Location": self.url + "elsewhere"} if answer == 302 else {}
        return web.Response(status=answer, headers=headers)


@pytest.fixture
async def desk(anyio_backend: str) -> AsyncIterator[Desk]:
    made = Desk()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


@pytest.fixture
async def siren(desk: Desk) -> AsyncIterator[SirenChannel]:
    made = SirenChannel(desk.url, SECRET, "ebetsu", lambda: START + timedelta(seconds=1))
    yield made
    await made.close()


def example() -> Any:
    """The verifying function of the document, as a reader would copy it."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    return names["read_call"]


async def test_a_call_is_told_in_codes_without_names(siren: SirenChannel, desk: Desk) -> None:
    assert await siren.send(CALL, "") == Sent()
    ((headers, body),) = desk.taken
    assert json.loads(body) == {
        "id": "i1",
        "at": "2026-04-01T01:00:00+00:00",
        "kind": "danger",
        "organisation": "ebetsu",
        "site": "本庁舎",
        "place": "2番窓口",
        "state": "calling",
        "drill": False,
    }
    assert headers["X-Mamori-Delivery"] == "d-1"
    assert headers["Content-Type"] == "application/json"


async def test_the_documents_example_takes_what_is_ours_and_nothing_else(
    siren: SirenChannel, desk: Desk
) -> None:
    await siren.send(CALL, "")
    ((headers, body),) = desk.taken
    read_call, now = example(), START.timestamp()
    assert read_call(SECRET, headers, body, now)["place"] == "2番窓口"
    assert read_call("another", headers, body, now) is None
    assert read_call(SECRET, headers, body.replace(b"danger", b"standard"), now) is None
    assert read_call(SECRET, headers, body, now + 3600) is None
    assert read_call(SECRET, {**headers, "X-Mamori-Timestamp": "1775005262"}, body, now) is None
    assert read_call(SECRET, {}, body, now) is None


async def test_a_drill_is_marked(siren: SirenChannel, desk: Desk) -> None:
    drill = Card("calling", facts=(*FACTS[:-1], ("drill", "yes")))
    await siren.send(replace(CALL, cards=(drill,)), "")
    assert json.loads(desk.taken[0][1])["drill"] is True


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (200, Sent()),
        (204, Sent()),
        (400, Refused("siren_refused_400")),
        (401, Refused("siren_refused_401")),
        (410, Refused("siren_refused_410")),
        (429, Later("siren_429", 0.5)),
        (302, Later("siren_302", 0.5)),
        (500, Later("siren_500", 0.5)),
        ("drop", Later("siren_connection", 0.5)),
    ],
)
async def test_an_answer_is_taken_for_what_it_says(
    siren: SirenChannel, desk: Desk, answer: Any, outcome: Outcome
) -> None:
    desk.answers.append(answer)
    assert await siren.send(CALL, "") == outcome
    assert len(desk.taken) == 1


async def test_the_same_delivery_again_is_known_by_its_id_and_its_body(
    siren: SirenChannel, desk: Desk
) -> None:
    desk.answers.append(500)
    await siren.send(CALL, "")
    await siren.send(replace(CALL, attempts=1), "")
    (first, one), (second, two) = desk.taken
    assert one == two
    assert first["X-Mamori-Delivery"] == second["X-Mamori-Delivery"]


DRIPPING = b"HTTP/1.1 200 OK\r\nX-Slow: "


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b"", Later("siren_timeout", 0.5)),
        (DRIPPING, Later("siren_timeout", 0.5)),
        (b"\x00\xff not http\r\n\r\n", Later("siren_connection", 0.5)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nthe rest never comes", Sent()),
    ],
)
async def test_a_desk_that_hangs_or_talks_nonsense_holds_nobody_up(
    said: bytes, outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    """Its answer is given up before a worker would take the delivery over; what it sends is never read to the end."""
    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        writer.write(said)
        await writer.drain()
        if said.startswith(b"\x00"):
            writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        made = SirenChannel(f"http://127.0.0.1:{port}/", SECRET, "ebetsu", lambda: START)
        with caplog.at_level("DEBUG"):
            async with asyncio.timeout(3):
                assert await made.send(CALL, "") == outcome
        await made.close()
        for writer in held:
            writer.close()
    assert SECRET not in caplog.text
