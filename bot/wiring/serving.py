"""One web server that lets go of those who watch when it is asked to end, instead of waiting for them."""

import contextlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette


class Server(uvicorn.Server):
    """`farewell` is called in the signal handler of the thread that runs the loop, which looks around ten times a second."""

    def __init__(self, config: uvicorn.Config, farewell: Callable[[], None]) -> None:
        super().__init__(config)
        self._farewell = farewell

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._farewell()
        super().handle_exit(sig, frame)


def serve_until_told(app: Starlette, **options: Any) -> None:
    """Runs until SIGINT or SIGTERM. Exits with 3 when it couldn't start, as uvicorn does."""

    def farewell() -> None:
        for let_go in getattr(app.state, "farewells", ()):
            let_go()

    server = Server(uvicorn.Config(app, **options), farewell)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)
