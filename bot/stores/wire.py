"""One connection to the database: a batch of commands goes out in one write, the replies come back in order.

redis-py finds the server, connects and signs in; after that we read and write the socket ourselves. A command through its
own reader costs twice the processor time (docs/decisions has the figures), and a turn sends two.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import hiredis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError, ResponseError

from bot.stores.connection import StoreUnavailable

Word: TypeAlias = str | bytes | int
Reply: TypeAlias = Any
Answer: TypeAlias = "asyncio.Future[Reply]"

_packed: Callable[[tuple[Word, ...]], bytes] = hiredis.pack_command  # type: ignore[assignment]
"""Its own annotation names a tuple of one; it takes any."""

NOTHING = object()
"""What the reader returns while a reply isn't complete."""

NO_WRITES = ("READONLY", "OOM", "MISCONF", "NOREPLICAS", "LOADING", "CLUSTERDOWN", "MASTERDOWN")
"""Errors that mean: not now, or not here. All others mean that the command is wrong."""


class Wire(asyncio.Protocol):
    """`idle` is called when every reply has come, `lost` once when the connection ends, with the reason."""

    def __init__(
        self, writer: asyncio.StreamWriter, idle: Callable[[], None], lost: Callable[[str], None]
    ) -> None:
        self._writer = writer  # kept because it closes the socket when it is thrown away
        self._transport = writer.transport
        self._idle = idle
        self._lost = lost
        self._reader = hiredis.Reader(replyError=error_of, notEnoughData=NOTHING)
        self._owed: deque[Answer] = deque()
        self._late: asyncio.TimerHandle | None = None
        self._demoted = False

    @classmethod
    async def open(cls, client: Redis, idle: Callable[[], None], lost: Callable[[str], None]) -> "Wire":
        """Raises what redis-py raises when nobody answers or the password is wrong."""
        connection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        await connection.connect()
        wire = cls(_taken_from(connection), idle, lost)
        wire._transport.set_protocol(wire)
        return wire

    @property
    def is_busy(self) -> bool:
        return bool(self._owed)

    def send(self, batch: Sequence[tuple[Sequence[Word], Answer]], answer_seconds: float) -> None:
        """Only when not busy. Replies that don't come in time end the connection."""
        self._owed.extend(answer for _, answer in batch)
        self._transport.write(b"".join([_packed(tuple(words)) for words, _ in batch]))
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(answer_seconds, self.end, f"no answer for {answer_seconds:g} s")

    def end(self, reason: str) -> None:
        """Whoever still waits is told; whether their commands were carried out is open."""
        owed, self._owed = self._owed, deque()
        self._transport.abort()
        for answer in owed:
            settle(answer, StoreUnavailable(f"the database is away ({reason})"))
        if self._late is not None:
            self._late.cancel()
        lost, self._lost = self._lost, _nobody
        lost(reason)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not NOTHING:
                self._demoted = self._demoted or isinstance(reply, StoreUnavailable)
                settle(self._owed.popleft(), reply)
        except (hiredis.ProtocolError, IndexError):
            self.end("it said something that nobody asked for")
            return
        if not self._owed:
            self._rest()

    def connection_lost(self, error: Exception | None) -> None:
        self.end(str(error) if error else "it closed the connection")

    def _rest(self) -> None:
        """A server that takes no writes may have become a replica: the next connection asks who is the master now."""
        if self._late is not None:
            self._late.cancel()
        if self._demoted:
            self.end("it takes no writes")
        else:
            self._idle()


def error_of(words: str) -> Exception:
    """An error reply as an exception: ours for `not now`, redis-py's for a wrong command."""
    if words.startswith(NO_WRITES):
        return StoreUnavailable(f"the database takes no writes ({words})")
    return NoScriptError(words) if words.startswith("NOSCRIPT") else ResponseError(words)


def settle(answer: Answer, reply: Reply) -> None:
    if answer.done():  # its caller was cancelled and has gone
        return
    if isinstance(reply, Exception):
        answer.set_exception(reply)
    else:
        answer.set_result(reply)


def _taken_from(connection: AbstractConnection) -> asyncio.StreamWriter:
    """The connection's socket, which it forgets; it is never used again.

    redis-py has no public names for this; every test of the pipeline fails if a new version has others.
    """
    writer = connection._writer
    if writer is None:
        raise ConnectionError("the connection was closed before it was used")
    connection._reader = connection._writer = None
    return writer


def _nobody(_reason: str) -> None:
    """Told once already."""
