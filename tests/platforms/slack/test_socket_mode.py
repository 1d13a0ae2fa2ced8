"""Socket Mode against a WebSocket on loopback: deeds come in, and a dead connection is noticed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from bot.app.inbound import Inbound, Typed
from bot.platforms.slack.app import SlackEntry, build, run_socket_mode
from bot.platforms.slack.socket_mode import stay_connected

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVENT = {"type": "message", "channel_type": "im", "user": "U1", "text": "助けて", "ts": "1700000000.1"}
ENVELOPE = {
    "type": "events_api",
    "envelope_id": "env-1",
    "accepts_response_payload": False,
    "payload": {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": EVENT},
}


class SocketSlack:
    """Hands every connection `first`; answers pings unless `mute`."""

    def __init__(self) -> None:
        self.base = ""
        self.path = "socket"
        self.first: list[dict[str, Any]] = []
        self.mute = False
        self.connections = 0
        self.pongs = 0
        self.tokens: list[str] = []
        self.acknowledged: list[str] = []

    async def open(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["Authorization"])
        return web.json_response({"ok": True, "url": self.base.replace("http", "ws") + self.path})

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.connections += 1
        for envelope in self.first:
            await socket.send_json(envelope)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data)["envelope_id"])
            elif message.type is WSMsgType.PING and not self.mute:
                await socket.pong(message.data)
                self.pongs += 1
        return socket


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[SocketSlack]:
    slack = SocketSlack()
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", slack.open)
    app.router.add_get("/api/socket", slack.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield slack
    await runner.cleanup()


def entry_for(slack: SocketSlack, kept: list[Inbound], trouble: Exception | None = None) -> SlackEntry:
    async def receive(inbound: Inbound) -> None:
        kept.append(inbound)
        if trouble:
            raise trouble

    return build(receive, "", "xoxb", slack.base, None, app_token="xapp-1")


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 a real socket on the other side
            await asyncio.sleep(0.01)


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_deed_over_the_socket_is_kept_and_acknowledged(server: SocketSlack) -> None:
    server.first = [{"type": "hello"}, ENVELOPE]
    kept: list[Inbound] = []
    running = asyncio.create_task(run_socket_mode(entry_for(server, kept), lambda: NOW))
    await until(lambda: bool(server.acknowledged))
    await stop(running)
    assert [inbound.deed for inbound in kept] == [Typed("助けて")]
    assert server.acknowledged == ["env-1"]
    assert server.tokens == ["Bearer xapp-1"]


async def test_what_could_not_be_kept_is_not_acknowledged(
    server: SocketSlack, caplog: pytest.LogCaptureFixture
) -> None:
    junk = {"type": "events_api", "envelope_id": "env-2", "payload": {"type": "from_the_future"}}
    server.first = [ENVELOPE, junk]
    kept: list[Inbound] = []
    trouble = ConnectionError("no database")
    running = asyncio.create_task(run_socket_mode(entry_for(server, kept, trouble), lambda: NOW))
    await until(lambda: bool(kept and server.acknowledged))
    await stop(running)
    assert server.acknowledged == ["env-2"]
    assert "slack deed not kept: ConnectionError" in caplog.text
    caplog.clear()


async def test_an_address_that_lets_its_bearer_in_is_not_logged(
    server: SocketSlack, caplog: pytest.LogCaptureFixture
) -> None:
    server.path = "nowhere?ticket=t0psecret&app_id=A1"
    running = asyncio.create_task(stay_connected(entry_for(server, []), lambda: NOW, silence_s=60, ping_s=60))
    await until(lambda: "Failed to connect" in caplog.text)
    await stop(running)
    assert "ticket=…&app_id=A1" in caplog.text
    assert "t0psecret" not in caplog.text


async def test_a_connection_from_which_nothing_comes_is_replaced(server: SocketSlack) -> None:
    server.mute = True
    watch = stay_connected(entry_for(server, []), lambda: NOW, silence_s=0.3, ping_s=60)
    running = asyncio.create_task(watch)
    await until(lambda: server.connections >= 3)
    assert not running.done()
    await stop(running)


async def test_pongs_alone_keep_a_connection(server: SocketSlack) -> None:
    watch = stay_connected(entry_for(server, []), lambda: NOW, silence_s=1.0, ping_s=0.05)
    running = asyncio.create_task(watch)
    await until(lambda: server.pongs > 60)  # well over a second
    await stop(running)
    assert server.connections == 1
