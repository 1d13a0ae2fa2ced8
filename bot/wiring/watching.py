"""The watchers of one process, joined: its auditor, its health and figures, and the small door of a worker for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator, Mapping

from bot.app.auditor import words_of
from bot.app.watching import Finding, findings
from bot.web.health import Look, Standing, health_routes
from bot.wiring.meters import Meters
from bot.wiring.parts import Mamori, process_name


@contextlib.asynccontextmanager
async def auditing(mamori: Mamori, name: str, beats: bool = False) -> AsyncIterator[None]:
    """The auditor beside whatever this process does."""
    stop = asyncio.Event()
    running = asyncio.create_task(mamori.auditor(name, beats).run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def work(mamori: Mamori, stop: asyncio.Event, host: str, port: int | None) -> None:
    """A worker until `stop`, with its auditor and, on a port, its health and figures."""
    name, meters = process_name(), Meters(mamori)
    worker = mamori.worker(name)
    worker.fired = meters.fired
    async with auditing(mamori, name), _door(mamori, meters, host, port):
        await worker.run(stop)
    with contextlib.suppress(Exception):
        await mamori.stores.watch.leave(name)


def look_of(mamori: Mamori) -> Look:
    """Can it do its work? The database takes writes, a worker's loop turns, and the auditor finds nothing grave."""

    async def look() -> Standing:
        missing: dict[str, str] = {}
        if not mamori.channels:
            missing["platforms"] = "no LINE or Slack credentials are set; see .env.example"
        watch = mamori.stores.watch
        try:
            _, survey = await asyncio.gather(watch.write(), watch.survey(mamori.clock.now()))
        except Exception as error:
            missing["database"] = f"{type(error).__name__}: start it, or mend MAMORI_REDIS_URL"
            return Standing(missing)
        found = findings(survey, mamori.shelf.policy.line_reserve, mamori.shelf.unread)
        red = _told(mamori, [f for f in found if f.is_red])
        return Standing({**missing, **red}, _told(mamori, [f for f in found if not f.is_red]))

    return look


def _told(mamori: Mamori, found: list[Finding]) -> Mapping[str, str]:
    return {finding.name: words_of(finding, "en", mamori.shelf) for finding in found}


@contextlib.asynccontextmanager
async def _door(mamori: Mamori, meters: Meters, host: str, port: int | None) -> AsyncIterator[None]:
    """A worker hears nobody unless it is given a port."""
    if port is None:
        yield
        return
    import uvicorn
    from starlette.applications import Starlette

    class Quiet(uvicorn.Server):
        """Signals are the worker's."""

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield

    app = Starlette(routes=health_routes(look_of(mamori), meters.scrape))
    server = Quiet(
        uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving
