"""Watches that nobody who called is forgotten: looks every two seconds, mends what it can, and calls the operators.

One process at a time looks; whoever holds the turn keeps it while it lives, and another takes over soon after. What it
finds comes from the incidents' own state and from the rows that should have moved, never from what a worker says of itself.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.app.allowance import Allowance
from bot.app.codec import Unreadable
from bot.app.committing import FAST_LEASE, Question, Timer
from bot.app.delivering import Delivery
from bot.app.inbound import CHATS
from bot.app.ports import Clock, Records, Turns, Watch
from bot.app.sending import parse_address
from bot.app.shelf import Shelf
from bot.app.watching import ABOUT_QUOTA, Finding, FindingKind, Survey, findings
from bot.core.alert import Alert
from bot.core.messages import Card
from bot.core.plan import Person
from bot.core.quota import is_low, read_again

log = logging.getLogger(__name__)

EVERY_S = 2.0
TURN_LIFE = timedelta(seconds=6)
"""An auditor that hasn't looked for so long loses its turn."""

AGAIN = timedelta(minutes=10)
REMEMBERED = timedelta(days=40)
QUOTA_EVERY = timedelta(minutes=10)
QUOTA_EVERY_WHEN_LOW = timedelta(minutes=1)

LOOKS: dict[FindingKind, int] = {"timer_missing": 1, "no_worker": 6}
USUAL_LOOKS = 2
"""In so many looks in a row something must be wrong before anybody is called: a clock that was set, a worker that is being
replaced, a second of rush are over by the next."""

ReadQuota = Callable[[], Awaitable[tuple[int | None, int] | None]]
"""LINE's word: the month's limit (None: no limit) and what is used; None while it doesn't answer."""


@dataclass
class Auditor:
    """One of them runs in every process. `name` is this process's own among all."""

    name: str
    watch: Watch
    turns: Turns
    records: Records
    shelf: Shelf
    clock: Clock
    allowance: Allowance
    new_id: Callable[[], str]
    deliver_all: Callable[[Sequence[Delivery]], Awaitable[None]]
    read_quota: ReadQuota | None = None
    beats: bool = False
    _seen: Counter[str] = field(default_factory=Counter)

    async def run(self, stop: asyncio.Event) -> None:
        """Looks until `stop`. A look that fails is logged, and the next one comes: without a database nothing can be seen."""
        while not stop.is_set():
            try:
                await self.round()
            except Exception as error:
                log.warning("the auditor could not look: %s", type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def round(self) -> tuple[Finding, ...]:
        """1. Beat, where no worker's loop does; 2. is it our turn? 3. look; 4. LINE's count; 5. mend, and call for each."""
        if self.beats:
            await self.allowance.beat(self.watch, self.clock.now())
        if not await self.watch.hold(self.name, TURN_LIFE):
            self._seen.clear()
            return ()
        survey = await self.watch.survey(self.clock.now())
        self.allowance.take_over(survey.quota)
        await self._read_quota(survey)
        found = findings(survey, self.shelf.policy.line_reserve, self.shelf.unread)
        self._seen = Counter({f.name: self._seen[f.name] + 1 for f in found})
        for finding in found:
            await self._act(finding, survey)
        return found

    async def _act(self, finding: Finding, survey: Survey) -> None:
        if finding.kind == "timer_missing":
            await self._rearm(finding.about)
        before = survey.told.get(finding.name)
        is_sure = self._seen[finding.name] >= LOOKS.get(finding.kind, USUAL_LOOKS)
        if not is_sure or (before is not None and survey.at - before < _silence(finding)):
            return
        await self._tell(finding, before)
        old = [name for name, at in survey.told.items() if survey.at - at > REMEMBERED]
        await self.watch.forget(old)

    async def _rearm(self, incident_id: str) -> None:
        """Due now: whoever waits has waited too long already. A timer that comes too late is stale and does nothing.

        What can't be read can't be mended here; the operators are called for it, and the others are looked after.
        """
        try:
            incident = await self.records.incident(incident_id)
        except Unreadable as error:
            log.warning("incident %s can't be given its timer: %s", incident_id, error)
            return
        alert = incident.alert if incident else None
        if alert is not None and alert.is_open:
            timer = Timer(incident_id, _timer_of(alert), self.clock.now(), alert.stamp)
            await self.watch.rearm(timer)

    async def _tell(self, finding: Finding, before: datetime | None) -> None:
        now = self.clock.now()
        said = " ".join((finding.name, f"{finding.count}x", f"{finding.seconds}s", *finding.ids))
        log.log(logging.ERROR if finding.is_red else logging.WARNING, "watch: %s", said)
        await self.shelf.refresh((await self.turns.load(Question())).versions)
        deliveries = tuple(d for person in self._hearers(finding) for d in self._pages(person, finding, now))
        if await self.watch.tell(finding.name, before, now, deliveries, now + FAST_LEASE):
            await self.deliver_all(deliveries)

    def _hearers(self, finding: Finding) -> Sequence[Person]:
        """The operators whom the policy names; the admins where it names none who can be reached, and about the quota."""
        known = [p for p in self.shelf.people.values() if p.active and p.addresses(CHATS)]
        named = [p for p in known if p.id in self.shelf.policy.operators]
        return [p for p in known if p.role == "admin"] if finding.kind in ABOUT_QUOTA or not named else named

    def _pages(self, person: Person, finding: Finding, now: datetime) -> tuple[Delivery, ...]:
        words = self.shelf.words
        line = words_of(finding, person.language, self.shelf)
        card = Card(
            words.say(person.language, "watch_alt"), words.say(person.language, "watch_title"), body=(line,)
        )
        return tuple(
            Delivery(self.new_id(), parse_address(address), (card,), now, person=person.id, urgent=True)
            for address in person.addresses(CHATS)
        )

    async def _read_quota(self, survey: Survey) -> None:
        """What LINE doesn't answer is asked again with the next look; it costs nothing."""
        quota = survey.quota
        is_near = quota.is_spent(survey.at) or is_low(quota, self.shelf.policy.line_reserve)
        every = QUOTA_EVERY_WHEN_LOW if is_near else QUOTA_EVERY
        if self.read_quota is None or (quota.read_at and timedelta(0) <= survey.at - quota.read_at < every):
            return
        told = await self.read_quota()
        if told is not None:
            self.allowance.quota = read_again(quota, *told, survey.at)
            await self.watch.put_quota(self.allowance.quota)


def words_of(finding: Finding, language: str, shelf: Shelf) -> str:
    """One sentence: what is wrong, and what to look at."""
    return shelf.words.say(
        language,
        f"watch_{finding.kind}",
        count=finding.count,
        seconds=finding.seconds,
        about=finding.about,
    )


def _timer_of(alert: Alert) -> str:
    """Wider at once while it is calling; with somebody on the way, their time is looked at anew."""
    return {"coming": "runs_out", "claimed": "settles"}.get(alert.state, "next_tier")


def _silence(finding: Finding) -> timedelta:
    """How long the same finding is not told again; about the quota once a month."""
    return REMEMBERED if finding.kind in ABOUT_QUOTA else AGAIN
