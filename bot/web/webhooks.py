"""The doors for LINE and Slack: signature first, then each person's deeds in order, different people side by side.

200 is given only when everything in the body is committed; the answers are sent right after.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.app.delivering import Delivery
from bot.app.inbound import Inbound
from bot.app.ports import Clock
from bot.platforms.line.parse import parse, verify
from bot.web.bodies import body_of
from bot.web.tasks import Tasks

log = logging.getLogger(__name__)

MAX_BODY = 2_000_000
"""Larger than anything either platform documents."""

SLOW_TURN = 0.4
"""Seconds after which a person on LINE sees that their tap was taken, although the answer isn't there yet."""

COUNTED = ("taken", "failed", "ignored", "unsigned")
"""What becomes of a deed, each from the first moment on: a figure that isn't there looks like one that is not measured."""

SlackDoor = Callable[
    [bytes, Mapping[str, str], datetime, datetime], Awaitable[tuple[int, dict[str, str], bytes]]
]


@dataclass(frozen=True)
class Receiver:
    """Takes deeds: commits them, starts the sending, says when something is slow or fails."""

    receive: Callable[[Inbound], Awaitable[tuple[Delivery, ...]]]
    deliver_all: Callable[[Sequence[Delivery]], Awaitable[None]]
    tasks: Tasks
    loading: Callable[[str], Awaitable[None]] | None = None
    apologise: Callable[[Inbound], Awaitable[None]] | None = None
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))

    async def take(self, inbound: Inbound) -> None:
        """Returns once the deed is committed. Raises what the store raises; the person is told so where that is possible."""
        waiting = self._show_loading_if_slow(inbound)
        try:
            deliveries = await self.receive(inbound)
        except Exception:
            self.counts["failed"] += 1
            if self.apologise:
                self.tasks.start(self.apologise(inbound))
            raise
        finally:
            if waiting:
                waiting.cancel()
        self.counts["taken"] += 1
        if deliveries:
            self.tasks.start(self.deliver_all(deliveries))

    async def take_batch(self, batch: Sequence[Inbound]) -> bool:
        """One person's deeds in order, different people side by side. False when one of them couldn't be kept."""
        queues: dict[str, list[Inbound]] = defaultdict(list)
        for inbound in batch:
            queues[str(inbound.sender)].append(inbound)
        if len(queues) == 1:  # nearly always; a task of its own would cost more than it gives
            return await self._take_queue(batch)
        results = await asyncio.gather(*(self._take_queue(queue) for queue in queues.values()))
        return all(results)

    async def _take_queue(self, queue: Sequence[Inbound]) -> bool:
        kept = True
        for inbound in queue:
            try:
                await self.take(inbound)
            except Exception:
                log.exception("deed %s was not kept", inbound.id)
                kept = False
        return kept

    def _show_loading_if_slow(self, inbound: Inbound) -> asyncio.TimerHandle | None:
        if self.loading is None or inbound.sender.platform != "line":
            return None
        loading = self.loading
        loop = asyncio.get_running_loop()
        return loop.call_later(SLOW_TURN, lambda: self.tasks.start(loading(inbound.sender.id)))


def line_webhook(
    receiver: Receiver, secrets: tuple[str, ...], clock: Clock
) -> Callable[[Request], Awaitable[Response]]:
    """POST /line/webhook: 401 without a right signature; 503 when something couldn't be kept: LINE may send it again."""

    async def answer(request: Request) -> Response:
        body = await body_of(request, MAX_BODY)
        if body is None:
            return PlainTextResponse("too large", 413)
        if not verify(secrets, body, request.headers.get("x-line-signature")):
            receiver.counts["unsigned"] += 1
            return PlainTextResponse("wrong or missing signature", 401)
        parsed = parse(body, clock.now())
        for reason in parsed.ignored:
            receiver.counts["ignored"] += 1
            log.info("line event ignored: %s", reason)
        kept = await receiver.take_batch(parsed.inbound)
        return PlainTextResponse("ok" if kept else "try again", 200 if kept else 503)

    return answer


def slack_webhook(
    receiver: Receiver, door: SlackDoor, clock: Clock
) -> Callable[[Request], Awaitable[Response]]:
    """POST /slack/events. Signatures age by the machine's own watch, also where a demo has moved the clock."""

    async def answer(request: Request) -> Response:
        body = await body_of(request, MAX_BODY)
        if body is None:
            return PlainTextResponse("too large", 413)
        status, headers, content = await door(body, request.headers, clock.now(), datetime.now(UTC))
        if status == 401:
            receiver.counts["unsigned"] += 1
        return Response(content, status, headers)

    return answer
