"""Who is writing: greets people who are known, links those who bring a code or a verified e-mail."""

import re
from collections.abc import Awaitable, Callable, Sequence

from bot.app.inbound import Address, Deed, Inbound, Left, Tapped, Typed
from bot.app.ports import Directory
from bot.core.cards import menu, with_drill
from bot.core.messages import Card
from bot.core.plan import Person
from bot.core.words import Words

CODE = re.compile(r"[A-HJ-NP-Z2-9]{8}\Z")
"""Invitation codes: eight capitals and digits without look-alikes."""

EmailOf = Callable[[Address], Awaitable[str]]
"""A platform's word for an address: the confirmed e-mail, or empty."""


class Enrolling:
    """Links addresses to people, and answers those who aren't linked."""

    def __init__(self, directory: Directory, words: Words, email_of: EmailOf) -> None:
        self._directory = directory
        self._words = words
        self._email_of = email_of

    async def answer(self, inbound: Inbound) -> tuple[Person | None, Sequence[Card]]:
        """For an address that nobody has: the person it now belongs to, if any, and what to say.

        Whoever is known by their e-mail gets no words here: what they did is answered as if they had been known before.
        """
        if isinstance(inbound.deed, Left):
            return None, ()
        if invited := await self._by_code(inbound.sender, inbound.deed):
            return invited, (self.welcome(invited),)
        if known := await self._by_email(inbound.sender):
            return known, ()
        return None, (self._who_are_you(inbound.deed),)

    def welcome(self, person: Person) -> Card:
        lines = (
            self._words.say(person.language, "linked", name=person.name),
            self._words.say(person.language, "hello_hint"),
        )
        return menu(self._words, person.language, lines)

    def hello(self, person: Person) -> Card:
        lines = (
            self._words.say(person.language, "hello", name=person.name),
            self._words.say(person.language, "hello_hint"),
        )
        return with_drill(self._words, person.language, menu(self._words, person.language, lines))

    async def _by_code(self, address: Address, deed: Deed) -> Person | None:
        code = deed.text.strip().upper() if isinstance(deed, Typed) else ""
        if not CODE.match(code):
            return None
        return await self._directory.redeem(code, str(address))

    async def _by_email(self, address: Address) -> Person | None:
        email = (await self._email_of(address)).casefold()
        if not email:
            return None
        people = await self._directory.people()
        found = [p for p in people.values() if p.active and p.email.casefold() == email]
        return await self._directory.link(found[0].id, str(address)) if len(found) == 1 else None

    def _who_are_you(self, deed: Deed) -> Card:
        """Someone who needs help now is told where to find it, also when nobody knows them yet."""
        key = "not_linked_urgent" if isinstance(deed, Tapped | Typed) else "not_linked"
        if isinstance(deed, Typed) and CODE.match(deed.text.strip().upper()):
            key = "code_unknown"
        lines = (self._words.say("ja", key),) + (
            (self._words.say("ja", "not_linked"),) if key != "not_linked" else ()
        )
        return Card(alt=self._words.say("ja", "alt_neutral"), body=lines)
