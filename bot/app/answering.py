"""What is answered beside any incident: strangers, greetings, where somebody works today, tests, questions, typed words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from bot.app.committing import FAST_LEASE
from bot.app.delivering import Delivery
from bot.app.enrolling import Enrolling
from bot.app.handbook import AFTER_CARE, FAIR_COMPLAINTS, Handbook
from bot.app.inbound import Appeared, Inbound, Left
from bot.app.ports import Clock, Directory, Turns
from bot.app.reading import Confirm, Gone, Greet, Meaning, Received, Say, Working
from bot.app.rollcall import RollCalls
from bot.app.sending import REPLY_LIFE
from bot.app.shelf import Shelf
from bot.app.understanding import WORTH_SAYING, Understanding
from bot.app.wishes import Asked, Leafed, Ticked, Told
from bot.core.buttons import WayTap, encode
from bot.core.cards import menu, places
from bot.core.incident import Incident
from bot.core.messages import Button, Card
from bot.core.plan import Person
from bot.core.understood import FactActs, Meant, Understood, understood_from
from bot.core.understood_cards import confirm, consolation, danger_first, fair_complaint, happening

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
    handbook: Handbook
    meant: FactActs

    async def answer(
        self,
        inbound: Inbound,
        person: Person,
        meaning: Meaning,
        event: str,
        incident: Incident | None = None,
    ) -> tuple[Delivery, ...]:
        """To somebody who is known, for every meaning that is about no incident. `incident`: theirs that is open."""
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
            case Confirm(understanding, said):
                card = confirm(words, language, self._taken(understanding, said), self.meant)
                return await self._remembered(inbound, (card,), event)
            case Ticked(understood=taken):
                card = confirm(words, language, taken, self.meant)
                return await self._remembered(inbound, (card,), event)
            case Asked():
                return await self._apart(inbound, await self._answered(meaning, language), event)
            case Leafed(tap=tap):
                card = await self.handbook.leaf(tap, language)
                return await self._apart(inbound, self._with_way_back(card, language, incident), event)
            case Told():
                return await self._apart(inbound, self._consoled(meaning, language), event)
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

    def _taken(self, understanding: Understanding, said: str) -> Understood:
        """The acts that were understood, and those that its facts stand for: nothing goes on that the card doesn't show."""
        facts = understanding.facts
        implied = chain.from_iterable(self.meant.get(fact, Meant()).among(facts) for fact in facts)
        return understood_from(
            (*understanding.acts, *implied),
            understanding.likely,
            facts,
            said,
            sure=understanding.confidence >= WORTH_SAYING,
            hurry=understanding.urgency == "page",
        )

    async def _answered(self, asked: Asked, language: str) -> Card:
        """A report can be misread as a question: one button leads from the answer to what is going on."""
        words, meaning = self.shelf.words, asked.understanding
        card = await self.handbook.answer(asked.question, meaning.acts, language)
        if asked.danger:
            return danger_first(words, language, card)
        if asked.looked_up:
            return card
        now = happening(words, language, self._taken(meaning, asked.question))
        return replace(card, actions=(*card.actions, now))

    def _consoled(self, told: Told, language: str) -> Card:
        words, taken = self.shelf.words, self._taken(told.understanding, told.words)
        if told.what == "legit_complaint":
            green = replace(taken, acts=(), facts=tuple(dict.fromkeys(("org_at_fault", *taken.facts))))
            titles = self.handbook.titles(FAIR_COMPLAINTS, language)
            return fair_complaint(words, language, green, titles)
        named = dict.fromkeys((*self.handbook.near(told.words), *AFTER_CARE))
        now = (happening(words, language, taken),) if taken.guessed else ()
        return consolation(words, language, (*self.handbook.titles(tuple(named), language), *now))

    def _with_way_back(self, card: Card, language: str, incident: Incident | None) -> Card:
        """Reading on the way: on LINE the question has moved up, and is one tap away."""
        if incident is None:
            return card
        back = encode(WayTap(incident.id, "current", incident.walk.turn))
        return replace(
            card, actions=(*card.actions, Button(self.shelf.words.say(language, "back_to_it"), back))
        )

    async def _apart(self, inbound: Inbound, card: Card, event: str) -> tuple[Delivery, ...]:
        """As a message of its own: what stands where it was asked for stays there."""
        asked = replace(inbound, origin=replace(inbound.origin, message=""))
        return await self._remembered(asked, (card,), event)

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
