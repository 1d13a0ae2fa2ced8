"""For operators: alive, ready and what is missing, and figures in the text format of Prometheus."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Scrape = Callable[[], Awaitable[bytes]]
"""The figures as they stand now, in Prometheus' text format."""


@dataclass(frozen=True)
class Standing:
    """How it goes. missing: what keeps us from our work; noticed: what the auditor found besides. Name → one line."""

    missing: Mapping[str, str] = field(default_factory=dict)
    noticed: Mapping[str, str] = field(default_factory=dict)


Look = Callable[[], Awaitable[Standing]]


def health_routes(look: Look, scrape: Scrape) -> list[Route]:
    """GET /healthz, /readyz, /metrics."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        found = await look()
        ready = not found.missing
        said = {"ready": ready, "missing": dict(found.missing), "noticed": dict(found.noticed)}
        return JSONResponse(said, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        return Response(await scrape(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
