"""Answers over HTTP: compact JSON, and the line going dead on purpose."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.playground.world.json_data import compact


def json_answer(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(compact(body), status, headers, media_type="application/json")


async def dead_line(request: Request) -> Response:
    """Closes the caller's connection without a byte of answer.

    uvicorn hands the request's cycle in as the owner of `receive`, and with it the socket; under a server
    that does not, the caller gets a body shorter than announced: clients call that a broken connection too.
    """
    transport: Any = getattr(getattr(request.receive, "__self__", None), "transport", None)
    if transport is None:
        return Response(b"", 200, {"content-length": "1"})
    transport.abort()
    for _ in range(3):  # lets the server notice, so that the answer below is thrown away
        await asyncio.sleep(0)
    return Response(b"", 500)
