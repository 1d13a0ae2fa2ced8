"""What holds for every test: one kind of event loop, and no network but loopback."""

import sys

import pytest

pytest_plugins = ["tests.redis_fixtures"]

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "")


class OutgoingNetwork(RuntimeError):
    """A test tried to reach something outside this machine."""


def refuse_other_hosts(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: sees what the socket module is asked to do before it does it, whoever asks."""
    if event == "socket.connect":
        host = arguments[1][0] if isinstance(arguments[1], tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name not in LOOPBACK and not name.startswith("127."):
        raise OutgoingNetwork(f"{event} to {name!r}: tests stay on this machine")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_other_hosts)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
