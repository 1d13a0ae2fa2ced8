"""The figures as rows: for reading, and as JSON for comparing runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from bench.proof import STEPS
from bench.run import ALARM_RATE, RATE, TAPPING, Bot, Figures, Phase


@dataclass(frozen=True)
class Row:
    """One figure. baseline and ratio (ours / theirs, the median of the rounds' own ratios) where both bots have it."""

    name: str
    unit: str
    mamori: float
    baseline: float | None = None
    ratio: float | None = None


def rows_of(figures: Figures) -> list[Row]:
    proof = Row(f"proving a flow of {STEPS} steps", "s", figures.proof_s)
    return [*_steps(figures), *_processes(figures), *_alarms(figures), proof]


def as_json(figures: Figures) -> dict[str, object]:
    faults = {"mamori": figures.mamori.faults[:10], "baseline": figures.baseline.faults[:10]}
    return {
        "wish": asdict(figures.wish),
        "rows": [asdict(row) for row in rows_of(figures)],
        "faults": faults | {"alarms": figures.alarms.faults[:10]},
    }


def as_lines(figures: Figures) -> Iterator[str]:
    yield f"{'':<58} {'mamori':>9} {'baseline':>9}  mamori / baseline"
    for row in rows_of(figures):
        name = f"{row.name} ({row.unit})" if row.unit else row.name
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        yield f"{name:<58} {_shown(row.mamori):>9} {_shown(row.baseline):>9}  {ratio}".rstrip()


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _steps(figures: Figures) -> Iterator[Row]:
    both = figures.mamori, figures.baseline
    full = f"{TAPPING} people at once"
    yield _row(f"processor time a step, {full}", "ms", *both, _closed, _cpu)
    yield _row(f"processor time a step, {RATE} steps/s", "ms", *both, _opened, _cpu)
    yield _row(f"database's processor time a step, {full}", "ms", *both, _closed, _database_cpu)
    yield _row(f"steps a second, {full}", "", *both, _closed, _rate)
    yield _row(
        f"tap to answer at {RATE} steps/s, p50", "ms", *both, _opened, lambda p: _percentile(_ms(p), 50)
    )
    yield _row(
        f"tap to answer at {RATE} steps/s, p99", "ms", *both, _opened, lambda p: _percentile(_ms(p), 99)
    )
    yield _row("database commands a step", "", *both, _closed, _commands)
    yield _row(f"database round trips a step, {full}", "", *both, _closed, _round_trips)
    yield _row(f"database round trips a step, {RATE} steps/s", "", *both, _opened, _round_trips)
    yield Row("steps that failed", "", len(figures.mamori.faults), len(figures.baseline.faults))


def _processes(figures: Figures) -> Iterator[Row]:
    ours, theirs = figures.mamori.memory_mb, figures.baseline.memory_mb
    yield Row("memory of the web process", "MB", ours, theirs, ours / theirs)
    yield Row("memory of the worker", "MB", figures.worker_mb)
    yield Row("database round trips a second, idle", "", figures.idle_round_trips)
    yield Row("database commands a second, idle", "", figures.idle_commands)


def _alarms(figures: Figures) -> Iterator[Row]:
    alarms, pending = figures.alarms, figures.wish.timers
    for share in (50, 99):
        yield Row(
            f"tap to page at {ALARM_RATE} alarms/s, p{share}", "ms", _percentile(alarms.to_page_ms, share)
        )
    for share in (50, 99):
        late = _percentile(alarms.lateness_ms, share)
        yield Row(f"lateness of timers, {pending} pending, p{share}", "ms", late)
    yield Row("alarms that failed", "", len(alarms.faults))


def _row(
    name: str,
    unit: str,
    mamori: Bot,
    baseline: Bot,
    phases: Callable[[Bot], Sequence[Phase]],
    figure: Callable[[Phase], float],
) -> Row:
    ours, theirs = [figure(p) for p in phases(mamori)], [figure(p) for p in phases(baseline)]
    ratios = [a / b for a, b in zip(ours, theirs, strict=True) if b]
    return Row(name, unit, median(ours), median(theirs), median(ratios) if ratios else None)


def _closed(bot: Bot) -> Sequence[Phase]:
    return bot.closed


def _opened(bot: Bot) -> Sequence[Phase]:
    return bot.opened


def _cpu(phase: Phase) -> float:
    return _each(phase.cost.cpu_ms, phase)


def _database_cpu(phase: Phase) -> float:
    return _each(phase.cost.database_cpu_ms, phase)


def _commands(phase: Phase) -> float:
    """Ours sends nothing but scripts in a step, and what those do inside is not a command; the baseline sends none."""
    return _each(
        phase.cost.scripts if phase.cost.scripts > len(phase.load.steps) else phase.cost.all_commands, phase
    )


def _round_trips(phase: Phase) -> float:
    return _each(phase.cost.round_trips, phase)


def _rate(phase: Phase) -> float:
    return len(phase.load.steps) / phase.load.seconds


def _ms(phase: Phase) -> list[float]:
    return [step.ms for step in phase.load.steps]


def _each(total: float, phase: Phase) -> float:
    return total / max(1, len(phase.load.steps))


def _percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` per cent of the values don't exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0
