"""Group commit: all commands of one tick of the event loop share one round trip to the database.

While a round trip is under way, new commands gather for the next one, so that busier means fuller, not slower. There is no
MULTI: each command stands alone, and one that fails fails only for its own caller.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Protocol, TypeAlias

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as TooSlow

from bot.stores.connection import ANSWER_SECONDS, Client, StoreUnavailable

Word: TypeAlias = str | bytes | int
Reply: TypeAlias = Any

LOST = (Disconnected, TooSlow, OSError, TimeoutError)
NO_WRITES = (OutOfMemoryError, ReadOnlyError)


@dataclass(frozen=True)
class Script:
    """A Lua script and the name by which the server remembers it."""

    source: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha", sha1(self.source.encode(), usedforsecurity=False).hexdigest())


class Pipeline(Protocol):
    """The one way to the database. `commands` and `round_trips` count what went out, for the bench."""

    commands: int
    round_trips: int

    async def call(self, *words: Word) -> Reply:
        """One command. Raises StoreUnavailable when the database is away, ResponseError when the command is wrong."""
        ...

    async def run(self, script: Script, keys: Sequence[Word], args: Sequence[Word]) -> Reply:
        """One script; sent whole when the server doesn't know it (after a restart or a failover)."""
        ...

    async def close(self) -> None: ...


def pipeline_over(client: Client) -> Pipeline:
    return DirectPipeline(client) if isinstance(client, RedisCluster) else SharedPipeline(client)


@dataclass
class _Waiting:
    words: Sequence[Word]
    answer: asyncio.Future[Reply]


class SharedPipeline:
    """For one server (or the master that Sentinel names): one connection, one batch at a time, in order."""

    def __init__(self, client: Redis, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.commands = 0
        self.round_trips = 0
        self._client = client
        self._answer_seconds = answer_seconds
        self._connection: AbstractConnection | None = None
        self._demoted = False
        self._waiting: list[_Waiting] = []
        self._sender: asyncio.Task[None] | None = None

    async def call(self, *words: Word) -> Reply:
        return await self._send(words)

    async def run(self, script: Script, keys: Sequence[Word], args: Sequence[Word]) -> Reply:
        try:
            return await self._send(("EVALSHA", script.sha, len(keys), *keys, *args))
        except NoScriptError:
            return await self._send(("EVAL", script.source, len(keys), *keys, *args))

    async def close(self) -> None:
        """Waits for what is under way, then hands the connection back. The client itself stays its owner's."""
        if self._sender is not None:
            await self._sender
        await self._drop()

    def _send(self, words: Sequence[Word]) -> asyncio.Future[Reply]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        self._waiting.append(_Waiting(words, answer))
        if self._sender is None:
            self._sender = loop.create_task(self._send_batches())
        return answer

    async def _send_batches(self) -> None:
        """The task begins at the end of the tick, when everybody of that tick has put in their commands."""
        try:
            while batch := self._waiting:
                self._waiting = []
                await self._round_trip(batch)
        finally:
            self._sender = None

    async def _round_trip(self, batch: list[_Waiting]) -> None:
        self.commands += len(batch)
        self.round_trips += 1
        try:
            async with asyncio.timeout(self._answer_seconds):
                await self._exchange(batch)
        except LOST as error:
            _fail(batch, StoreUnavailable(f"the database is away ({_cause(error)})"))
            await self._drop()
        except BaseException as error:
            _fail(batch, error if isinstance(error, RedisError) else StoreUnavailable(f"stopped ({error!r})"))
            await self._drop()
            raise

    async def _exchange(self, batch: list[_Waiting]) -> None:
        connection = await self._connected()
        packed = connection.pack_commands([waiting.words for waiting in batch])
        await connection.send_packed_command(packed, check_health=False)
        for waiting in batch:
            await self._answer(connection, waiting)
        if self._demoted:
            await self._drop()

    async def _answer(self, connection: AbstractConnection, waiting: _Waiting) -> None:
        try:
            reply = await connection.read_response()
        except ResponseError as error:
            self._demoted = self._demoted or isinstance(error, ReadOnlyError)
            _settle(waiting, _ours(error))
        else:
            _settle(waiting, reply)

    async def _connected(self) -> AbstractConnection:
        """The batch has its own time-out around everything; a second one for each read would only cost.

        Anything to read before we have asked (or the end of the stream) means that the server has hung up on us.
        """
        if self._connection is not None and await self._connection.can_read():
            await self._drop()
        if self._connection is None:
            self._connection = await self._client.connection_pool.get_connection()
            self._connection.socket_timeout = None
        return self._connection

    async def _drop(self) -> None:
        """The next batch connects anew; with Sentinel that finds the master of the moment."""
        connection, self._connection, self._demoted = self._connection, None, False
        if connection is not None:
            await connection.disconnect(nowait=True)
            await self._client.connection_pool.release(connection)


class DirectPipeline:
    """For a cluster, whose client finds the node for each key itself: one command, one round trip."""

    def __init__(self, client: RedisCluster) -> None:
        self.commands = 0
        self.round_trips = 0
        self._client = client
        for verb in ("HGETALL", "XRANGE"):
            client.set_response_callback(verb, _as_it_came)

    async def call(self, *words: Word) -> Reply:
        self.commands += 1
        self.round_trips += 1
        try:
            return await self._client.execute_command(*words)
        except NoScriptError:
            raise
        except ResponseError as error:
            raise _ours(error) from error
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreUnavailable(f"the database is away ({_cause(error)})") from error

    async def run(self, script: Script, keys: Sequence[Word], args: Sequence[Word]) -> Reply:
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await self.call("EVAL", script.source, len(keys), *keys, *args)

    async def close(self) -> None:
        """Nothing is held here: the client is its owner's."""


def _as_it_came(reply: Reply, **_options: object) -> Reply:
    """The cluster's client would shape some replies; ours are read by the ports, the same from every client."""
    return reply


def _ours(error: ResponseError) -> Exception:
    """A full disk or memory and a demoted master mean that the database is away; anything else is a wrong command."""
    if isinstance(error, NO_WRITES) or str(error).startswith(("MISCONF", "CLUSTERDOWN", "NOREPLICAS")):
        return StoreUnavailable(f"the database takes no writes ({error})")
    return error


def _cause(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _settle(waiting: _Waiting, reply: Reply) -> None:
    if waiting.answer.done():  # its caller was cancelled and has gone
        return
    if isinstance(reply, Exception):
        waiting.answer.set_exception(reply)
    else:
        waiting.answer.set_result(reply)


def _fail(batch: list[_Waiting], error: BaseException) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
