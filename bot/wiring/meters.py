"""The figures that monitors read: counted as things happen, or read when they are asked for. docs/operators.md lists them."""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator, Mapping
from time import perf_counter
from typing import TypeVar, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.app.inbound import Inbound, PlatformName
from bot.app.watching import FindingKind, Survey, findings
from bot.wiring.parts import Mamori

DEEDS = {
    "taken": "Deeds of people that were committed.",
    "failed": "Deeds that could not be committed; the platform sends them again.",
    "ignored": "Events that say nothing to us.",
    "unsigned": "Requests without a right signature.",
}
TURNS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
LATE_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
OUTCOMES: Mapping[type, str] = {Sent: "sent", Later: "later", Refused: "refused"}

Given = TypeVar("Given")


class Meters:
    """One registry for one process. It listens to the deliverer from the moment it is made."""

    def __init__(self, mamori: Mamori) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "mamori_deliveries",
            "Attempts to send, by what came of them.",
            ("platform", "kind", "outcome"),
            registry=self.registry,
        )
        self._turns = Histogram(
            "mamori_turn_seconds",
            "From a deed or a due timer to its commit.",
            ("by",),
            buckets=TURNS_S,
            registry=self.registry,
        )
        self._late = Histogram(
            "mamori_timer_lateness_seconds",
            "How long after its due time a timer fired; its count is that of the timers.",
            buckets=LATE_S,
            registry=self.registry,
        )
        self._state = State(mamori)
        self.registry.register(self._state)
        self._begin()
        mamori.deliverer.noted = self.noted

    def timed(self, receive: Callable[[Inbound], Awaitable[Given]]) -> Callable[[Inbound], Awaitable[Given]]:
        """The same, with its seconds noted."""

        async def received(inbound: Inbound) -> Given:
            begun = perf_counter()
            given = await receive(inbound)
            self._turns.labels("deed").observe(perf_counter() - begun)
            return given

        return received

    def noted(self, delivery: Delivery, outcome: Outcome) -> None:
        kind = "page" if delivery.urgent else "message"
        self._deliveries.labels(delivery.address.platform, kind, OUTCOMES[type(outcome)]).inc()

    def fired(self, late_s: float, turn_s: float) -> None:
        self._late.observe(max(0.0, late_s))
        self._turns.labels("timer").observe(turn_s)

    def count_deeds(self, deeds: Mapping[str, int]) -> None:
        """In a process that has doors."""
        self.registry.register(Deeds(deeds))

    async def scrape(self) -> bytes:
        await self._state.refresh()
        return generate_latest(self.registry)

    def _begin(self) -> None:
        """Each from the first moment on: a figure that isn't there looks like one that is not measured."""
        for platform in get_args(PlatformName):
            for kind in ("page", "message"):
                for outcome in OUTCOMES.values():
                    self._deliveries.labels(platform, kind, outcome)
        for by in ("deed", "timer"):
            self._turns.labels(by)


class Deeds(Collector):
    def __init__(self, deeds: Mapping[str, int]) -> None:
        self._deeds = deeds

    def collect(self) -> Iterator[Metric]:
        for name, words in DEEDS.items():
            yield CounterMetricFamily(f"mamori_deeds_{name}", words, self._deeds.get(name, 0))


class State(Collector):
    """What the database holds now, by one survey for each time that somebody asks."""

    def __init__(self, mamori: Mamori) -> None:
        self._mamori = mamori
        self._survey: Survey | None = None

    async def refresh(self) -> None:
        """While the database is away, what it holds isn't known, and isn't told."""
        try:
            self._survey = await self._mamori.stores.watch.survey(self._mamori.clock.now())
        except Exception:
            self._survey = None

    def collect(self) -> Iterator[Metric]:
        pipeline, survey = self._mamori.stores.pipeline, self._survey
        yield CounterMetricFamily(
            "mamori_redis_commands", "Commands sent to the database.", pipeline.commands
        )
        yield CounterMetricFamily(
            "mamori_redis_round_trips",
            "Round trips to the database; one carries many commands.",
            pipeline.round_trips,
        )
        yield _gauge(
            "mamori_database_up", "1: the database answered this very moment.", float(survey is not None)
        )
        if survey is not None:
            yield from self._held(survey)

    def _held(self, survey: Survey) -> Iterator[Metric]:
        depth = _labelled("mamori_outbox_depth", "Deliveries that wait or are on their way.", "kind")
        depth.add_metric(("page",), survey.urgent_depth)
        depth.add_metric(("message",), survey.calm_depth)
        yield depth
        yield _gauge("mamori_outbox_oldest_seconds", "Age of the oldest of those due first.", survey.oldest_s)
        yield _gauge("mamori_open_incidents", "Incidents that aren't closed.", survey.open_incidents)
        yield _gauge("mamori_open_alerts", "Calls for help that nobody has arrived at.", survey.open_alerts)
        turning = sum(1 for at in survey.workers.values() if (survey.at - at).total_seconds() <= 5)
        yield _gauge("mamori_workers_turning", "Workers whose loop turned within five seconds.", turning)
        yield from self._found(survey)
        yield from _quota(survey)

    def _found(self, survey: Survey) -> Iterator[Metric]:
        found = Tally(
            f.kind
            for f in findings(survey, self._mamori.shelf.policy.line_reserve, self._mamori.shelf.unread)
        )
        family = _labelled("mamori_findings", "What the auditor sees wrong now.", "kind")
        for kind in get_args(FindingKind):
            family.add_metric((kind,), found[kind])
        yield family


def _quota(survey: Survey) -> Iterator[Metric]:
    quota = survey.quota
    yield _gauge("mamori_line_quota_used", "LINE's pushes of this month.", quota.used)
    yield _gauge(
        "mamori_line_quota_limit",
        "The plan's; -1: no limit, or not known.",
        -1 if quota.limit is None else quota.limit,
    )
    yield _gauge(
        "mamori_line_quota_spent", "1: LINE takes no more this month.", float(quota.is_spent(survey.at))
    )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)


def _labelled(name: str, words: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=(label,))
