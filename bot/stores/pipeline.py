"""Group commit: all commands of one tick of the event loop share one round trip to the database.

While a round trip is under way, new commands gather for the next one, so that busier means fuller, not slower. There
is no MULTI: each command stands alone, and one that fails fails only for its own caller.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Protocol

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, ResponseError

from bot.stores.connection import ANSWER_SECONDS, AWAY, Client, StoreUnavailable
from bot.stores.wire import Answer, Reply, Wire, Word, error_of, settle

PATIENT_SECONDS = 0.1
"""How long a patient command waits for company before it goes alone."""

CLUSTER_COMMANDS_AT_ONCE = 64
"""Below the hundred connections a node that redis-py opens before it refuses."""


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

    async def run(
        self, script: Script, keys: Sequence[Word], args: Sequence[Word], *, patient: bool = False
    ) -> Reply:
        """One script; sent whole when the server doesn't know it (after a restart or a failover).

        A patient one is in nobody's way: it goes with the next round trip that others need, a moment later at most.
        """
        ...

    async def close(self) -> None: ...


def pipeline_over(client: Client) -> Pipeline:
    """For one event loop. The client stays its owner's, who closes it after the pipeline."""
    return DirectPipeline(client) if isinstance(client, RedisCluster) else SharedPipeline(client)


class SharedPipeline:
    """For one server (or the master that Sentinel names): one connection, one batch at a time, in order."""

    def __init__(self, client: Redis, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.commands = 0
        self.round_trips = 0
        self._client = client
        self._answer_seconds = answer_seconds
        self._waiting: list[tuple[Sequence[Word], Answer]] = []
        self._patient: list[tuple[Sequence[Word], Answer]] = []
        self._patience: asyncio.TimerHandle | None = None
        self._wire: Wire | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_flush_near = False

    async def call(self, *words: Word) -> Reply:
        return await self._send(words)

    async def run(
        self, script: Script, keys: Sequence[Word], args: Sequence[Word], *, patient: bool = False
    ) -> Reply:
        send = self._send_along if patient else self._send
        try:
            return await send(("EVALSHA", script.sha, len(keys), *keys, *args))
        except NoScriptError:
            return await self._send(("EVAL", script.source, len(keys), *keys, *args))

    async def close(self) -> None:
        """Ends the connection; whoever still waits is told that the database is away."""
        if self._opening is not None:
            await self._opening
        patient, self._patient = self._patient, []
        for _, answer in patient:
            settle(answer, StoreUnavailable("the database is away (it is being closed)"))
        if self._wire is not None:
            self._wire.end("it is being closed")

    def _send(self, words: Sequence[Word]) -> Answer:
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        self._waiting.append((words, answer))
        if not self._is_flush_near:
            self._is_flush_near = True
            loop.call_soon(self._flush)
        return answer

    def _send_along(self, words: Sequence[Word]) -> Answer:
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        self._patient.append((words, answer))
        if self._patience is None:
            self._patience = loop.call_later(PATIENT_SECONDS, self._wait_no_longer)
        return answer

    def _wait_no_longer(self) -> None:
        self._join()
        self._flush()

    def _join(self) -> None:
        """The patient ones came first, so they stand first."""
        self._waiting[:0] = self._patient
        self._patient = []
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _flush(self) -> None:
        """Runs at the end of a tick, when everybody of that tick has put in their commands, and after each batch."""
        self._is_flush_near = False
        if not self._waiting or (self._wire is not None and self._wire.is_busy):
            return
        if self._wire is None:
            self._opening = self._opening or asyncio.get_running_loop().create_task(self._open())
            return
        self._join()
        batch, self._waiting = self._waiting, []
        self.commands += len(batch)
        self.round_trips += 1
        self._wire.send(batch, self._answer_seconds)

    async def _open(self) -> None:
        """Nobody waits longer than for one attempt: a page that can't be stored must go out another way, now."""
        try:
            self._wire = await Wire.open(self._client, idle=self._flush, lost=self._forget)
        except AWAY as error:
            batch, self._waiting = self._waiting, []
            for _, answer in batch:
                settle(answer, StoreUnavailable(f"the database is away ({_cause(error)})"))
        finally:
            self._opening = None
        self._flush()

    def _forget(self, _reason: str) -> None:
        self._wire = None
        self._flush()


class DirectPipeline:
    """For a cluster, whose client finds the node for each key itself: one command, one round trip."""

    def __init__(self, client: RedisCluster) -> None:
        self.commands = 0
        self.round_trips = 0
        self._client = client
        self._room = asyncio.Semaphore(CLUSTER_COMMANDS_AT_ONCE)
        for verb in ("HGETALL", "XRANGE"):
            client.set_response_callback(verb, _as_it_came)

    async def call(self, *words: Word) -> Reply:
        self.commands += 1
        self.round_trips += 1
        try:
            async with self._room:
                return await self._client.execute_command(*words)
        except NoScriptError:
            raise
        except ResponseError as error:
            raise error_of(_cause(error)) from error
        except AWAY as error:
            raise StoreUnavailable(f"the database is away ({_cause(error)})") from error

    async def run(
        self, script: Script, keys: Sequence[Word], args: Sequence[Word], *, patient: bool = False
    ) -> Reply:
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await self.call("EVAL", script.source, len(keys), *keys, *args)

    async def close(self) -> None:
        """Nothing is held here."""


def _as_it_came(response: Reply, **kwargs: Reply) -> Reply:
    """The cluster's client would shape some replies; ours are read by the ports, the same from every client."""
    return response


def _cause(error: BaseException) -> str:
    return str(error) or type(error).__name__
