"""Token buckets: how often a platform lets a bot call before it says 429."""

import math
from dataclasses import dataclass

from bot.playground.world.clock import Clock


@dataclass(frozen=True)
class Rate:
    """`per_s` tokens flow in a second, at most `burst` are saved up."""

    per_s: float
    burst: float


class Buckets:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def wait_s(self, key: str, rate: Rate) -> int:
        """0 when the call may go (and is counted), otherwise whole seconds to wait."""
        now = self._clock.now()
        level, at = self._levels.get(key, (rate.burst, now))
        level = min(rate.burst, level + max(0.0, now - at) * rate.per_s)
        if level >= 1:
            self._levels[key] = (level - 1, now)
            return 0
        self._levels[key] = (level, now)
        return max(1, math.ceil((1 - level) / rate.per_s))
