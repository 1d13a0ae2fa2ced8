"""One web process, joined: doors, health and, in the demo, the playground."""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.app.delivering import Delivery
from bot.app.inbound import Inbound
from bot.config import Settings
from bot.core.messages import Card
from bot.web.health import health_routes
from bot.web.tasks import Tasks
from bot.web.webhooks import Receiver, line_webhook, slack_webhook
from bot.wiring.board import board_of
from bot.wiring.meters import Meters
from bot.wiring.parts import Mamori, build, new_ids, process_name
from bot.wiring.phone import phone_routes
from bot.wiring.watching import auditing, look_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beside:
    """Routes mounted beside ours (the demo's local platform), and how they are closed: their own lifespan never runs."""

    routes: Sequence[BaseRoute]
    close: Callable[[], Awaitable[None]]


def web_app(settings: Settings, url: str, play: Beside | None = None) -> Starlette:
    """The app of `mamori serve`; `play` is the demo's local platform."""
    app = Starlette(lifespan=lambda app: _live(app, settings, url, play))
    app.router.routes.extend(play.routes if play else ())
    return app


@contextlib.asynccontextmanager
async def _live(app: Starlette, settings: Settings, url: str, play: Beside | None) -> AsyncIterator[None]:
    """Joins the parts, opens the doors; at the end finishes what was begun before anything is closed."""
    tasks = Tasks()
    async with build(settings, url) as mamori, contextlib.AsyncExitStack() as stack:
        if play:
            stack.push_async_callback(play.close)
        board, feed = board_of(mamori, stack)
        app.state.farewells = (feed.let_go,)
        await stack.enter_async_context(auditing(mamori, process_name(), beats=True))
        app.router.routes[:0] = [*await _routes(mamori, tasks, stack), *board]
        try:
            yield
        finally:
            await tasks.finish()


async def _routes(mamori: Mamori, tasks: Tasks, stack: contextlib.AsyncExitStack) -> list[Route]:
    meters = Meters(mamori)
    receiver = _receiver(mamori, tasks, meters)
    meters.count_deeds(receiver.counts)
    settings, clock = mamori.settings, mamori.clock
    routes: list[Route] = []
    if settings.has_line:
        secrets = _several(settings.line_channel_secret.get_secret_value())
        routes.append(Route("/line/webhook", line_webhook(receiver, secrets, clock), methods=["POST"]))
    if settings.has_slack:
        routes.append(await _slack_route(mamori, receiver, stack))
    routes.extend(phone_routes(mamori, receiver))
    return [*routes, *health_routes(look_of(mamori), meters.scrape)]


async def _slack_route(mamori: Mamori, receiver: Receiver, stack: contextlib.AsyncExitStack) -> Route:
    from bot.platforms.slack.app import build as build_entry
    from bot.platforms.slack.app import run_socket_mode

    settings = mamori.settings
    entry = build_entry(
        receiver.take,
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_bot_token.get_secret_value(),
        settings.slack_api_base,
        None,
        settings.slack_app_token.get_secret_value(),
    )
    if entry.app_token:
        import asyncio

        socket = asyncio.create_task(run_socket_mode(entry, mamori.clock.now))
        stack.callback(socket.cancel)
    return Route("/slack/events", slack_webhook(receiver, entry.handle, mamori.clock), methods=["POST"])


def _receiver(mamori: Mamori, tasks: Tasks, meters: Meters) -> Receiver:
    line = mamori.channels.get("line")
    return Receiver(
        receive=meters.timed(mamori.turn.receive),
        deliver_all=mamori.deliverer.deliver_all,
        tasks=tasks,
        loading=getattr(line, "loading", None),
        apologise=lambda inbound: _apologise(mamori, inbound),
    )


async def _apologise(mamori: Mamori, inbound: Inbound) -> None:
    """The database is away: the person hears it by the fast way, which needs no database."""
    channel = mamori.channels.get(inbound.sender.platform)
    if channel is None:
        return
    words = mamori.shelf.words
    card = Card(words.say("ja", "alt_neutral"), body=(words.say("ja", "trouble"),))
    now = mamori.clock.now()
    delivery = Delivery(
        new_ids().delivery(),
        inbound.sender,
        (card,),
        now,
        reply_token=inbound.origin.reply_token,
        reply_until=now,
    )
    await channel.send(delivery, "")


def _several(secret: str) -> tuple[str, ...]:
    """Several secrets, separated by commas, are all valid while one replaces another."""
    return tuple(part.strip() for part in secret.split(",") if part.strip())
