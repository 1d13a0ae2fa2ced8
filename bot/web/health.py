"""For operators: alive, ready and what is missing, and figures in the text format of Prometheus."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Missing = Callable[[], Awaitable[Mapping[str, str]]]
"""What doesn't work now: a part's name → one line saying what and how to mend it."""

Figures = Callable[[], Mapping[str, float]]


def health_routes(missing: Missing, figures: Figures) -> list[Route]:
    """GET /healthz, /readyz, /metrics."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        found = dict(await missing())
        return JSONResponse({"ready": not found, "missing": found}, 503 if found else 200)

    async def metrics(request: Request) -> Response:
        lines = [f"mamori_{name} {value:g}" for name, value in sorted(figures().items())]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
