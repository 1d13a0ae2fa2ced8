"""Who is called, in which order, after which waits: frozen into an alert when it starts.

A later change of the policy or of the directory never reaches a running alert.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

HelpKind = Literal["danger", "standard"]


@dataclass(frozen=True)
class Target:
    """A person who can be paged, with every address ("line:U…", "slack:U…") in the order of the policy."""

    person: str
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Tier:
    """One rung: these people are paged together; `wait` until the next rung, `again` until the same people once more."""

    targets: tuple[Target, ...]
    wait: timedelta = timedelta(seconds=60)
    again: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class Plan:
    """Tiers that hold at least one reachable person each; empty ones are left out when the plan is made.

    repeat: after the last tier everyone is paged again at this interval, until a person answers.
    grace: an answer that isn't followed by arrival runs out this long after the time that was named.
    """

    tiers: tuple[Tier, ...] = ()
    repeat: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=60)
    default_eta: timedelta = timedelta(minutes=3)
    room: str = ""


@dataclass(frozen=True)
class Plans:
    """The plan for each kind of call."""

    standard: Plan = field(default_factory=Plan)
    danger: Plan = field(default_factory=Plan)

    def of(self, kind: HelpKind) -> Plan:
        return self.danger if kind == "danger" else self.standard


@dataclass(frozen=True)
class TierRule:
    """One tier as a policy writes it: people by id, roles, or both; `same_site` keeps to the caller's site."""

    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    same_site: bool = True
    wait: timedelta = timedelta(seconds=60)
    again: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class CallRule:
    """The tiers for one kind of call, and what holds for all of them."""

    tiers: tuple[TierRule, ...]
    repeat: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=60)
    default_eta: timedelta = timedelta(minutes=3)


@dataclass(frozen=True)
class Policy:
    """An organisation's limits and tiers, read from YAML (`bot/app/policy_reader.py`)."""

    standard: CallRule
    danger: CallRule
    channels: tuple[str, ...] = ("slack", "line")
    room: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    timezone: str = "Asia/Tokyo"


@dataclass(frozen=True)
class Person:
    """One entry of the directory. Empty where unknown."""

    id: str
    name: str
    role: Literal["staff", "supervisor", "admin", "viewer"] = "staff"
    site: str = ""
    place: str = ""
    line_user_id: str = ""
    slack_user_id: str = ""
    phone: str = ""
    email: str = ""
    language: str = "ja"
    active: bool = True

    def addresses(self, channels: tuple[str, ...]) -> tuple[str, ...]:
        known = {"line": self.line_user_id, "slack": self.slack_user_id}
        return tuple(f"{channel}:{known[channel]}" for channel in channels if known.get(channel))


def plans_for(policy: Policy, people: Mapping[str, Person], caller: Person) -> Plans:
    """The plans for a call by this person: the caller and people without an address are left out."""
    return Plans(
        standard=_plan(policy, policy.standard, people, caller),
        danger=_plan(policy, policy.danger, people, caller),
    )


def _plan(policy: Policy, rule: CallRule, people: Mapping[str, Person], caller: Person) -> Plan:
    """A person stands in the first tier that names them; whoever is reachable at all is in the last one."""
    tiers: list[Tier] = []
    named: set[str] = {caller.id}
    for tier in rule.tiers:
        targets = tuple(
            Target(p.id, p.name, p.addresses(policy.channels))
            for p in _members(tier, people, caller)
            if p.id not in named and p.addresses(policy.channels)
        )
        named.update(t.person for t in targets)
        if targets:
            tiers.append(Tier(targets, tier.wait, tier.again))
    return Plan(tuple(tiers), rule.repeat, rule.grace, rule.default_eta, policy.room)


def _members(tier: TierRule, people: Mapping[str, Person], caller: Person) -> list[Person]:
    by_id = [people[i] for i in tier.people if i in people]
    by_role = [
        p
        for p in people.values()
        if p.role in tier.roles
        and (not tier.same_site or not p.site or not caller.site or p.site == caller.site)
    ]
    return [p for p in by_id + by_role if p.active]
