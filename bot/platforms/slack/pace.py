"""How soon the next message may go to one conversation: Slack takes one a second, and a short burst in a private chat.

https://docs.slack.dev/apis/web-api/rate-limits/ (chat.postMessage)
"""

from collections import OrderedDict
from collections.abc import Mapping

BURST = {"D": 3}
"""Messages at once, by the first letter of the conversation. In a private chat two cards may belong together."""

REMEMBERED = 2000


class Pace:
    """`now` is any clock in seconds that never goes back. A page never waits here, but those after it do."""

    def __init__(self, usual: int = 1, burst: Mapping[str, int] = BURST) -> None:
        self._usual = usual
        self._burst = burst
        self._free: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, conversation: str, now: float, *, urgent: bool) -> float:
        """0: it may go, and is counted. Otherwise: not before so many seconds; nothing is counted."""
        free = max(self._free.get(conversation, now), now)
        wait = free - now - self._ahead(conversation)
        if wait > 0 and not urgent:
            return wait
        self._keep(conversation, free + 1.0)
        return 0.0

    def refused(self, conversation: str, now: float, after_s: float) -> None:
        """Slack said 429: nobody but a page tries before that."""
        self._keep(conversation, now + after_s + self._ahead(conversation))

    def _ahead(self, conversation: str) -> float:
        """Seconds by which messages may come before their time."""
        return float(self._burst.get(conversation[:1], self._usual) - 1)

    def _keep(self, conversation: str, free: float) -> None:
        self._free[conversation] = max(free, self._free.get(conversation, free))
        self._free.move_to_end(conversation)
        while len(self._free) > REMEMBERED:
            self._free.popitem(last=False)
