"""Several workers, in real processes: no page twice, the work of a killed one is taken over, and somebody hears of it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import requests

from bot.app.delivering import Delivery
from bot.app.inbound import Address
from bot.app.people_reader import read_people
from bot.app.watching import Survey
from bot.cli.database import stores_at
from bot.config import CONTENT, Settings
from bot.core.messages import Card
from bot.stores.embedded import EmbeddedServer
from bot.wiring.parts import Stores
from tests.end_to_end.stack import eventually, free_port
from tests.faults.crashing import is_alive
from tests.faults.line_by_worker import LineByWorker
from tests.faults.nursery import Nursery

pytestmark = [pytest.mark.crash, pytest.mark.timeout(90)]

CHIEF, OPERATOR = "U" + "c" * 32, "U" + "0" * 32
PEOPLE = f"""id,name,role,site,place,line_user_id,slack_user_id,phone,email,language
chief,係長,supervisor,本庁,税務課,{CHIEF},,,,ja
operator,運用,admin,本庁,総務課,{OPERATOR},,,,ja
"""
START = 30.0

Found = TypeVar("Found")


@dataclass
class Office:
    """A database, a LINE, and workers."""

    folder: Path
    database: str
    line: LineByWorker
    nursery: Nursery
    workers: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, *options: str) -> None:
        env = {
            "MAMORI_REDIS_URL": self.database,
            "MAMORI_DATA_DIR": str(self.folder),
            "MAMORI_LINE_CHANNEL_SECRET": "s",
            "MAMORI_LINE_CHANNEL_ACCESS_TOKEN": "t",
            "MAMORI_LINE_API_BASE": self.line.address(name),
            "MAMORI_SLACK_BOT_TOKEN": "",
        }
        self.workers[name] = self.nursery.start(["work", *options], env)

    def stop(self, name: str, by: signal.Signals = signal.SIGTERM) -> None:
        """By its own id; SIGKILL leaves it no last word."""
        pid = self.workers[name]
        if is_alive(pid):
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, by)
            eventually(lambda: not is_alive(pid), f"the end of worker {name}")

    def turning(self) -> int:
        return sum(1 for at in self.survey().workers.values() if (datetime.now(UTC) - at).total_seconds() < 3)

    def waits_for_workers(self, count: int) -> None:
        eventually(lambda: self.turning() == count, f"{count} workers whose loops turn", START)

    def survey(self) -> Survey:
        return self.do(lambda stores: stores.watch.survey(datetime.now(UTC)))

    def pages(self, count: int) -> list[str]:
        """So many pages, due now and in nobody's hands, as a process that died would leave them."""
        now = datetime.now(UTC)
        card = Card("連絡", body=("応援の依頼",))
        made = [
            Delivery(str(uuid4()), Address("line", CHIEF), (card,), now, person="chief", urgent=True)
            for _ in range(count)
        ]
        self.do(lambda stores: stores.turns.remember("", made, now))
        return [delivery.id for delivery in made]

    def do(self, work: Callable[[Stores], Awaitable[Found]]) -> Found:
        async def run() -> Found:
            async with stores_at(Settings(data_dir=self.folder), self.database) as stores:
                return await work(stores)

        return asyncio.run(run())


@contextmanager
def open_office(folder: Path, nursery: Nursery) -> Iterator[Office]:
    with EmbeddedServer.start(folder, "--appendfsync", "no") as server:
        office = Office(folder, server.url, LineByWorker(), nursery)
        policy = (CONTENT / "flows" / "policy.yaml").read_text("utf-8")

        async def seed(stores: Stores) -> None:
            await stores.organisations.add("default", "見本")
            await stores.directory.put_people(read_people(PEOPLE, "people.csv"))
            await stores.library.put_policy(policy)

        office.do(seed)
        try:
            yield office
        finally:
            for name in office.workers:
                office.stop(name)
            office.line.close()


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@pytest.fixture
def office(tmp_path: Path, nursery: Nursery) -> Iterator[Office]:
    with open_office(tmp_path, nursery) as office:
        yield office


def test_a_killed_workers_page_is_sent_by_another_within_ten_seconds_and_the_operator_hears(
    office: Office,
) -> None:
    for name in ("a", "b"):
        office.start(name)
    office.waits_for_workers(2)
    office.line.hanging.add(CHIEF)
    (page,) = office.pages(1)
    held = office.line.waits_for_held(10)
    office.stop(held.worker, signal.SIGKILL)
    killed = time.monotonic()

    eventually(lambda: office.line.to(CHIEF), "the page", 12)
    assert time.monotonic() - killed < 10
    (taken,) = office.line.to(CHIEF)
    assert (taken.key, held.key) == (page, page)
    assert taken.worker != held.worker
    eventually(
        lambda: any("引き継ぎます" in push.words for push in office.line.to(OPERATOR)),
        "the operator's page",
        20,
    )
    assert office.line.times().most_common(1)[0][1] == 1


def test_two_workers_racing_for_two_hundred_pages_send_each_once(office: Office) -> None:
    for name in ("a", "b"):
        office.start(name)
    office.waits_for_workers(2)
    pages = office.pages(200)
    eventually(lambda: len(office.line.to(CHIEF)) >= len(pages), "all pages", 30)
    eventually(lambda: office.survey().urgent_depth == 0, "an empty outbox")
    assert office.line.times() == dict.fromkeys(pages, 1)


def test_a_worker_tells_how_it_goes_on_its_port_and_takes_its_leave(office: Office) -> None:
    port = free_port()
    office.start("a", "--metrics-port", str(port))
    office.start("b")
    office.waits_for_workers(2)
    url = f"http://127.0.0.1:{port}"

    assert requests.get(f"{url}/healthz", timeout=5).text == "ok"
    ready = requests.get(f"{url}/readyz", timeout=5)
    assert (ready.status_code, ready.json()["missing"]) == (200, {})
    office.pages(1)
    eventually(
        lambda: figure(url, 'mamori_deliveries_total{kind="page",outcome="sent",platform="line"}') >= 0,
        "a figure",
    )
    eventually(lambda: figure(url, "mamori_line_quota_limit") == 5000, "LINE's quota")

    os.kill(office.workers["b"], signal.SIGSTOP)
    eventually(lambda: "worker_stopped" in str(noticed(url)), "the still worker", 10)
    assert requests.get(f"{url}/readyz", timeout=5).status_code == 200
    os.kill(office.workers["b"], signal.SIGCONT)
    eventually(lambda: "worker_stopped" not in str(noticed(url)), "both workers again", 10)

    for name in office.workers:
        office.stop(name)
    assert office.survey().workers == {}


def figure(url: str, name: str) -> float:
    lines = requests.get(f"{url}/metrics", timeout=5).text.splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(f"{name} ")))


def noticed(url: str) -> object:
    return requests.get(f"{url}/readyz", timeout=5).json()["noticed"]
