"""From an address as MAMORI_REDIS_URL names it to a connected client, with errors that name the setting."""

from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

Client: TypeAlias = Redis | RedisCluster

AWAY = (RedisError, RedisClusterException, OSError, TimeoutError)
"""What clients raise when nobody answers; the cluster's own error stands outside their family."""

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
DEFAULT_PORT = 6379
SENTINEL_PORT = 26379


class StoreUnavailable(ConnectionError):
    """The database can't be reached, is too slow, or takes no writes now. Whether a command was carried out is open."""


class WrongAddress(ValueError):
    """MAMORI_REDIS_URL is not an address we can use; the message is one line for its author."""


async def connect(url: str) -> Client:
    """Connects and makes sure that somebody answers. Raises WrongAddress or StoreUnavailable, each in one line."""
    parts = _parts(url)
    client = OPENERS[parts.scheme](url, parts)
    try:
        await _greet(client)
    except AWAY as error:
        await disconnect(client)
        raise StoreUnavailable(
            f"MAMORI_REDIS_URL: no database answers at {shown(url)} ({_cause(error)})"
        ) from error
    return client


async def disconnect(client: Client) -> None:
    """Closes the client and, with Sentinel, those by which it asks for the master."""
    await client.aclose()
    pool = client.connection_pool if isinstance(client, Redis) else None
    if isinstance(pool, SentinelConnectionPool):
        for watcher in pool.sentinel_manager.sentinels:
            await watcher.aclose()


def shown(url: str) -> str:
    """The address without its password, for messages and logs."""
    parts = urlsplit(url)
    secret = f":{parts.password}@" if parts.password else ""
    return url.replace(secret, ":***@", 1) if secret else url


async def _greet(client: Client) -> None:
    if isinstance(client, RedisCluster):
        await client.initialize()
    await client.ping()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port if "," not in parts.netloc else None
    except ValueError as error:
        raise WrongAddress(f"MAMORI_REDIS_URL: {shown_safely(url)!r} is not an address ({error})") from error
    if parts.scheme not in OPENERS:
        known = ", ".join(f"{scheme}://" for scheme in OPENERS)
        raise WrongAddress(f"MAMORI_REDIS_URL: {shown_safely(url)!r} must begin with one of {known}")
    return parts


def shown_safely(url: str) -> str:
    """For addresses that can't be read: nothing before the last '@', where a password might be."""
    return url.rpartition("@")[2]


def _cause(error: BaseException) -> str:
    words = " ".join(str(error).split()).rstrip(".")
    return words or type(error).__name__


def _single(url: str, parts: SplitResult) -> Client:
    if parts.scheme == "unix" and not parts.path:
        raise WrongAddress("MAMORI_REDIS_URL: unix:// needs the path of a socket, as unix:///run/valkey.sock")
    try:
        keepalive = {} if parts.scheme == "unix" else {"socket_keepalive": True}
        return Redis.from_url(url, **_options(), **keepalive, retry=_once())
    except ValueError as error:
        raise WrongAddress(f"MAMORI_REDIS_URL: {error}") from error


def _cluster(_url: str, parts: SplitResult) -> Client:
    nodes = [ClusterNode(host, port) for host, port in _hosts(parts, DEFAULT_PORT)]
    return RedisCluster(startup_nodes=nodes, socket_keepalive=True, **_options(), **_login(parts))


def _sentinel(_url: str, parts: SplitResult) -> Client:
    name, _, database = parts.path.strip("/").partition("/")
    if not name or not (database or "0").isdigit():
        raise WrongAddress(
            "MAMORI_REDIS_URL: redis+sentinel:// needs the master's name, as redis+sentinel://host:26379/mymaster"
        )
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        _hosts(parts, SENTINEL_PORT), sentinel_kwargs={"socket_timeout": CONNECT_SECONDS, "retry": _once()}
    )
    client: Redis = sentinel.master_for(
        name, db=int(database or 0), retry=_once(), socket_keepalive=True, **_options(), **_login(parts)
    )
    return client


def _hosts(parts: SplitResult, default_port: int) -> list[tuple[str, int]]:
    """host:port pairs, separated by commas; an IPv6 address stands in brackets."""
    found = [_host(word, default_port) for word in parts.netloc.rpartition("@")[2].split(",") if word]
    if not found:
        raise WrongAddress(f"MAMORI_REDIS_URL: {parts.scheme}:// needs at least one host:port")
    return found


def _host(word: str, default_port: int) -> tuple[str, int]:
    try:
        one = urlsplit(f"//{word}")
        return one.hostname or "localhost", one.port or default_port
    except ValueError as error:
        raise WrongAddress(f"MAMORI_REDIS_URL: {word!r} is not host:port") from error


def _login(parts: SplitResult) -> dict[str, Any]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return {"username": unquote(user) or None, "password": unquote(password) or None}


def _options() -> dict[str, Any]:
    """RESP2: our scripts answer with plain lists, and it spares one greeting a connection."""
    return {
        "protocol": 2,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
    }


def _once() -> Retry:
    """No waiting inside the client: a page that can't be stored must know at once, and go out another way."""
    return Retry(NoBackoff(), 0)


OPENERS: dict[str, Callable[[str, SplitResult], Client]] = {
    "redis": _single,
    "rediss": _single,
    "unix": _single,
    "redis+cluster": _cluster,
    "redis+sentinel": _sentinel,
}
