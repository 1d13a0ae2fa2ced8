"""A receiver on a free loopback port that stands where LINE stands, and answers as each test tells it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

OK = (200, {})


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Receiver:
    """`answers`: one (status, body) for each call in turn, "hang", or "drop"; afterwards 200 {}."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append(Call(request.method, request.path, dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else OK
        if answer == "hang":
            await self.released.wait()
            answer = OK
        if answer == "drop":
            assert request.transport is not None
            request.transport.abort()
            answer = OK
        status, body = answer
        return web.json_response(body, status=status, headers={"x-line-request-id": "r-1"})

    def paths(self) -> list[str]:
        return [call.path.rsplit("/", 1)[-1] for call in self.calls]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def line(anyio_backend: str) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    receiver.released.set()
    await runner.cleanup()
