"""Who is called, in which order, after which waits: frozen into an alert when it starts.

A later change of the policy or of the directory never reaches a running alert.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.core.rota import NO_DUTY, Duty, Hours, Rota

HelpKind = Literal["danger", "standard"]


@dataclass(frozen=True)
class Target:
    """A person who can be paged, with every address ("line:U…", "slack:U…", "phone:+81…") in the order of the policy.

    at_once: every address with each try; otherwise one with each try, the next with the next.
    """

    person: str
    name: str
    addresses: tuple[str, ...]
    at_once: bool = True


@dataclass(frozen=True)
class Tier:
    """One rung: these people are paged together; `wait` until the next rung, `again` until the same people once more.

    siren: a machine is told as well (a security desk, a lamp).
    """

    targets: tuple[Target, ...]
    wait: timedelta = timedelta(seconds=60)
    again: timedelta = timedelta(seconds=30)
    siren: bool = False


@dataclass(frozen=True)
class Plan:
    """Tiers that hold at least one reachable person each; empty ones are left out when the plan is made.

    repeat: after the last tier everyone is paged again at this interval, until a person answers.
    grace: an answer that isn't followed by arrival runs out this long after the time that was named.
    off_duty: a rota that a tier names had nobody who can be called, so that others are called in their place.
    silence: after so long without a sign of the caller they are asked whether all is well. objection: a responder's
    着いた counts after so long without まだ来ない.
    """

    tiers: tuple[Tier, ...] = ()
    repeat: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=60)
    default_eta: timedelta = timedelta(minutes=3)
    room: str = ""
    off_duty: bool = False
    silence: timedelta = timedelta(seconds=180)
    objection: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Plans:
    """The plan for each kind of call. duress_cancel: もう大丈夫 is asked back, with two answers that look the same."""

    standard: Plan = field(default_factory=Plan)
    danger: Plan = field(default_factory=Plan)
    duress_cancel: bool = False
    limits: tuple[tuple[str, int], ...] = ()
    limits_phone: tuple[tuple[str, int], ...] = ()
    limits_visit: tuple[tuple[str, int], ...] = ()

    def limits_in(self, flow: str) -> dict[str, int]:
        """The limits while the questions go on in this flow: those of its own outrank the common ones, one by one."""
        own = {"phone": self.limits_phone, "visit": self.limits_visit}.get(flow, ())
        return {**dict(self.limits), **dict(own)}

    def of(self, kind: HelpKind) -> Plan:
        return self.danger if kind == "danger" else self.standard


@dataclass(frozen=True)
class TierRule:
    """One tier as a policy writes it: people by id, roles, whoever a rota has on duty; all of these together.

    same_site: keeps the roles to the caller's site. channels: the ways to them from this tier on, in their order; empty:
    the policy's. at_once: all of them with each try; otherwise the next one with each try.
    """

    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    same_site: bool = True
    wait: timedelta = timedelta(seconds=60)
    again: timedelta = timedelta(seconds=30)
    channels: tuple[str, ...] = ()
    rota: str = ""
    at_once: bool = True


@dataclass(frozen=True)
class CallRule:
    """The tiers for one kind of call, and what holds for all of them."""

    tiers: tuple[TierRule, ...]
    repeat: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=60)
    default_eta: timedelta = timedelta(minutes=3)
    silence: timedelta = timedelta(seconds=180)
    objection: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Holidays:
    """Days off besides the week's own: the nation's, and the organisation's ("12-29" each year, "2026-12-28" once)."""

    japan: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class RollCallRule:
    """Before a site opens, its first tier is asked whether pages arrive; `within` is the time to answer."""

    before: timedelta = timedelta(minutes=15)
    within: timedelta = timedelta(minutes=10)


@dataclass(frozen=True)
class TrainingRule:
    """A drill of two minutes each month: on this day or the next that is open, at this minute after midnight."""

    day: int = 10
    minute: int = 600


