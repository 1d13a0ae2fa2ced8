"""How fast a call for help reaches the person who is called, and how late a timer calls them once more."""

import asyncio
import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bench.local_line import Message
from bench.people import PATIENCE_S, Site, WentWrong
from bench.seeding import CHIEF, due_times

HELP = "m1.help"

_OF_REPLY = re.compile(rb"m1\.w\.([^.\"]+)\.")
_OF_PAGE = re.compile(rb"m1\.r\.([^.\"]+)\.")


@dataclass
class Alarms:
    """Milliseconds from a tap to the page at LINE, and from a timer's due time to the page that it caused."""

    to_page_ms: list[float] = field(default_factory=list)
    lateness_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Chief:
    """The one who is called: when each incident's pages came."""

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, user: str, message: Message) -> None:
        found = _OF_PAGE.search(message.body)
        if user == CHIEF and found is not None:
            self.pages[found[1].decode()].append(message.at)
            self.news.set()


async def measure_alarms(
    site: Site, users: Sequence[str], rate: float, page_again_s: int, database: Redis
) -> Alarms:
    """Each user taps 応援 once, `rate` a second; everybody is paged at once and by timer `page_again_s` later."""
    alarms, chief = Alarms(), Chief()
    site.line.on_push = chief.take
    started = time.time()
    tapped = await _tap_all(site, users, rate, alarms)
    due = await due_times(database)
    await _until_paged_twice(chief, tapped, started + len(users) / rate + page_again_s + PATIENCE_S)
    site.line.on_push = None
    for incident, sent in tapped.items():
        _judge(alarms, chief.pages[incident], sent, due.get(incident, 0.0))
    return alarms


async def _until_paged_twice(chief: Chief, tapped: Collection[str], deadline: float) -> None:
    """Or until the deadline: what is missing then is told as a fault of its alarm."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline - time.time()):
            while any(len(chief.pages[incident]) < 2 for incident in tapped):
                chief.news.clear()
                await chief.news.wait()


def _judge(alarms: Alarms, pages: Sequence[float], sent: float, due: float) -> None:
    if len(pages) != 2 or not due:
        alarms.faults.append(f"{len(pages)} pages instead of 2")
        return
    alarms.to_page_ms.append((pages[0] - sent) * 1000)
    alarms.lateness_ms.append((pages[1] - due) * 1000)


async def _tap_all(site: Site, users: Sequence[str], rate: float, alarms: Alarms) -> dict[str, float]:
    """Incident → when its alarm was due to be sent."""
    tapped: dict[str, float] = {}
    started = time.time()

    async def tap(user: str, due: float) -> None:
        try:
            tapped[await _alarm(site, user)] = due
        except (WentWrong, OSError) as fault:
            alarms.faults.append(str(fault))

    async with asyncio.TaskGroup() as taps:
        for number, user in enumerate(users):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.time()))
            taps.create_task(tap(user, due))
    return tapped


async def _alarm(site: Site, user: str) -> str:
    """Taps 応援; the incident's id, as the caller's own card tells it."""
    token = f"alarm{user}"
    reply = site.line.expect(token)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await site.send(user, HELP, token)
            found = _OF_REPLY.search((await reply).body)
    except TimeoutError:
        raise WentWrong(f"no reply to an alarm within {PATIENCE_S:g} s") from None
    finally:
        site.line.forget(token)
    if found is None:
        raise WentWrong("the reply to an alarm names no incident")
    return found[1].decode()
