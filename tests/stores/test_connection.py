"""An address in MAMORI_REDIS_URL works, or says in one line what is wrong with it."""

import socket
from pathlib import Path

import pytest

from bot.stores.connection import StoreUnavailable, WrongAddress, connect, shown

pytestmark = pytest.mark.anyio


def closed_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("localhost:6379", "must begin with one of redis://"),
        ("http://localhost", "must begin with one of redis://"),
        ("", "must begin with one of redis://"),
        ("redis://localhost:port/0", "is not an address"),
        ("unix://", "needs the path of a socket"),
        ("redis+cluster://", "at least one host:port"),
        ("redis+cluster://a:1,b:x", "'b:x' is not host:port"),
        ("redis+sentinel://a:26379", "needs the master's name"),
        ("redis+sentinel://a:26379/mymaster/x", "needs the master's name"),
    ],
)
async def test_a_wrong_address_is_told_in_one_line(url: str, hint: str) -> None:
    with pytest.raises(WrongAddress) as told:
        await connect(url)
    assert str(told.value).startswith("MAMORI_REDIS_URL: ")
    assert hint in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+cluster", "redis+sentinel"])
async def test_nobody_there_is_told_in_one_line_without_the_password(scheme: str) -> None:
    with pytest.raises(StoreUnavailable) as told:
        await connect(
            f"{scheme}://user:geheim@127.0.0.1:{closed_port()}/{'mymaster' if 'sentinel' in scheme else ''}"
        )
    message = str(told.value)
    assert message.startswith(f"MAMORI_REDIS_URL: no database answers at {scheme}://user:***@127.0.0.1:")
    assert "geheim" not in message
    assert "\n" not in message


async def test_a_socket_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=f"unix://{tmp_path}/none"):
        await connect(f"unix://{tmp_path}/none")


async def test_a_wrong_password_for_a_wrong_address_is_not_shown() -> None:
    with pytest.raises(WrongAddress) as told:
        await connect("redsi://user:geheim@host")
    assert "geheim" not in str(told.value)
    assert shown("redis://:geheim@host:1/0") == "redis://:***@host:1/0"
