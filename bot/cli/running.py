"""`serve` and `work`: one process each, until a signal ends it in order."""

import asyncio
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import database_url
from bot.config import Settings, load_settings

if TYPE_CHECKING:
    from bot.wiring.web import Beside

log = logging.getLogger(__name__)

GRACE_SECONDS = 5


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="0.0.0.0 behind a reverse proxy in a container"
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--play", type=click.Path(exists=True, dir_okay=False, path_type=Path), hidden=True)
def serve(host: str, port: int, play: Path | None) -> None:
    """One web process: webhooks, admin, health.

    \b
    mamori serve --port 8000
    """
    from bot.wiring.serving import serve_until_told
    from bot.wiring.web import web_app

    settings = load_settings()
    with database_url(settings) as url:
        serve_until_told(
            web_app(settings, url, _playground(settings, play, port) if play else None),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS if play is None else 1,
        )


def _playground(settings: Settings, people: Path, port: int) -> "Beside":
    from bot.wiring.playground import playground

    return playground(settings, people, port)


@click.command()
@click.option(
    "--metrics-port", type=click.IntRange(1, 65535), help="/healthz, /readyz and /metrics on this port"
)
@click.option(
    "--metrics-host", default="127.0.0.1", show_default=True, help="0.0.0.0 for a monitor on another machine"
)
def work(metrics_port: int | None, metrics_host: str) -> None:
    """One worker process: deliveries, timers, schedules. Any number may run.

    \b
    mamori work
    mamori work --metrics-port 9100
    """
    settings = load_settings()
    with database_url(settings) as url:
        _run(_work(settings, url, metrics_host, metrics_port))


def _run(main) -> None:  # type: ignore[no-untyped-def]
    import uvloop

    uvloop.run(main)


async def _work(settings: Settings, url: str, host: str, port: int | None) -> None:
    from bot.wiring.parts import build
    from bot.wiring.watching import work as work_until

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with build(settings, url) as mamori:
        await work_until(mamori, stop, host, port)
