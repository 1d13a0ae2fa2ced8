"""Small made-up states for the store's tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from bot.app.committing import Commit
from bot.app.delivering import Delivery
from bot.app.inbound import Address
from bot.core.alert import Alert, new_page
from bot.core.incident import Caller, Incident
from bot.core.messages import Button, Card
from bot.core.plan import Person, Plan, Plans, Target, Tier
from bot.core.walk import Answer, Walk

NOW = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=10)
DAY = "2026-11-21"

SUZUKI = Person("suzuki", "鈴木", site="本庁", place="市民課", line_user_id="Usuzuki")
SATO = Person("sato", "佐藤", role="supervisor", site="本庁", slack_user_id="USATO", line_user_id="Usato")


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


def incident(name: str = "i1", version: int = 1, **changes: Any) -> Incident:
    target = Target("sato", "佐藤", SATO.addresses(("slack", "line")))
    plan = Plan((Tier((target,)),), room="slack:C1")
    made = Incident(
        id=name,
        opened=NOW,
        kind="danger",
        caller=Caller("suzuki", "鈴木", "本庁", "市民課", "line:Usuzuki"),
        walk=Walk("default", 1, "staff_alone", (Answer("weapon", "no"),), marks=(("minutes_elapsed", 20),)),
        plans=Plans(plan, plan),
        alert=Alert("danger", Plans(plan, plan), NOW, pages=(new_page(target, NOW),)),
        version=version,
    )
    return replace(made, **changes)


def delivery(name: str = "d1", **changes: Any) -> Delivery:
    """`name` is only a handle: the id is a UUID, as in life."""
    card = Card(
        "お知らせ",
        "対応中",
        ("その場を離れてください。",),
        choices=(Button("はい", "a.i1.default.1.q.yes.1"),),
    )
    made = Delivery(
        delivery_id(name), Address("slack", "DSATO"), (card,), NOW, incident="i1", person="sato", slot="page"
    )
    return replace(made, **changes)


def delivery_id(name: str) -> str:
    return str(uuid5(UUID(int=0), name))


def commit(state: Incident | None = None, event: str = "", **changes: Any) -> Commit:
    made = Commit(event=event, incident=state or incident(), at=NOW, day=DAY, lease_until=LEASE)
    return replace(made, **changes)
