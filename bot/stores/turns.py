"""One load and one commit a turn (port Turns): all that a turn reads and all that it changes, one round trip each."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.app.codec import dump_delivery, load_person
from bot.app.committing import (
    Accepted,
    Commit,
    Committed,
    Duplicate,
    Entry,
    Loaded,
    Question,
    Stale,
    Timer,
    Versions,
)
from bot.app.delivering import Delivery
from bot.core.incident import Incident
from bot.stores import keys
from bot.stores.instants import to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.recent import Recent
from bot.stores.scripts import APPLY, LOAD
from bot.stores.wire import Word

Command = tuple[Word, ...]

SEEN_MS = keys.milliseconds(keys.SEEN)
CURRENT_MS = keys.milliseconds(keys.CURRENT)
ANSWERING_MS = keys.milliseconds(keys.ANSWERING)
IMPROVING_MS = keys.milliseconds(keys.IMPROVING)

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: json.dumps would make a new encoder for each entry, at five times the cost."""

AT_ONCE = 1000
"""So many items in one command of a script: Lua can't hand over more than some thousands of words at once."""

Item = TypeVar("Item")

OUTCOMES: tuple[Committed, ...] = (Accepted(), Duplicate(), Stale())
"""By the number that APPLY answers."""


class RedisTurns:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)
        k = self._keys
        self._beginnings = (
            k.current(""),
            k.incident(""),
            k.refs(""),
            k.answering(""),
            k.shift(""),
            k.improving(""),
        )
        self._changes_channel = keys.channel_of_changes(self._keys)
        self._recent = Recent()

    async def load(self, question: Question) -> Loaded:
        k = self._keys
        names = (k.seen(question.event), k.versions, k.people, k.addresses, k.at(question.at))
        asked = (question.event, question.address, question.incident, question.at)
        reply = await self._pipeline.run(LOAD, names, (*asked, *self._beginnings))
        seen, versions, person, current, body, refs, at, shift = reply
        return Loaded(
            seen=bool(seen),
            versions=versions_from(versions),
            person=load_person(person) if person else None,
            current=current.decode() if current else "",
            incident=self._recent.load(body) if body else None,
            refs={slot.decode(): ref.decode() for slot, ref in _pairs(refs)},
            at=at.decode() if at else "",
            shift=shift.decode() if shift else "",
        )

    async def commit(self, commit: Commit) -> Committed:
        body = self._recent.dump(commit.incident)
        compared = (self._keys.incident(commit.incident.id), "version", commit.incident.version - 1)
        return await self._apply(commit.event, compared, list(self._changes(commit, body)))

    async def remember(self, event: str, deliveries: Sequence[Delivery], lease_until: datetime) -> bool:
        outcome = await self._apply(
            event, (self._keys.versions, "", 0), list(self._rows(deliveries, lease_until))
        )
        return isinstance(outcome, Accepted)

    async def work_at(self, person: str, place: str) -> None:
        lifetime = keys.milliseconds(keys.SHIFT)
        await self._pipeline.call("SET", self._keys.shift(person), place, "PX", lifetime)

    async def _apply(
        self, event: str, compared: tuple[str, str, int], changes: Sequence[Command]
    ) -> Committed:
        seen = (self._keys.seen(event), SEEN_MS if event else "")
        return OUTCOMES[await apply(self._pipeline, seen, compared, changes)]

    def _changes(self, commit: Commit, body: bytes) -> Iterator[Command]:
        """The journal comes first: should its stream ever refuse an entry, nothing has been written yet."""
        incident, k = commit.incident, self._keys
        for entry in commit.entries:
            yield ("XADD", k.journal(incident.id), f"{incident.version}-*", *entry_words(entry))
        for counter, increment in commit.figures.items():
            yield ("HINCRBY", k.figures(commit.day), counter, increment)
        yield (
            "HSET",
            k.incident(incident.id),
            "version",
            incident.version,
            "body",
            body,
            "waits",
            waits_for(incident),
        )
        if incident.version == 1:
            yield ("ZADD", k.opened, to_micros(incident.opened), incident.id)
        yield self._standing(incident)
        yield from self._pointer(commit)
        yield from self._calls(commit)
        yield from self._improving(incident)
        yield from self._timers(commit)
        yield from self._withdrawn(commit.withdraw)
        yield from self._rows(commit.deliveries, commit.lease_until)
        yield ("PUBLISH", self._changes_channel, incident.id)

    def _standing(self, incident: Incident) -> Command:
        """With every commit, so that incidents from before there was this index enter it as they go on."""
        if incident.is_open:
            return ("ZADD", self._keys.open, to_micros(incident.opened), incident.id)
        return ("ZREM", self._keys.open, incident.id)

    def _pointer(self, commit: Commit) -> Iterator[Command]:
        """Two first taps at once open one incident; ending an older one leaves the pointer to a newer one alone."""
        key = self._keys.current(commit.incident.caller.person)
        if commit.current is True and commit.current_was is not None:
            yield ("EXPECT", key, commit.current_was)
        if commit.current is True:
            yield ("SET", key, commit.incident.id, "PX", CURRENT_MS)
        elif commit.current is False:
            yield ("FORGET", key, commit.incident.id)

    def _calls(self, commit: Commit) -> Iterator[Command]:
        """Two calls from one place at once are one call: whoever commits second finds the first."""
        calls, incident = commit.calls, commit.incident.id
        for person in calls.people:
            yield ("SET", self._keys.answering(person), incident, "PX", ANSWERING_MS)
        for person in calls.released:
            yield ("FORGET", self._keys.answering(person), incident)
        if calls.place:
            key = self._keys.at(calls.place)
            if calls.place_was is not None:
                yield ("EXPECT", key, calls.place_was)
            yield ("SET", key, incident, "PX", calls.lifetime // timedelta(milliseconds=1))

    def _improving(self, incident: Incident) -> Iterator[Command]:
        """Whose ticket waits for a line is found by their next words."""
        ticket, key = incident.ticket, self._keys.improving(incident.caller.person)
        if ticket is None:
            return
        if ticket.told or ticket.settled:
            yield ("FORGET", key, incident.id)
        else:
            yield ("SET", key, incident.id, "PX", IMPROVING_MS)

    def _timers(self, commit: Commit) -> Iterator[Command]:
        k = self._keys
        cleared = [f"{commit.incident.id}:{name}" for name in commit.clear]
        if cleared:
            yield ("HDEL", k.timers, *cleared)
            yield ("ZREM", k.due_timers, *cleared)
        if commit.timers:
            yield ("HSET", k.timers, *_flat((t.row, timer_row(t)) for t in commit.timers))
            yield ("ZADD", k.due_timers, *_flat((to_micros(t.due), t.row) for t in commit.timers))

    def _withdrawn(self, ids: Sequence[str]) -> Iterator[Command]:
        for some in _in_parts(ids):
            yield ("HDEL", self._keys.deliveries, *some)
            yield ("ZREM", self._keys.due_urgent, *some)
            yield ("ZREM", self._keys.due_calm, *some)

    def _rows(self, deliveries: Sequence[Delivery], lease_until: datetime) -> Iterator[Command]:
        """The process that commits begins to send at once: the rows stand as begun once, and due when its lease ends."""
        due = to_micros(lease_until)
        for some in _in_parts(deliveries):
            yield ("HSET", self._keys.deliveries, *_flat((d.id, delivery_row(d)) for d in some))
        for delivery in deliveries:
            yield ("ZADD", due_key(self._keys, delivery), due, delivery.id)


async def apply(
    pipeline: Pipeline, seen: tuple[str, Word], compared: tuple[str, str, Word], changes: Sequence[Command]
) -> int:
    """Runs APPLY: `seen` is key and lifetime (or ''), `compared` is key, field (or '' for none) and wanted value."""
    touched = dict.fromkeys(change[1] for change in changes)
    words: list[Word] = [seen[1], compared[1], compared[2]]
    for change in changes:
        words.append(len(change))
        words.extend(change)
    answer: int = await pipeline.run(APPLY, (seen[0], compared[0], *touched), words)
    return answer


def versions_from(reply: Sequence[bytes]) -> Versions:
    counters = {name.decode(): int(count) for name, count in _pairs(reply)}
    live = {name.removeprefix("live:"): n for name, n in counters.items() if name.startswith("live:")}
    return Versions(counters.get("people", 0), counters.get("policy", 0), live, counters.get("duty", 0))


def waits_for(incident: Incident) -> Word:
    """The stamp that an open alert's timer must carry: beside the body, where a script can compare it."""
    alert = incident.alert
    return alert.stamp if incident.is_open and alert is not None and alert.is_open else ""


def delivery_row(delivery: Delivery) -> bytes:
    return b"%d %s" % (delivery.attempts + 1, dump_delivery(delivery))


def due_key(k: Keys, delivery: Delivery) -> str:
    return k.due_urgent if delivery.urgent else k.due_calm


def timer_row(timer: Timer) -> str:
    return f"{to_micros(timer.due)} {timer.stamp}"


def entry_words(entry: Entry) -> tuple[Word, ...]:
    data = _as_json(dict(entry.data))
    return ("kind", entry.kind, "by", entry.by, "at", entry.at.isoformat(), "data", data)


def _in_parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[first : first + AT_ONCE] for first in range(0, len(items), AT_ONCE))


def _flat(pairs: Iterable[tuple[Word, Word]]) -> list[Word]:
    return [word for pair in pairs for word in pair]


def _pairs(reply: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return zip(reply[::2], reply[1::2], strict=True)
