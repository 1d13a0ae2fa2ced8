"""A loopback Slack that remembers what it was asked and answers as it was told."""

import asyncio
import json
import socket
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web


@pytest.fixture
def unused_tcp_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class LoopbackSlack:
    """`answers[method]` are used up one after the other; without one, what Slack usually says."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: defaultdict[str, deque[web.Response | str | float]] = defaultdict(deque)
        self.base = ""
        self.posted = 0

    def fails(self, method: str, *codes: str) -> None:
        self.answers[method].extend(web.json_response({"ok": False, "error": code}) for code in codes)

    def says(self, method: str, body: dict[str, Any]) -> None:
        self.answers[method].append(web.json_response({"ok": True, **body}))

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    def asked(self, method: str) -> dict[str, Any]:
        """What the last call of a method carried."""
        return [given for name, given in self.calls if name == method][-1]

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            given = json.loads(await request.text())
        else:
            given = {**request.query, **await request.post()}
        self.calls.append((method, given))
        told = self.answers[method].popleft() if self.answers[method] else None
        if isinstance(told, float):
            await asyncio.sleep(told)
            told = None
        return told if isinstance(told, web.Response) else web.json_response(self._usual(method, given))

    def _usual(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": "D" + given["users"][1:]}}
        if method == "chat.postMessage":
            self.posted += 1
            return {"ok": True, "channel": given["channel"], "ts": f"1700000000.{self.posted:06d}"}
        if method == "auth.test":
            return {"ok": True, "team_id": "T1", "user_id": "UBOT"}
        return {"ok": True, "messages": []}


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[LoopbackSlack]:
    loopback = LoopbackSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", loopback.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    loopback.base = f"http://127.0.0.1:{port}/api/"
    yield loopback
    await runner.cleanup()
