"""この場合は?: one made-up case after the other, answered by one tap. Answers are counted, and never kept with a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.app.committing import FAST_LEASE
from bot.app.delivering import Delivery
from bot.app.inbound import Inbound
from bot.app.judging import judged
from bot.app.ports import Clock, Practices, Turns
from bot.app.sending import REPLY_LIFE
from bot.app.shelf import Shelf
from bot.core.buttons import TrainingTap
from bot.core.messages import Card
from bot.core.plan import Person
from bot.core.training import ANSWERS, Case, agreement, of_the_day
from bot.core.training_cards import farewell, invitation, last_seen, question, verdict


@dataclass(frozen=True)
class Quiz:
    """The use case, for one organisation. Every answer is kept in the outbox together with its event."""

    turns: Turns
    shelf: Shelf
    practices: Practices
    cases: Mapping[str, Case]
    clock: Clock
    new_id: Callable[[], str]

    async def receive(
        self, inbound: Inbound, person: Person, tap: TrainingTap, event: str
    ) -> tuple[Delivery, ...]:
        """The same event a second time gives nothing."""
        case = self.cases.get(tap.case)
        if tap.word == "answer" and case is not None and tap.answer in ANSWERS:
            return await self._answered(inbound, person, case, tap.answer, event)
        if tap.word == "end":
            return await self._said(inbound, farewell(self.shelf.words, person.language), event)
        if tap.word == "later":
            put_off = invitation(self.shelf.words, person.language, tap.case, later=True)
            return await self._said(inbound, put_off, event, in_place=True)
        return await self._next(inbound, person, event)

    async def _next(self, inbound: Inbound, person: Person, event: str) -> tuple[Delivery, ...]:
        seen, now = await self.practices.seen(person.id), self.clock.now()
        left = [case for case in self._order(now) if case not in seen]
        if not left:
            return await self._said(inbound, last_seen(self.shelf.words, person.language), event)
        case = self.cases[left[0]]
        level = judged(await self.shelf.live_flow(), case).level
        card = question(self.shelf.words, person.language, case, level)
        delivery = self._delivery(inbound, card, now)
        kept = await self.practices.ask(event, person.id, case.id, (delivery,), now + FAST_LEASE)
        return (delivery,) if kept else ()

    async def _answered(
        self, inbound: Inbound, person: Person, case: Case, answer: str, event: str
    ) -> tuple[Delivery, ...]:
        """1. the card tells what the others said until now; 2. the answer is counted, once; 3. whoever taps an old card
        again reads the same and isn't counted."""
        now, others = self.clock.now(), (await self.practices.answers()).get(case.id, {})
        found = judged(await self.shelf.live_flow(), case)
        card = verdict(self.shelf.words, person.language, found, agreement(others, found.level))
        delivery = self._delivery(inbound, card, now)
        kept = (event, person.id, case.id, answer, (delivery,), now + FAST_LEASE)
        if await self.practices.count(*kept):
            return (delivery,)
        return await self._said(inbound, card, event)

    def _order(self, now: datetime) -> tuple[str, ...]:
        return of_the_day(self.cases, now.astimezone(self.shelf.zone).date().isoformat())

    async def _said(
        self, inbound: Inbound, card: Card, event: str, in_place: bool = False
    ) -> tuple[Delivery, ...]:
        now = self.clock.now()
        delivery = self._delivery(inbound, card, now, in_place)
        return (delivery,) if await self.turns.remember(event, (delivery,), now + FAST_LEASE) else ()

    def _delivery(self, inbound: Inbound, card: Card, now: datetime, in_place: bool = False) -> Delivery:
        """A message of its own, so that the story stays above it. On LINE by the reply alone: practice costs no push."""
        token = inbound.origin.reply_token
        return Delivery(
            id=self.new_id(),
            address=inbound.sender,
            cards=(card,),
            created=now,
            reply_token=token,
            reply_until=now + REPLY_LIFE if token else None,
            message=inbound.origin.message if in_place and inbound.origin.private else "",
            free=bool(token),
        )
