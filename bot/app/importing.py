"""What an import of people would do to the directory: who is new, who changes, whose address is in the way."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.plan import Person

CHANNELS = ("line", "slack")
ADDRESS_FIELDS = ("line_user_id", "slack_user_id")


@dataclass(frozen=True)
class Taken:
    """An address in the file that another active person has already."""

    person: Person
    channel: str
    owner: Person


@dataclass(frozen=True)
class Import:
    """People as they would stand afterwards. Whoever isn't in the file stays as they are, and isn't counted."""

    added: tuple[Person, ...]
    changed: tuple[Person, ...]
    unchanged: tuple[Person, ...]
    taken: tuple[Taken, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        return self.added + self.changed


def plan_import(people: Sequence[Person], columns: Sequence[str], known: Mapping[str, Person]) -> Import:
    """A column that the file doesn't have, and an empty address, leave what is known: a person who linked themselves by
    an invitation isn't cut off by a list that never knew their address. Whoever is in the file is active again."""
    merged = [_merged(person, columns, known.get(person.id)) for person in people]
    after = {**known, **{p.id: p for p in merged}}
    return Import(
        added=tuple(p for p in merged if p.id not in known),
        changed=tuple(p for p in merged if p.id in known and p != known[p.id]),
        unchanged=tuple(p for p in merged if p == known.get(p.id)),
        taken=tuple(_taken(merged, after)),
    )


def columns_of(text: str) -> list[str]:
    """The header of a CSV text."""
    return next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))), [])


def decoded(data: bytes) -> str:
    """UTF-8, or what Excel writes on Japanese Windows. Raises UnicodeDecodeError for anything else."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp932")


def _merged(person: Person, columns: Sequence[str], known: Person | None) -> Person:
    if known is None:
        return person
    fields = [name for name in person.__dataclass_fields__ if name not in ("id", "active")]
    kept = [n for n in fields if n not in columns or (n in ADDRESS_FIELDS and not getattr(person, n))]
    return replace(person, **{name: getattr(known, name) for name in kept})


def _taken(put: Sequence[Person], after: Mapping[str, Person]) -> Iterator[Taken]:
    owners: dict[str, Person] = {}
    ids = {p.id for p in put}
    for person in sorted((p for p in after.values() if p.active), key=lambda p: p.id in ids):
        for address in person.addresses(CHANNELS):
            owner = owners.setdefault(address, person)
            if owner.id != person.id:
                yield Taken(person, address.partition(":")[0], owner)
