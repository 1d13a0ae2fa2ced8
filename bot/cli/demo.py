"""`demo`: everything on this machine — database, web, worker, a local LINE and Slack — and one address to open."""

import asyncio
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from bot.app.people_reader import read_people
from bot.config import CONTENT, Settings, load_settings
from bot.stores.embedded import EmbeddedServer, Tethered

DEMO = CONTENT / "flows" / "demo"

CREDENTIALS = {
    "MAMORI_LINE_CHANNEL_SECRET": "playground-line-secret",
    "MAMORI_LINE_CHANNEL_ACCESS_TOKEN": "playground-line-token",
    "MAMORI_SLACK_SIGNING_SECRET": "playground-slack-secret",
    "MAMORI_SLACK_BOT_TOKEN": "xoxb-playground",
    "MAMORI_SLACK_APP_TOKEN": "",
}
"""Known to everyone: the local platform accepts no others, and no real platform accepts these."""

START_SECONDS = 30
BOARD_DAYS = 30


@click.command()
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="default: MAMORI_DATA_DIR or ./data"
)
def demo(port: int, data_dir: Path | None) -> None:
    """Play with it in the browser: two phones, a clock, everything embedded. Ctrl-C stops all of it.

    \b
    mamori demo
    mamori demo --port 9000 --data-dir /var/tmp/mamori-demo
    """
    directory = (data_dir or load_settings().data_dir).resolve()
    _check_port(port)
    with EmbeddedServer.start(directory) as server:
        os.environ.update(environment(directory, port, server.url))
        settings = load_settings()
        asyncio.run(_seed(settings, server.url))
        program = [sys.executable, "-m", "bot"]
        parts = [Tethered([*program, "serve", "--port", str(port), "--play", str(DEMO / "people.csv")])]
        try:
            _await_web(port, parts)
            parts.append(Tethered([*program, "work"]))  # after the local LINE, which it asks for its quota
            asyncio.run(_register_menu(settings))
            click.echo(f"守り: ブラウザで開いてください  http://127.0.0.1:{port}/play/")
            click.echo(f"応援の板(いまの応援が一目で見えます)  {_board(settings)}")
            click.echo(f"データは {directory} に残ります。止めるときは Ctrl-C です。")
            _wait(parts)
        finally:
            for part in parts:
                part.stop()


def environment(directory: Path, port: int, url: str) -> dict[str, str]:
    """The settings of a web process that is its own LINE and Slack, and of the worker beside it."""
    play = f"http://127.0.0.1:{port}/play"
    return CREDENTIALS | {
        "MAMORI_REDIS_URL": url,
        "MAMORI_DATA_DIR": str(directory),
        "MAMORI_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAMORI_LINE_API_BASE": f"{play}/line",
        "MAMORI_LINE_DATA_API_BASE": f"{play}/line-data",
        "MAMORI_SLACK_API_BASE": f"{play}/slack/api/",
        "MAMORI_CLOCK_FILE": str(directory / "demo-clock"),
    }


def _board(settings: Settings) -> str:
    from bot.wiring.board import board_link

    return board_link(settings, BOARD_DAYS)[0]


async def _seed(settings: Settings, url: str) -> None:
    """The sample people and their policy, unless the organisation has people already."""
    from bot.cli.database import stores_at

    async with stores_at(settings, url) as stores:
        if await stores.directory.people():
            return
        await stores.organisations.add(settings.org, "見本の市役所")
        file = DEMO / "people.csv"
        await stores.directory.put_people(read_people(file.read_text("utf-8"), file.name))
        await stores.library.put_policy((DEMO / "policy.yaml").read_text("utf-8"))


async def _register_menu(settings: Settings) -> None:
    """The rich menu, as `mamori setup line` registers it with the real LINE; a second time changes nothing."""
    from bot.platforms.line.api import LineApi
    from bot.platforms.line.richmenu import register

    token = settings.line_channel_access_token.get_secret_value()
    api = LineApi(token, settings.line_api_base, settings.line_data_api_base)
    try:
        await register(api)
    finally:
        await api.close()


def _check_port(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.UsageError(
                f"port {port} is taken by another program: choose one with --port"
            ) from None


def _await_web(port: int, parts: list[Tethered]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _check_alive(parts)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise click.ClickException(
        f"the web process gave no answer within {START_SECONDS} s; its words stand above"
    )


def _check_alive(parts: list[Tethered]) -> None:
    if any(part.process.poll() is not None for part in parts):
        raise click.ClickException("a part of the demo ended by itself; its words stand above")


def _wait(parts: list[Tethered]) -> None:
    """Until Ctrl-C, a request to stop, or the end of one part."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            _check_alive(parts)
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo("止めました。")
