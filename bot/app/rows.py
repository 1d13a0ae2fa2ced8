"""What one turn's effects leave in the store: journal entries, timers, and where a call for help stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.app.committing import Entry
from bot.core.effects import ClearTimer, Effect, Record, SetTimer


def entries(effects: Sequence[Effect], at: datetime, by: str, words: str) -> Iterator[Entry]:
    """What was recorded, and a person's own words, which stand in the journal and nowhere else."""
    yield from (Entry(at, e.kind, by, e.data) for e in effects if isinstance(e, Record))
    if words:
        yield Entry(at, "note", by, {"words": words})


def last_timers(effects: Sequence[Effect]) -> list[SetTimer]:
    """Of several settings of one timer within a turn, the last."""
    timers: dict[str, SetTimer] = {}
    for effect in effects:
        if isinstance(effect, SetTimer):
            timers[effect.name] = effect
        elif isinstance(effect, ClearTimer):
            timers.pop(effect.name, None)
    return list(timers.values())


def cleared(effects: Sequence[Effect]) -> tuple[str, ...]:
    """Names of timers that stand cleared at the end of the turn."""
    cleared: dict[str, bool] = {}
    for effect in effects:
        if isinstance(effect, SetTimer | ClearTimer):
            cleared[effect.name] = isinstance(effect, ClearTimer)
    return tuple(name for name, is_cleared in cleared.items() if is_cleared)


def place_key(site: str, place: str, drill: bool) -> str:
    """Where calls are the same call; empty where a place isn't known. A drill never joins what is real."""
    if not place:
        return ""
    return f"{'drill' if drill else 'real'}|{site}|{place}"
