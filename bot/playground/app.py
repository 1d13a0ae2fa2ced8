"""The playground as one Starlette app, to be mounted at /play."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground.control import Control
from bot.playground.local import LocalPlatform
from bot.playground.settings import PlayChannel, PlaygroundSettings, PlayPerson

__all__ = ["PlayChannel", "PlayPerson", "PlaygroundSettings", "create_app"]

PAGE = Path(__file__).with_name("page")
_PAGE_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: https:; "
    "style-src 'self' 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def create_app(settings: PlaygroundSettings, platform: LocalPlatform | None = None) -> Starlette:
    """The platform is app.state.platform.

    A mounted app's lifespan is not run by its parent, so whoever mounts this one calls
    `await app.state.platform.close()` at the end.
    """
    world = platform or LocalPlatform(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await world.close()

    app = Starlette(routes=_routes(world), lifespan=lifespan)
    app.state.platform = world
    return app


def _routes(world: LocalPlatform) -> list[BaseRoute]:
    door = world.line_door
    data = [*world.line_messages_api.data_routes(door), *world.line_menus_api.data_routes(door)]
    line = [
        *world.line_messages_api.routes(door),
        *world.line_webhook_api.routes(door),
        *data,  # the SDK's host= stands for both of LINE's hosts
        *world.line_menus_api.routes(door),
    ]
    return [
        Mount("/line", routes=line),
        Mount("/slack", routes=world.slack_door.routes()),
        Mount("/line-data", routes=data),
        Mount("/control", routes=Control(world).routes()),
        Mount("/assets", app=StaticFiles(directory=PAGE, check_dir=False)),
        Route("/", _page),
    ]


async def _page(request: Request) -> Response:
    return FileResponse(PAGE / "index.html", headers=_PAGE_HEADERS)
