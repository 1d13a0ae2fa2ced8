"""People, their addresses, and invitations (port Directory)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.app.codec import dump_person, load_person
from bot.app.ports import AddressTaken
from bot.core.plan import Person
from bot.stores import keys
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.turns import Command, apply

CHANNELS = ("line", "slack")
TRIES = 20
"""A change begins again when somebody else changed the directory meanwhile; so often in a row means something is broken."""


@dataclass(frozen=True)
class _Book:
    """The whole directory as it was read, with the version by which a change is refused when it is no longer so."""

    version: int
    people: Mapping[str, Person]


class RedisDirectory:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def people(self) -> Mapping[str, Person]:
        return (await self._read()).people

    async def put_people(self, people: Sequence[Person]) -> None:
        for _ in range(TRIES):
            book = await self._read()
            after = {**book.people, **{p.id: p for p in people}}
            if await self._write(book, _without_double_addresses(after, {p.id for p in people})):
                return
        raise RuntimeError("the directory kept changing while people were put into it")

    async def link(self, person: str, address: str) -> Person:
        """Raises LookupError for an unknown person."""
        for _ in range(TRIES):
            book = await self._read()
            if person not in book.people:
                raise LookupError(f"there is no person {person!r} in the directory")
            after = {
                **_all_without(book.people, address),
                person: _with_address(book.people[person], address),
            }
            if await self._write(book, after):
                return after[person]
        raise RuntimeError("the directory kept changing while an address was linked")

    async def unlink(self, address: str) -> None:
        for _ in range(TRIES):
            book = await self._read()
            if await self._write(book, _all_without(book.people, address)):
                return
        raise RuntimeError("the directory kept changing while an address was unlinked")

    async def invite(self, code: str, person: str, days: int) -> None:
        lifetime = min(timedelta(days=days), keys.INVITATION.lifetime or timedelta.max)
        await self._pipeline.call(
            "SET", self._keys.invitation(code), person, "PX", lifetime // timedelta(milliseconds=1)
        )

    async def redeem(self, code: str, address: str) -> Person | None:
        """In one write, so that a process that dies can't leave a spent code and nobody linked."""
        for _ in range(TRIES):
            book = await self._read()
            invited = await self._pipeline.call("GET", self._keys.invitation(code))
            person = book.people.get(invited.decode()) if invited else None
            if person is None:
                return None
            after = {**_all_without(book.people, address), person.id: _with_address(person, address)}
            if await self._write(book, after, ("DEL", self._keys.invitation(code))):
                return after[person.id]
        raise RuntimeError("the directory kept changing while an invitation was redeemed")

    async def _read(self) -> _Book:
        """The version first: what is read after it can only be newer, and then the write is refused."""
        version = await self._pipeline.call("HGET", self._keys.versions, "people")
        rows = await self._pipeline.call("HVALS", self._keys.people)
        people = sorted((load_person(row) for row in rows), key=lambda person: person.id)
        return _Book(int(version or 0), {person.id: person for person in people})

    async def _write(self, book: _Book, after: Mapping[str, Person], *more: Command) -> bool:
        """Writes what differs, and the addresses with it. False: the directory isn't what was read any more."""
        changes = [*self._changes(book.people, after), *more]
        if not changes:
            return True
        raised: Command = ("HINCRBY", self._keys.versions, "people", 1)
        compared = (self._keys.versions, "people", book.version)
        return await apply(self._pipeline, (self._keys.seen(""), ""), compared, [*changes, raised]) == 0

    def _changes(self, before: Mapping[str, Person], after: Mapping[str, Person]) -> list[Command]:
        k, changes = self._keys, list[Command]()
        for person in after.values():
            if before.get(person.id) != person:
                changes.append(("HSET", k.people, person.id, dump_person(person)))
        was, now = owners(before.values()), owners(after.values())
        changes += [("HDEL", k.addresses, address) for address in was if address not in now]
        changes += [
            ("HSET", k.addresses, address, owner)
            for address, owner in now.items()
            if was.get(address) != owner
        ]
        return changes


def owners(people: Iterable[Person]) -> dict[str, str]:
    """Whose each address is; an active person goes before one who has left."""
    found: dict[str, str] = {}
    for person in sorted(people, key=lambda p: p.active):
        found.update(dict.fromkeys(person.addresses(CHANNELS), person.id))
    return found


def _without_double_addresses(people: Mapping[str, Person], put: set[str]) -> Mapping[str, Person]:
    """Checks people just put in. Raises AddressTaken with the address and both ids."""
    owner: dict[str, str] = {}
    for person in sorted((p for p in people.values() if p.active), key=lambda p: p.id in put):
        for address in person.addresses(CHANNELS):
            if owner.setdefault(address, person.id) != person.id:
                raise AddressTaken(f"{address} of {person.id} belongs to {owner[address]} already")
    return people


def _all_without(people: Mapping[str, Person], address: str) -> dict[str, Person]:
    """Nobody has this address any more."""
    return {
        p.id: _with_address(p, address, "") if address in p.addresses(CHANNELS) else p
        for p in people.values()
    }


def _with_address(person: Person, address: str, value: str | None = None) -> Person:
    channel, _, user = address.partition(":")
    user = user if value is None else value
    match channel:
        case "line":
            return replace(person, line_user_id=user)
        case "slack":
            return replace(person, slack_user_id=user)
        case _:
            raise ValueError(f"address {address!r} is neither line: nor slack:")
