"""The composition root: the only place that reads the clock, makes ids, and joins the real parts."""

import contextlib
import gc
import os
import secrets
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.app.allowance import Allowance
from bot.app.article_reader import load_labels
from bot.app.asking import load_asker
from bot.app.auditor import Auditor, ReadQuota
from bot.app.case_reader import load_cases
from bot.app.committing import Question
from bot.app.deliver import Deliverer
from bot.app.enrolling import EmailOf, Enrolling
from bot.app.flow_reader import read_whole
from bot.app.handbook import Handbook
from bot.app.inbound import Address, PlatformName
from bot.app.monthly_drill import MonthlyDrills
from bot.app.ports import Channel, Clock
from bot.app.proving import finder, text_of
from bot.app.proving_folders import flow_files
from bot.app.quiz import Quiz
from bot.app.rollcall import RollCalls
from bot.app.shelf import Shelf
from bot.app.training import Training
from bot.app.turn import Ids, Turn
from bot.app.understanding import load_understander
from bot.app.wording import load_fact_acts, load_words
from bot.app.work import Worker
from bot.config import CONTENT, Settings
from bot.stores.changes import RedisChanges
from bot.stores.connection import connect, disconnect
from bot.stores.contacts import RedisContacts
from bot.stores.directory import RedisDirectory
from bot.stores.knowledge import RedisConfirmations
from bot.stores.library import RedisLibrary
from bot.stores.organisations import RedisOrganisations
from bot.stores.pipeline import Pipeline, pipeline_over
from bot.stores.queue import RedisQueue
from bot.stores.records import RedisRecords
from bot.stores.rotas import RedisRotas
from bot.stores.training import RedisPractices
from bot.stores.turns import RedisTurns
from bot.stores.watch import RedisWatch
from bot.wiring.phone import phone_channels, siren_channels

OBJECTS_BEFORE_COLLECTING = 20_000

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovedClock:
    """The system's clock, ahead by the seconds that a file holds; the file is looked at twenty times a second at most."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = timedelta(0)
        self._looked = 0.0

    def now(self) -> datetime:
        if time.monotonic() - self._looked > 0.05:
            self._looked = time.monotonic()
            with contextlib.suppress(OSError, ValueError):
                self._ahead = timedelta(seconds=float(self._file.read_text()))
        return datetime.now(UTC) + self._ahead


def clock_of(settings: Settings) -> Clock:
    return MovedClock(settings.clock_file) if settings.clock_file else SystemClock()


def new_incident_id(now: datetime) -> str:
    """Nine letters of time and four of chance: sorts by time, is short enough to say on the phone."""
    millis = int(now.timestamp() * 1000)
    letters = "".join(_ALPHABET[(millis >> shift) & 31] for shift in range(40, -1, -5))
    return letters + "".join(secrets.choice(_ALPHABET) for _ in range(4))


def new_ids() -> Ids:
    return Ids(incident=new_incident_id, delivery=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Stores:
    """One organisation's stores over one shared pipeline."""

    pipeline: Pipeline
    turns: RedisTurns
    queue: RedisQueue
    directory: RedisDirectory
    library: RedisLibrary
    records: RedisRecords
    rotas: RedisRotas
    contacts: RedisContacts
    changes: RedisChanges
    watch: RedisWatch
    organisations: RedisOrganisations
    confirmations: RedisConfirmations
    practices: RedisPractices


@contextlib.asynccontextmanager
async def open_stores(url: str, org: str) -> AsyncIterator[Stores]:
    """Raises StoreUnavailable with one readable line."""
    client = await connect(url)
    pipeline = pipeline_over(client)
    try:
        yield Stores(
            pipeline,
            RedisTurns(pipeline, org),
            RedisQueue(pipeline, org),
            RedisDirectory(pipeline, org),
            RedisLibrary(pipeline, org),
            RedisRecords(pipeline, org),
            RedisRotas(pipeline, org),
            RedisContacts(pipeline, org),
            RedisChanges(client, org),
            RedisWatch(pipeline, org),
            RedisOrganisations(pipeline),
            RedisConfirmations(pipeline, org),
            RedisPractices(pipeline, org),
        )
    finally:
        await pipeline.close()
        await disconnect(client)


@dataclass(frozen=True)
class Mamori:
    """Everything that one process needs, joined."""

    settings: Settings
    clock: Clock
    stores: Stores
    shelf: Shelf
    turn: Turn
    deliverer: Deliverer
    channels: Mapping[PlatformName, Channel]

    def worker(self, name: str = "worker") -> Worker:
        """`name` is this process's own among all: by it a loop that stops turning is missed."""

        async def beat(now: datetime) -> None:
            await self.deliverer.allowance.beat(self.stores.watch, now, name)

        return Worker(self.stores.queue, self.turn, self.deliverer, self.clock, beat)

    def auditor(self, name: str, beats: bool = False) -> Auditor:
        """`beats`: in a process without a worker, whose loop would tell the others what was pushed."""
        return Auditor(
            name,
            self.stores.watch,
            self.stores.turns,
            self.stores.records,
            self.shelf,
            self.clock,
            self.deliverer.allowance,
            self.turn.ids.delivery,
            self.deliverer.deliver_all,
            _read_quota_of(self.channels),
            beats,
        )