@dataclass(frozen=True)
class Premises:
    """A site as it is told to 110 or 119; `floors` by counter. Empty where nobody has written it down."""

    address: str = ""
    landmark: str = ""
    phone: str = ""
    entrance: str = ""
    floors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """An organisation's limits and tiers, read from YAML (`bot/app/policy_reader.py`). `hours` are told by site.

    operators: who hears that the machinery fails; without them the admins. line_reserve: so many of a month's pushes are
    kept for pages; None: the usual share. merge: a second call from the same place within this time joins the first.
    duress_phrases: words that look like any others and mean that the caller is being forced. places: a site's counters, to
    be chosen from at the beginning of a shift. scenes: the flow that begins at a place, where it isn't the default one.
    limits_phone, limits_visit: what is otherwise on the telephone and in somebody's home. sites: where a site is, for 110.
    """

    standard: CallRule
    danger: CallRule
    channels: tuple[str, ...] = ("slack", "line")
    room: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    limits_phone: Mapping[str, int] = field(default_factory=dict)
    limits_visit: Mapping[str, int] = field(default_factory=dict)
    sites: Mapping[str, Premises] = field(default_factory=dict)
    timezone: str = "Asia/Tokyo"
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    holidays: Holidays = field(default_factory=Holidays)
    rollcall: RollCallRule | None = None
    operators: tuple[str, ...] = ()
    line_reserve: int | None = None
    merge: timedelta = timedelta(seconds=120)
    duress_phrases: tuple[str, ...] = ()
    duress_cancel: bool = False
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scenes: Mapping[str, str] = field(default_factory=dict)
    training: TrainingRule | None = None


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
        known = {
            "line": self.line_user_id,
            "slack": self.slack_user_id,
            "phone": self.phone if self.phone.startswith("+") else "",
            "sms": self.phone if takes_texts(self.phone) else "",
        }
        return tuple(f"{channel}:{known[channel]}" for channel in channels if known.get(channel))


def takes_texts(phone: str) -> bool:
    """In Japan only mobile numbers (070, 080, 090) take text messages; elsewhere a number doesn't tell."""
    return phone.startswith(("+8170", "+8180", "+8190")) or (
        phone.startswith("+") and not phone.startswith("+81")
    )


def plans_for(policy: Policy, people: Mapping[str, Person], caller: Person, duty: Duty = NO_DUTY) -> Plans:
    """The plans for a call by this person at the moment of which `duty` tells; without it no rota has anybody.

    Left out are the caller, people without an address, and people who are away. If that leaves nobody at all, those who
    are away are called after all: somebody on leave who may pick up is better than nobody.
    """
    return Plans(
        standard=_plan(policy, policy.standard, people, caller, duty),
        danger=_plan(policy, policy.danger, people, caller, duty),
        duress_cancel=policy.duress_cancel,
        limits=tuple(policy.limits.items()),
        limits_phone=tuple(policy.limits_phone.items()),
        limits_visit=tuple(policy.limits_visit.items()),
    )


def _plan(policy: Policy, rule: CallRule, people: Mapping[str, Person], caller: Person, duty: Duty) -> Plan:
    off_duty = any(_nobody_of(tier, policy, people, caller, duty) for tier in rule.tiers if tier.rota)
    tiers = _tiers(policy, rule, people, caller, duty)
    if not tiers and duty.away:
        tiers = _tiers(policy, rule, people, caller, Duty(duty.on))
    waits = (rule.repeat, rule.grace, rule.default_eta)
    return Plan(tiers, *waits, policy.room, off_duty, rule.silence, rule.objection)


def _tiers(
    policy: Policy, rule: CallRule, people: Mapping[str, Person], caller: Person, duty: Duty
) -> tuple[Tier, ...]:
    """A person stands in the first tier that names them, and again in a later one that knows a further way to them."""
    tiers: list[Tier] = []
    tried: dict[str, set[str]] = {}
    left_out = {caller.id, *duty.away}
    for tier in rule.tiers:
        channels = tier.channels or policy.channels
        members = (p for p in dict.fromkeys(_members(tier, people, caller, duty)) if p.id not in left_out)
        targets = tuple(filter(None, (_by_new_ways(p, channels, tried, tier.at_once) for p in members)))
        if targets:
            tiers.append(Tier(targets, tier.wait, tier.again, "siren" in channels))
    return tuple(tiers)


def _nobody_of(
    tier: TierRule, policy: Policy, people: Mapping[str, Person], caller: Person, duty: Duty
) -> bool:
    """Whether the tier's rota has nobody now who can be called by this person."""
    channels = tier.channels or policy.channels
    on = (people[i] for i in duty.of(tier.rota) if i in people and i not in (caller.id, *duty.away))
    return not any(p.active and p.addresses(channels) for p in on)


def _by_new_ways(
    person: Person, channels: tuple[str, ...], tried: dict[str, set[str]], at_once: bool
) -> Target | None:
    """The person by those addresses that no earlier tier tried; None when there is none."""
    known = tried.setdefault(person.id, set())
    new = tuple(a for a in person.addresses(channels) if a not in known)
    known.update(new)
    return Target(person.id, person.name, new, at_once) if new else None


def _members(tier: TierRule, people: Mapping[str, Person], caller: Person, duty: Duty) -> list[Person]:
    by_id = [people[i] for i in (*duty.of(tier.rota), *tier.people) if i in people]
    by_role = [
        p
        for p in people.values()
        if p.role in tier.roles
        and (not tier.same_site or not p.site or not caller.site or p.site == caller.site)
    ]
    return [p for p in by_id + by_role if p.active]
