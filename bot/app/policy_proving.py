"""What a policy comes to with the people of today: whom it reaches, and how it differs from another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Literal

from bot.core.plan import CallRule, HelpKind, Person, Policy, TierRule, plans_for

KINDS: tuple[HelpKind, ...] = ("standard", "danger")
LIMITS = ("limits", "limits_phone", "limits_visit")
ANYBODY = Person("", "")
"""A caller without a site, where the directory has no staff yet."""


@dataclass(frozen=True)
class Gap:
    """A call of this kind from this site whose last tier nobody of can be reached. `alone`: no tier reaches anybody."""

    kind: HelpKind
    site: str
    alone: bool


@dataclass(frozen=True)
class Change:
    """One difference between two policies. `key` names its sentence; the texts are as the YAML writes them."""

    key: Literal["tiers", "tier", "rule", "limit", "setting", "part"]
    kind: str
    name: str
    before: str
    after: str
    tier: int = 0


def gaps(policy: Policy, people: Mapping[str, Person]) -> list[Gap]:
    """Calls that would end without anybody, looked at from every site that has staff."""
    found: list[Gap] = []
    for kind in KINDS:
        for site, callers in _callers(people).items():
            reached = [_reaches(policy, kind, people, caller) for caller in callers]
            if not all(last for _, last in reached):
                found.append(Gap(kind, site, not all(anybody for anybody, _ in reached)))
    return found


def blocking(found: list[Gap], people: Mapping[str, Person]) -> list[Gap]:
    """Those that must be mended first: nobody at all would be called, or the last tier reaches nobody from any site."""
    sites = len(_callers(people))
    everywhere = {kind for kind in KINDS if sum(gap.kind == kind for gap in found) == sites}
    return [gap for gap in found if gap.alone or gap.kind in everywhere]


def sites_of_nobody(policy: Policy, people: Mapping[str, Person]) -> list[str]:
    """Sites whose address nobody would ever read: no person's site is written like that."""
    known = {person.site for person in people.values() if person.active}
    return [site for site in policy.sites if site not in known] if any(known) else []


def tiers_naming(policy: Policy, person: str) -> list[tuple[HelpKind, int]]:
    """Kind and number (from 1) of the tiers that name this person."""
    return [
        (kind, number)
        for kind in KINDS
        for number, tier in enumerate(_rule(policy, kind).tiers, 1)
        if person in tier.people
    ]


def changes(before: Policy, after: Policy) -> Iterator[Change]:
    """What the newer policy does otherwise, in the order of the file."""
    for item in fields(Policy):
        if item.name not in (*KINDS, *LIMITS):
            yield from _setting_changes(item.name, getattr(before, item.name), getattr(after, item.name))
    for kind in KINDS:
        yield from _rule_changes(kind, _rule(before, kind), _rule(after, kind))
    for part in LIMITS:
        yield from _limit_changes(part, getattr(before, part), getattr(after, part))


def _limit_changes(part: str, before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Change]:
    where = "" if part == "limits" else f"{part}."
    for name in sorted({*before, *after}):
        yield from _changed("limit", "", where + name, before.get(name), after.get(name))


def _callers(people: Mapping[str, Person]) -> dict[str, list[Person]]:
    """Staff by their site; without any, somebody of no site."""
    found: dict[str, list[Person]] = {}
    for person in people.values():
        if person.active and person.role == "staff":
            found.setdefault(person.site, []).append(person)
    return found or {"": [ANYBODY]}


def _reaches(
    policy: Policy, kind: HelpKind, people: Mapping[str, Person], caller: Person
) -> tuple[bool, bool]:
    """(anybody at all, anybody by the last tier)"""
    rule = _rule(policy, kind)
    last = replace(rule, tiers=rule.tiers[-1:])
    only_last = replace(policy, standard=last, danger=last)
    return (
        bool(plans_for(policy, people, caller).of(kind).tiers),
        bool(plans_for(only_last, people, caller).of(kind).tiers),
    )


def _rule(policy: Policy, kind: HelpKind) -> CallRule:
    return policy.danger if kind == "danger" else policy.standard


def _setting_changes(name: str, before: object, after: object) -> Iterator[Change]:
    """Of what is built of parts it is only told that it changed."""
    if isinstance(before, str | tuple) and isinstance(after, str | tuple):
        yield from _changed("setting", "", name, before, after)
    elif before != after:
        yield Change("part", "", name, "", "")


def _rule_changes(kind: str, before: CallRule, after: CallRule) -> Iterator[Change]:
    if len(before.tiers) != len(after.tiers):
        yield Change("tiers", kind, "tiers", str(len(before.tiers)), str(len(after.tiers)))
    for number, (old, new) in enumerate(zip(before.tiers, after.tiers, strict=False), 1):
        for item in fields(TierRule):
            yield from _changed(
                "tier", kind, item.name, getattr(old, item.name), getattr(new, item.name), number
            )
    for name in ("repeat", "grace", "default_eta", "silence", "objection"):
        yield from _changed("rule", kind, name, getattr(before, name), getattr(after, name))


def _changed(
    key: Literal["tier", "rule", "limit", "setting"],
    kind: str,
    name: str,
    before: object,
    after: object,
    tier: int = 0,
) -> Iterator[Change]:
    if before != after:
        yield Change(key, kind, name, _shown(before), _shown(after), tier)


def _shown(value: object) -> str:
    match value:
        case timedelta():
            return f"{int(value.total_seconds())}"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(str, value)) or "-"
        case None | "":
            return "-"
        case _:
            return str(value)
