"""What the database holds before anything is measured: an organisation with people, its policy, timers that lie far off."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from bench.people import user_id
from bench.processes import ORG
from bot.app.committing import Timer
from bot.core.plan import Person
from bot.stores.instants import to_micros
from bot.stores.keys import Keys
from bot.stores.turns import timer_row
from bot.wiring.parts import SystemClock, ensure_content, open_stores

CHIEF = user_id(1)
FIRST_STAFF = 100
PROBE = Timer("probe", "now", datetime(2026, 1, 1, tzinfo=UTC), 1)


def staff(count: int) -> list[str]:
    """LINE ids of the staff members, in order."""
    return [user_id(FIRST_STAFF + number) for number in range(count)]


async def seed(url: str, count: int, page_again_s: int) -> None:
    """`count` staff members and one chief, who alone is called: once, again after `page_again_s`, then not for an hour."""
    async with open_stores(url, ORG) as stores:
        await stores.organisations.add(ORG, "bench")
        await ensure_content(stores, SystemClock())
        await stores.directory.put_people(_people(count))
        await stores.library.put_policy(_policy(page_again_s))


async def seed_timers(client: Redis, count: int) -> None:
    """Timers that are due in an hour: they lie before the worker, and it must not mind."""
    due = datetime.now(UTC) + timedelta(hours=1)
    timers = [Timer("far", f"off{n}", due + timedelta(seconds=n), 1) for n in range(count)]
    keys = Keys(ORG)
    for some in (timers[at : at + 1000] for at in range(0, count, 1000)):
        await client.hset(keys.timers, mapping={timer.row: timer_row(timer) for timer in some})
        await client.zadd(keys.due_timers, {timer.row: to_micros(timer.due) for timer in some})


async def put_probe(client: Redis) -> None:
    """A timer of no incident that is due now: a worker finds nothing to do for it and takes it away."""
    await client.hset(Keys(ORG).timers, PROBE.row, timer_row(PROBE))
    await client.zadd(Keys(ORG).due_timers, {PROBE.row: to_micros(PROBE.due)})


async def is_probe_there(client: Redis) -> bool:
    return bool(await client.hexists(Keys(ORG).timers, PROBE.row))


async def due_times(client: Redis) -> dict[str, float]:
    """Incident → seconds since 1970 at which its people are called again; its other clocks are left out."""
    rows: list[tuple[bytes, float]] = await client.execute_command(  # type: ignore[no-untyped-call]
        "ZRANGE", Keys(ORG).due_timers, 0, -1, "WITHSCORES", withscores=True
    )
    named = ((*name.decode().partition(":"), micros) for name, micros in rows)
    return {incident: micros / 1_000_000 for incident, _, timer, micros in named if timer == "again"}


def _people(count: int) -> Sequence[Person]:
    chief = Person("chief", "佐藤係長", role="supervisor", site="本庁舎", line_user_id=CHIEF)
    named = [
        Person(f"staff{n}", f"職員{n}", site="本庁舎", place=f"{n + 1}番窓口", line_user_id=user)
        for n, user in enumerate(staff(count))
    ]
    return [chief, *named]


def _policy(page_again_s: int) -> str:
    call = f"{{repeat: 3600, tiers: [{{people: [chief], again: {page_again_s}, wait: 3600}}]}}"
    return f"policy: 1\nchannels: [line]\nstandard: {call}\ndanger: {call}\n"
