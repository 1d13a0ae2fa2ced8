"""A stage for transcripts: people tap and type, minutes pass, and what each of them sees is read back.

The use cases, the store and its database are the real ones; every turn's state goes through the store. Only the two
platforms are chats in memory here (they are real, over HTTP, in tests/end_to_end).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from bot.app.committing import Timer
from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.app.inbound import (
    Address,
    Appeared,
    Attached,
    Deed,
    Inbound,
    Left,
    Origin,
    PlatformName,
    Tapped,
    Typed,
)
from bot.app.people_reader import read_people
from bot.app.work import Worker
from bot.config import CONTENT, Settings
from bot.core.calling import TIMERS
from bot.core.incident import Incident
from bot.core.messages import Button, Card, buttons_of
from bot.stores.instants import from_micros
from bot.stores.keys import Keys
from bot.wiring.parts import Mamori, ensure_content, join, open_stores

MORNING = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
"""10:02 in Tokyo."""


@dataclass
class MovedClock:
    time: datetime = MORNING

    def now(self) -> datetime:
        return self.time


@dataclass
class Message:
    """What stands in a chat. `ref` is how Slack names it."""

    ref: str
    cards: tuple[Card, ...]
    at: datetime
    via: str
    delivery: str


@dataclass
class Chat:
    """A platform in memory. `failing` holds outcomes to give instead of taking the next deliveries."""

    platform: PlatformName
    clock: MovedClock
    messages: dict[str, list[Message]] = field(default_factory=dict)
    failing: list[Outcome] = field(default_factory=list)
    broken: dict[str, Outcome] = field(default_factory=dict)
    taken: list[Delivery] = field(default_factory=list)
    emails: dict[str, str] = field(default_factory=dict)

    async def email_of(self, user: str) -> str:
        """The platform's word for who this is."""
        return self.emails.get(user, "")

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        if self.failing:
            return self.failing.pop(0)
        if delivery.address.id in self.broken:
            return self.broken[delivery.address.id]
        chat = self.messages.setdefault(delivery.address.id, [])
        self.taken.append(delivery)
        place = (delivery.message or ref) if self.platform == "slack" else ""
        standing = next((m for m in chat if place and m.ref == place), None)
        if standing:
            standing.cards, standing.at = delivery.cards, self.clock.now()
            return Sent(place)
        if any(m.delivery == delivery.id for m in chat):
            return Sent(next(m.ref for m in chat if m.delivery == delivery.id))
        new = f"{delivery.address.id}:{len(chat) + 1}" if self.platform == "slack" else ""
        via = "reply" if delivery.reply_token else "push"
        chat.append(Message(new, delivery.cards, self.clock.now(), via, delivery.id))
        return Sent(new)

    async def close(self) -> None:
        self.messages.clear()


@dataclass
class Actor:
    """One person on one platform."""

    stage: "Stage"
    address: Address

    @property
    def chat(self) -> list[Message]:
        return self.stage.chats[self.address.platform].messages.setdefault(self.address.id, [])

    @property
    def cards(self) -> list[Card]:
        return [card for message in self.chat for card in message.cards]

    def sees(self, words: str) -> bool:
        """Whether these words stand anywhere in the chat now."""
        return any(words in text for card in self.cards for text in texts(card))

    def last(self) -> Card:
        return self.cards[-1]

    def news(self) -> str:
        """The first line of the newest message: below word of the call, LINE repeats the question."""
        card = self.chat[-1].cards[0]
        return card.body[0] if card.body else card.title

    def shows(self) -> list[str]:
        """The first line of every card in the chat, for assertions that read like a chat."""
        return [(card.body or card.title,)[0][0] if card.body else card.title for card in self.cards]

    def buttons(self) -> list[str]:
        return [button.label for button in buttons_of(self.last())]

    def find(self, label: str) -> tuple[Button, Message]:
        """The newest button with this label."""
        for message in reversed(self.chat):
            for card in reversed(message.cards):
                for button in buttons_of(card):
                    if button.label == label:
                        return button, message
        labels = [button.label for card in self.cards for button in buttons_of(card)]
        raise AssertionError(f"{self.address} has no button {label!r}; there are {labels}")

    async def taps(self, label: str) -> None:
        button, message = self.find(label)
        await self.taps_data(button.data, message.ref)

    async def taps_data(self, data: str, message: str = "", event: str = "") -> None:
        await self.does(Tapped(data), message, event)

    async def types(self, text: str, event: str = "") -> None:
        await self.does(Typed(text), event=event)

    async def presses(self, menu: str) -> None:
        """One of the big four: 危険 応援 迷う 記録."""
        await self.taps_data(
            {"危険": "m1.danger", "応援": "m1.help", "迷う": "m1.unsure", "記録": "m1.record"}[menu]
        )

    async def sends(self, kind: str) -> None:
        await self.does(Attached(kind, "m-1"))  # type: ignore[arg-type]

    async def appears(self, home: bool = False) -> None:
        await self.does(Appeared(home))

    async def leaves(self) -> None:
        await self.does(Left())

    async def does(self, deed: Deed, message: str = "", event: str = "") -> None:
        inbound = self.stage.inbound(self.address, deed, message, event)
        await self.stage.receive(inbound)


