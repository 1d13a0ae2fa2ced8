"""Simulated people: each taps a real button of the last reply, through signed webhooks, and waits for the answer."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.local_line import LocalLine
from bench.wire import Connection

SECRET = "bench-line-secret"
TOKEN = "bench-line-token"
PATIENCE_S = 10.0

_DATA = re.compile(rb'"data": ?"([^"]+)"')


class WentWrong(RuntimeError):
    """A step didn't end as it should; the message says how."""


@dataclass(frozen=True)
class Script:
    """One conversation. first: data of the rich menu's button; then patterns, each for a button of the reply before."""

    path: str
    first: str
    then: tuple[str, ...]

    @property
    def steps(self) -> int:
        return 1 + len(self.then)


MAMORI = Script("/line/webhook", "m1.unsure", (r"\.safe\.", r"\.other\.", r"\.inside\.", r"\.finished$"))
"""迷う, three answers to a level card, 終わった: a way through the shipped flow on which nobody is called."""

BASELINE = Script("/callback", "start", (r"^1:", r"^2:", r"^3:", r"^end$"))


@dataclass(frozen=True)
class Step:
    """sent and answered: seconds since 1970; answered is when the reply was at LINE."""

    sent: float
    answered: float

    @property
    def ms(self) -> float:
        return (self.answered - self.sent) * 1000


@dataclass
class Site:
    """One bot under measurement: its port, its script, its kept connections, and LINE beside it."""

    script: Script
    port: int
    line: LocalLine
    _free: list[Connection] = field(default_factory=list)

    async def send(self, user: str, data: str, token: str) -> None:
        """One signed webhook; returns when it was answered with 200."""
        body = postback(user, data, token)
        connection = await self._connection()
        status = await connection.post(self.script.path, body, _headers(body))
        self._free.append(connection)
        if status != 200:
            raise WentWrong(f"the webhook was answered with {status}")

    async def _connection(self) -> Connection:
        """A kept one that the web process hasn't closed in the meantime, else a new one."""
        self._free = [connection for connection in self._free if connection.is_open]
        return self._free.pop() if self._free else await Connection.open(self.port)


@dataclass
class Caller:
    """One person who plays the script again and again."""

    user: str
    site: Site
    _turn: int = 0
    _buttons: Sequence[str] = ()

    async def step(self, due: float | None = None) -> Step:
        """The next tap, until the webhook is answered and the reply is at LINE. `due`: when it should have been sent."""
        token, data = uuid.uuid4().hex, self._next()
        reply = self.site.line.expect(token)
        sent = time.time() if due is None else due
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.site.send(self.user, data, token)
                message = await reply
        except TimeoutError:
            raise WentWrong(f"no reply to {data} within {PATIENCE_S:g} s") from None
        finally:
            self.site.line.forget(token)
        self._buttons = [found.decode() for found in _DATA.findall(message.body)]
        self._turn = (self._turn + 1) % self.site.script.steps
        return Step(sent, message.at)

    def _next(self) -> str:
        if self._turn == 0:
            return self.site.script.first
        wanted = re.compile(self.site.script.then[self._turn - 1])
        data = next((b for b in self._buttons if wanted.search(b)), None)
        if data is None:
            raise WentWrong(f"step {self._turn}: no button like {wanted.pattern} in the reply")
        return data


def user_id(number: int) -> str:
    """LINE's form: U and 32 hexadecimal digits."""
    return f"U{number:032x}"


_counted = itertools.count(1)


def postback(user: str, data: str, token: str) -> bytes:
    """https://developers.line.biz/en/reference/messaging-api/#postback-event"""
    event = {
        "type": "postback",
        "postback": {"data": data},
        "webhookEventId": f"01BENCH{next(_counted):019d}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": user},
        "replyToken": token,
        "mode": "active",
    }
    return json.dumps({"destination": user_id(0), "events": [event]}).encode()


def _headers(body: bytes) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return {"Content-Type": "application/json; charset=utf-8", "X-Line-Signature": signature}
