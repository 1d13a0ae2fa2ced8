"""What is answered without an incident: strangers, greetings, where somebody works today, tests, what nobody meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.app.committing import FAST_LEASE
from bot.app.delivering import Delivery
from bot.app.enrolling import Enrolling
from bot.app.inbound import Appeared, Inbound, Left
from bot.app.ports import Clock, Directory, Turns
from bot.app.reading import Confirm, Gone, Greet, Meaning, Received, Say, Working
from bot.app.rollcall import RollCalls
from bot.app.sending import REPLY_LIFE
from bot.app.shelf import Shelf
from bot.app.understanding import WORTH_SAYING, Understanding
from bot.core.cards import menu, places, understood
from bot.core.messages import Card
from bot.core.plan import Person

FIRST_THINGS_FIRST = timedelta(minutes=5)
"""Somebody whose first deed made them known may be in need: the test page comes after that."""


@dataclass(frozen=True)
class Answering:
    """Each answer is kept in the outbox together with its event, so that the same event a second time gives nothing."""

    turns: Turns
    directory: Directory
    shelf: Shelf
    enrolling: Enrolling
    rollcalls: RollCalls
    clock: Clock
    new_id: Callable[[], str]

    async def answer(
        self, inbound: Inbound, person: Person, meaning: Meaning, event: str
    ) -> tuple[Delivery, ...]:
        """To somebody who is known, for every meaning that is about no incident."""
        words, language = self.shelf.words, person.language
        match meaning:
            case Gone():
                await self.directory.unlink(str(inbound.sender))
                return ()
            case Working(place=place):
                return await self._working(inbound, person, place, event)
            case Received(tap=received):
                card, news = await self.rollcalls.received(person, received, inbound.sender)
                return await self._remembered(inbound, (card,), event, also=news)
            case Confirm(understanding):
                return await self._remembered(inbound, (self._confirmation(understanding, language),), event)
            case Greet(home=home):
                return await self._remembered(inbound, (self.enrolling.hello(person),), event, home)
            case Say(key):
                card = menu(words, language, (words.say(language, key),))
                return await self._remembered(inbound, (card,), event)
        raise TypeError(f"{type(meaning).__name__} is about an incident")

    async def in_a_room(self, inbound: Inbound, event: str) -> tuple[Delivery, ...]:
        """What is said among others is nobody's call for help, and no answer to it belongs there; a greeting is said once."""
        if not isinstance(inbound.deed, Appeared):
            return ()
        return await self._remembered(inbound, (self._said("in_a_room"),), event)

    async def stranger(
        self, inbound: Inbound, person: Person | None, event: str
    ) -> tuple[Delivery, ...] | None:
        """Nobody's address, or that of a person who has left. None: they are known now, and their deed is to be read."""
        if person is not None and isinstance(inbound.deed, Left):
            return ()
        if person is not None:
            return await self._remembered(inbound, (self._said("not_active"),), event)
        linked, cards = await self.enrolling.answer(inbound)
        test = (self.rollcalls.test_page(linked, inbound.sender),) if linked else ()
        if linked and not cards:
            await self.turns.remember("", test, self.clock.now() + FIRST_THINGS_FIRST)
            return None
        return await self._remembered(inbound, cards, event, also=test)

    async def _working(
        self, inbound: Inbound, person: Person, place: str, event: str
    ) -> tuple[Delivery, ...]:
        """Said twice it is the same, so it may be kept before the event is."""
        words, language = self.shelf.words, person.language
        if not place:
            known = self.shelf.policy.places.get(person.site, ())
            return await self._remembered(inbound, (places(words, language, known),), event)
        await self.turns.work_at(person.id, place)
        line = words.say(language, "placed", place=place)
        return await self._remembered(inbound, (menu(words, language, (line,)),), event)

    def _said(self, key: str) -> Card:
        """One sentence, to whoever it may be."""
        words = self.shelf.words
        return Card(words.say("ja", "alt_neutral"), body=(words.say("ja", key),))

    def _confirmation(self, understanding: Understanding, language: str) -> Card:
        words = self.shelf.words
        sure = understanding.confidence >= WORTH_SAYING
        labels = tuple(words.label(language, "acts", a) for a in understanding.acts) if sure else ()
        return understood(words, language, labels, understanding.facts if sure else (), danger=False)

    async def _remembered(
        self,
        inbound: Inbound,
        cards: Sequence[Card],
        event: str,
        home: bool = False,
        also: tuple[Delivery, ...] = (),
    ) -> tuple[Delivery, ...]:
        """Keeps the answer in the outbox and the event as seen, then gives it to be sent."""
        if not cards:
            return ()
        now = self.clock.now()
        token = inbound.origin.reply_token
        delivery = Delivery(
            id=self.new_id(),
            address=inbound.sender,
            cards=tuple(cards),
            created=now,
            home=home,
            reply_token=token,
            reply_until=now + REPLY_LIFE if token else None,
            message=inbound.origin.message if inbound.origin.private else "",
        )
        kept = await self.turns.remember(event, (delivery, *also), now + FAST_LEASE)
        return (delivery, *also) if kept else ()