@dataclass
class Stage:
    mamori: Mamori
    clock: MovedClock
    chats: dict[PlatformName, Chat]
    worker: Worker
    events: int = 0

    def person(self, name: str, platform: PlatformName) -> Actor:
        person = PEOPLE[name]
        user = person.line_user_id if platform == "line" else person.slack_user_id
        return Actor(self, Address(platform, user))

    def stranger(self, platform: PlatformName = "line", user: str = "U" + "9" * 32) -> Actor:
        return Actor(self, Address(platform, user))

    def room(self) -> Actor:
        """The Slack channel that follows."""
        return Actor(self, Address("slack", "C0OUEN"))

    def pages_to(self, name: str) -> list[str]:
        """When each page to this person was taken, by the seconds since the stage was opened, with its platform."""
        return [
            f"{(d.created - MORNING).total_seconds():g} {d.address.platform}"
            for chat in self.chats.values()
            for d in chat.taken
            if d.urgent and d.person == name
        ]

    async def timers(self) -> list[Timer]:
        """The alerts' own timers that stand in the database now."""
        return [t for t in await self.clocks() if t.name in TIMERS]

    async def clocks(self) -> list[Timer]:
        """Every timer's row, the clock of silence among them."""
        flat = await self.mamori.stores.pipeline.call("HGETALL", Keys("default").timers)
        rows = [
            (name.decode().split(":"), row.split()) for name, row in zip(flat[::2], flat[1::2], strict=True)
        ]
        return [Timer(i, name, from_micros(int(due)), int(stamp)) for (i, name), (due, stamp) in rows]

    async def audit(self) -> list[str]:
        """What must always hold: an open alert has one timer, the one it waits for, and no other alert has any."""
        timers, clocks, faults = await self.timers(), await self.clocks(), []
        for incident in await self.incidents():
            stamps = [t.stamp for t in timers if t.incident == incident.id]
            is_open = incident.is_open and incident.alert is not None and incident.alert.is_open
            wanted = [incident.alert.stamp] if is_open and incident.alert else []
            if stamps != wanted:
                faults.append(f"{incident.id}: timers {stamps}, not {wanted}")
            slow = [t.stamp for t in clocks if (t.incident, t.name) == (incident.id, "stalemate")]
            if slow != ([incident.stalemate.stamp] if incident.stalemate.runs else []):
                faults.append(f"{incident.id}: stalemate {slow}, not {incident.stalemate}")
            silent = [t.stamp for t in clocks if (t.incident, t.name) == (incident.id, "silence")]
            if silent != ([incident.silence.stamp] if incident.silence.runs else []):
                faults.append(f"{incident.id}: silence {silent}, not {incident.silence}")
        return faults

    def inbound(self, address: Address, deed: Deed, message: str = "", event: str = "") -> Inbound:
        self.events += 1
        name = event or f"e{self.events}"
        token = f"token-{self.events}" if address.platform == "line" else ""
        people = self.mamori.shelf.people.values() if address.platform in ("phone", "sms") else ()
        person = next((p.id for p in people if p.phone == address.id), "")
        origin = Origin(reply_token=token, message=message)
        return Inbound(name, address, self.clock.now(), deed, origin, person)

    async def receive(self, inbound: Inbound) -> None:
        await self.mamori.deliverer.deliver_all(await self.mamori.turn.receive(inbound))

    async def passes(self, seconds: float) -> None:
        """Time moves on from one due row to the next; whatever becomes due happens when it is due."""
        end = self.clock.time + timedelta(seconds=seconds)
        next_due = await self.work()
        while next_due is not None and next_due <= end:
            self.clock.time = max(next_due, self.clock.time)
            next_due = await self.work()
        self.clock.time = end

    async def work(self) -> datetime | None:
        """Does what is due now, and says when the next row is."""
        while (due := await self.worker.round()).deliveries or due.timers:
            await self.worker.settled()
        return due.next_due

    async def incidents(self) -> list[Incident]:
        records = self.mamori.stores.records
        return list(await records.incidents(MORNING, MORNING + timedelta(days=400)))

    async def incident(self, number: int = 0) -> Incident:
        return (await self.incidents())[number]

    async def kinds(self, number: int = 0) -> list[str]:
        """The kinds of the incident's journal entries, in order."""
        incident = await self.incident(number)
        return [entry.kind for entry in await self.mamori.stores.records.journal(incident.id)]


def texts(card: Card) -> list[str]:
    """Every text of a card that a person can read."""
    rows = [text for row in card.facts for text in row]
    return [card.title, *card.body, card.aloud, *rows, *(b.label for b in buttons_of(card)), card.note]


PEOPLE = {p.id: p for p in read_people((CONTENT / "flows/demo/people.csv").read_text("utf-8"), "people.csv")}
POLICY = (CONTENT / "flows/demo/policy.yaml").read_text("utf-8")


@asynccontextmanager
async def stage(
    redis_url: str, policy: str = POLICY, people: list[str] | None = None, content: Path = CONTENT
) -> AsyncIterator[Stage]:
    """An empty organisation with the demo's people and policy (or others)."""
    clock = MovedClock()
    chats: dict[PlatformName, Chat] = {name: Chat(name, clock) for name in get_args(PlatformName)}
    async with open_stores(redis_url, "default") as stores:
        await ensure_content(stores, clock, content)
        members = [replace(p) for name, p in PEOPLE.items() if people is None or name in people]
        await stores.directory.put_people(members)
        await stores.library.put_policy(policy)
        mamori = join(Settings(), clock, stores, chats, content)
        yield Stage(mamori, clock, chats, mamori.worker())


def refused(reason: str = "line_unknown_user") -> Refused:
    return Refused(reason)


def later(reason: str = "slack_503") -> Later:
    return Later(reason, 2.0)
