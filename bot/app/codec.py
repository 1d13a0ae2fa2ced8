"""State as text and back: every stored body says in which form it was written, and old forms are brought up to date.

A body looks like {"v":1,"body":{…}}. When a dataclass changes so that old bodies no longer fit, raise FORMS for its kind
and add the function that turns the old body into the new one to UPGRADES; bodies are then upgraded as they are read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.app.delivering import Delivery
from bot.core.incident import Incident
from bot.core.plan import Person
from bot.core.rota import Absence, Override

State = TypeVar("State")
Body = dict[str, Any]
Upgrade = Callable[[Body], Body]
Upgrades = Mapping[int, Upgrade]


class Unreadable(ValueError):
    """A stored body that this program can't read; the message says which kind, why, and what helps."""


class TooNew(Unreadable):
    """Written by a newer program: a newer process can read it, this one must leave it alone."""


@dataclass(frozen=True)
class Codec(Generic[State]):
    """Writes one kind of state in the form `form`; reads that form and, by `upgrades` (from form → body), all before."""

    kind: str
    adapter: TypeAdapter[State]
    form: int = 1
    upgrades: Upgrades | None = None

    def dump(self, state: State) -> bytes:
        return self._head + self.adapter.dump_json(state) + b"}"

    def load(self, text: bytes) -> State:
        """The state that was dumped. Raises Unreadable for a newer form and for what is no body at all."""
        try:
            if text.startswith(self._head):
                return self.adapter.validate_json(text[len(self._head) : -1])
            return self.adapter.validate_python(self._upgraded(text))
        except ValidationError as error:
            raise Unreadable(f"stored {self.kind} does not fit: {_first(error)}") from error

    @property
    def _head(self) -> bytes:
        return b'{"v":%d,"body":' % self.form

    def _upgraded(self, text: bytes) -> Body:
        form, body = self._opened(text)
        if form > self.form:
            raise TooNew(
                f"stored {self.kind} has form {form}, written by a newer program; "
                f"this is Mamori {program_version()}, which reads up to form {self.form}: update this process"
            )
        for step in range(form, self.form):
            upgrade = (self.upgrades or {}).get(step)
            if upgrade is None:
                raise Unreadable(f"stored {self.kind} has form {form}, and nothing upgrades form {step}")
            body = upgrade(body)
        return body

    def _opened(self, text: bytes) -> tuple[int, Body]:
        try:
            envelope = json.loads(text)
            return int(envelope["v"]), dict(envelope["body"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"stored {self.kind} is not a body with a form") from error


def program_version() -> str:
    try:
        return version("mamori")
    except PackageNotFoundError:
        return "of this folder"


def _first(error: ValidationError) -> str:
    """Where and what, without the value: it may be a person's words."""
    detail = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"


def _pages_with_addresses(incident: Body) -> Body:
    """Form 1 knew only the ids of pages."""
    return {**incident, "sends": [{"address": "", "id": page} for page in incident.get("sends", ())]}


INCIDENTS = Codec("incident", TypeAdapter(Incident), 2, {1: _pages_with_addresses})
DELIVERIES = Codec("delivery", TypeAdapter(Delivery))
PEOPLE = Codec("person", TypeAdapter(Person))
OVERRIDES = Codec("override", TypeAdapter(Override))
ABSENCES = Codec("absence", TypeAdapter(Absence))


def dump_incident(incident: Incident) -> bytes:
    return INCIDENTS.dump(incident)


def load_incident(text: bytes) -> Incident:
    return INCIDENTS.load(text)


def dump_delivery(delivery: Delivery) -> bytes:
    return DELIVERIES.dump(delivery)


def load_delivery(text: bytes) -> Delivery:
    return DELIVERIES.load(text)


def dump_person(person: Person) -> bytes:
    return PEOPLE.dump(person)


def load_person(text: bytes) -> Person:
    return PEOPLE.load(text)