def process_name() -> str:
    """Unlike that of any other process, also of one with the same number in another container."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"


@contextlib.asynccontextmanager
async def build(settings: Settings, url: str, content: Path = CONTENT) -> AsyncIterator[Mamori]:
    """Joins the parts for `settings.org` over the database at `url`; closes them at the end."""
    clock = clock_of(settings)
    async with open_stores(url, settings.org) as stores, open_channels(settings, clock) as channels:
        mamori = join(settings, clock, stores, channels, content)
        await ensure_content(stores, clock, content)
        await warm(mamori)
        await mamori.turn.rollcalls.start()
        await mamori.turn.training.drills.start()
        _settle_memory()
        yield mamori


def _settle_memory() -> None:
    """What stands at the end of the start stays: the collector doesn't walk through it again, and comes less often.

    The SDKs alone are some hundred thousand objects; walking through them takes a tenth of the time of a busy process,
    and stops a page on its way for as long as it lasts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)


async def warm(mamori: Mamori) -> None:
    """Reads flow, policy and people before the first person needs them: their first tap is the one that matters most."""
    loaded = await mamori.stores.turns.load(Question())
    await mamori.shelf.refresh(loaded.versions)
    await mamori.shelf.live_flow()


def join(
    settings: Settings,
    clock: Clock,
    stores: Stores,
    channels: Mapping[PlatformName, Channel],
    content: Path = CONTENT,
) -> Mamori:
    words = load_words(content)
    policy = (content / "flows" / "policy.yaml").read_text("utf-8")
    shelf = Shelf(stores.library, stores.directory, stores.rotas, words, policy)
    ids = new_ids()
    allowance = Allowance(reserve=lambda: shelf.policy.line_reserve)
    turn = Turn(
        turns=stores.turns,
        directory=stores.directory,
        shelf=shelf,
        enrolling=Enrolling(stores.directory, words, _email_of(channels)),
        understander=load_understander(content),
        clock=clock,
        ids=ids,
        rollcalls=RollCalls(stores.turns, shelf, stores.contacts, clock, ids.delivery),
        training=_training(stores, shelf, clock, ids, allowance, content),
        handbook=Handbook(load_asker(content), load_labels(content), stores.confirmations),
        meant=load_fact_acts(content),
    )
    deliverer = Deliverer(stores.queue, channels, clock, turn.failed, turn.taken, allowance)
    return Mamori(settings, clock, stores, shelf, turn, deliverer, channels)


def _training(
    stores: Stores, shelf: Shelf, clock: Clock, ids: Ids, allowance: Allowance, content: Path
) -> Training:
    cases = load_cases(content)
    shared = (stores.turns, shelf, stores.practices)
    drills = MonthlyDrills(*shared, stores.contacts, cases, clock, ids.delivery, allowance.as_known)
    return Training(Quiz(*shared, cases, clock, ids.delivery), drills, cases)


async def ensure_content(stores: Stores, clock: Clock, content: Path = CONTENT) -> None:
    """An organisation begins with the shipped flows, each as revision 1; what it has published itself is left alone."""
    live = await stores.library.live()
    for flow_id in shipped_flows(content):
        if flow_id not in live:
            text = shipped_text(content, flow_id)
            await stores.library.publish(flow_id, text, clock.now(), "system", "shipped with Mamori")


def shipped_flows(content: Path) -> list[str]:
    """The ids of the flows that a walk can begin in; the parts that they call come with them."""
    return [file.stem for file in flow_files(content / "flows") if "\nways_out:" in text_of(file)]


@cache
def shipped_text(content: Path, flow_id: str) -> str:
    """A shipped flow with all that it calls, as one text."""
    file = content / "flows" / f"{flow_id}.yaml"
    return read_whole(text_of(file), file.name, find=finder(file.parent)).text


@contextlib.asynccontextmanager
async def open_channels(settings: Settings, clock: Clock) -> AsyncIterator[dict[PlatformName, Channel]]:
    """The channels whose credentials are set. A platform's SDK is imported only here, and only if it is used."""
    channels: dict[PlatformName, Channel] = {}
    try:
        if settings.has_line:
            from bot.platforms.line.client import LineChannel

            channels["line"] = LineChannel(
                settings.line_channel_access_token.get_secret_value(),
                settings.line_api_base,
                now=clock.now,
                data_api_base=settings.line_data_api_base,
            )
        if settings.has_slack:
            from bot.platforms.slack.client import SlackChannel

            token = settings.slack_bot_token.get_secret_value()
            channels["slack"] = SlackChannel(token, settings.slack_api_base, clock.now)
        channels.update(phone_channels(settings, clock))
        channels.update(siren_channels(settings, clock))
        yield channels
    finally:
        for channel in channels.values():
            await channel.close()


def _email_of(channels: Mapping[PlatformName, Channel]) -> EmailOf:
    """Slack confirms e-mail addresses; LINE has none."""

    async def email_of(address: Address) -> str:
        channel = channels.get(address.platform)
        ask: Callable[[str], Awaitable[str]] | None = getattr(channel, "email_of", None)
        return await ask(address.id) if ask else ""

    return email_of


def _read_quota_of(channels: Mapping[PlatformName, Channel]) -> ReadQuota | None:
    """LINE's channel reads the month's count; the others have none."""
    read: ReadQuota | None = getattr(channels.get("line"), "quota", None)
    return read
