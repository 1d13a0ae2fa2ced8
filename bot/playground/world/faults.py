"""Trouble on order: what the next calls of a method get instead of, or after, their proper answer."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.playground.world.json_data import JsonObject


@dataclass(frozen=True)
class Fault:
    """What befalls one call.

    status: answered instead of any work. hang_s: waits first, in real seconds. drop: the line goes dead and
    nothing was done. lose_answer: the work is done, then the line goes dead.
    """

    status: int | None = None
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_s: float = 0.0
    drop: bool = False
    lose_answer: bool = False

    async def hang(self) -> None:
        if self.hang_s > 0:
            await asyncio.sleep(self.hang_s)


def read_fault(reply: JsonObject) -> Fault:
    """Raises ValueError with a sentence when the order makes no sense."""
    known = {"status", "body", "headers", "hang_s", "drop", "accept_then"}
    if not reply or set(reply) - known:
        raise ValueError(f"a reply is made of {sorted(known)}, not {sorted(reply)}")
    after = reply.get("accept_then")
    if after not in (None, "drop"):
        raise ValueError(f'accept_then can only be "drop", not {after!r}')
    status = reply.get("status")
    return Fault(
        status=None if status is None else int(status),
        body=reply.get("body"),
        headers={str(key): str(value) for key, value in (reply.get("headers") or {}).items()},
        hang_s=float(reply.get("hang_s", 0)),
        drop=bool(reply.get("drop", False)),
        lose_answer=after == "drop",
    )


class Faults:
    """First ordered, first served; a method's own faults come before those of "*"."""

    def __init__(self) -> None:
        self._waiting: defaultdict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._any = False

    def order(self, platform: str, method: str, faults: Sequence[Fault]) -> None:
        self._waiting[platform, method].extend(faults)
        self._any = True

    def clear(self) -> None:
        self._waiting.clear()
        self._any = False

    def take(self, platform: str, method: str) -> Fault | None:
        if not self._any:
            return None
        for name in (method, "*"):
            queue = self._waiting.get((platform, name))
            if queue:
                return queue.popleft()
        return None
