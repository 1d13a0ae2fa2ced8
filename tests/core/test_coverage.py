"""Whom a call reaches at which hour, and the hours at which it would reach nobody on duty."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.core.coverage import Uncovered, coverage, watches
from bot.core.plan import CallRule, Person, Plan, Policy, TierRule, plans_for
from bot.core.rota import PLAIN, WEEK, Absence, Calendar, Hours, Override, Rota, Shift, Span, duty_at

TOKYO = ZoneInfo("Asia/Tokyo")
HOLIDAY = date(2026, 11, 23)

PEOPLE = {
    p.id: p
    for p in (
        Person("aiko", "愛子", site="本庁舎", line_user_id="Ua"),
        Person("sato", "佐藤係長", "supervisor", "本庁舎", line_user_id="Us", slack_user_id="U0SATO"),
        Person("mori", "森課長", "supervisor", "本庁舎", slack_user_id="U0MORI"),
        Person("kei", "総務の恵", "admin", slack_user_id="U0KEI"),
        Person("gone", "元係長", "supervisor", active=False, slack_user_id="U0GONE"),
        Person("mute", "無口", "supervisor", "支所"),
    )
}
CALLER = PEOPLE["aiko"]


def shift(days: tuple[str, ...], start: int, end: int, *people: str) -> Shift:
    return Shift(Span(days, start * 60, end * 60), people)  # type: ignore[arg-type]


DUTY = Rota("当番", (shift(WEEK[:5], 9, 12, "sato"), shift(WEEK[:5], 13, 17, "mori")))
STANDARD = CallRule((TierRule(rota="当番"), TierRule(roles=("supervisor", "admin"), same_site=False)))
POLICY = Policy(STANDARD, CallRule((TierRule(roles=("supervisor",)),)), rotas={"当番": DUTY})


def at(words: str) -> datetime:
    return datetime.fromisoformat(f"2026-{words}").replace(tzinfo=TOKYO)


def plan(moment: str, calendar: Calendar = PLAIN, policy: Policy = POLICY) -> Plan:
    duty = duty_at(policy.rotas.values(), at(moment), calendar)
    return plans_for(policy, PEOPLE, CALLER, duty).standard


def called(plan: Plan) -> list[list[str]]:
    return [[t.person for t in tier.targets] for tier in plan.tiers]


def away(person: str, start: str = "11-24 00:00", end: str = "11-25 00:00") -> Absence:
    return Absence("a1", person, at(start).astimezone(UTC), at(end).astimezone(UTC))


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("11-24 08:59", ["sato", "mori", "kei"]),
        ("11-24 09:00", ["sato"]),
        ("11-24 11:59", ["sato"]),
        ("11-24 12:00", ["sato", "mori", "kei"]),
        ("11-24 13:00", ["mori"]),
        ("11-24 17:00", ["sato", "mori", "kei"]),
    ],
)
def test_the_first_tier_is_whoever_is_on_duty_at_that_minute(moment: str, first: list[str]) -> None:
    assert called(plan(moment))[0] == first


def test_with_nobody_on_duty_the_empty_tier_is_left_out_and_the_plan_says_so() -> None:
    assert plan("11-24 12:00").off_duty
    assert not plan("11-24 11:59").off_duty
    assert called(plan("11-23 10:00", Calendar(frozenset({HOLIDAY})))) == [["sato", "mori", "kei"]]


def test_the_person_on_duty_is_not_called_twice_by_the_same_way() -> None:
    assert called(plan("11-24 09:00")) == [["sato"], ["mori", "kei"]]


def test_whoever_is_away_is_called_by_no_tier() -> None:
    calendar = Calendar(absences=(away("sato"),))
    assert called(plan("11-24 09:00", calendar)) == [["mori", "kei"]]
    assert plan("11-24 09:00", calendar).off_duty


def test_if_everybody_is_away_they_are_called_all_the_same() -> None:
    calendar = Calendar(absences=tuple(away(p) for p in ("sato", "mori", "kei")))
    assert called(plan("11-24 09:00", calendar)) == [["sato", "mori", "kei"]]


def test_a_stand_in_is_called_in_their_place() -> None:
    override = Override("o1", "kei", at("11-24 00:00"), at("11-25 00:00"), "sato")
    assert called(plan("11-24 09:00", Calendar(overrides=(override,))))[0] == ["kei"]


def test_the_caller_on_duty_is_not_called_by_themselves() -> None:
    mine = replace(POLICY, rotas={"当番": Rota("当番", (shift(WEEK, 0, 24, "aiko"),))})
    assert called(plan("11-24 09:00", policy=mine)) == [["sato", "mori", "kei"]]
    assert plan("11-24 09:00", policy=mine).off_duty


def test_at_no_particular_time_a_rota_has_nobody() -> None:
    assert called(plans_for(POLICY, PEOPLE, CALLER).standard) == [["sato", "mori", "kei"]]


def test_a_tier_has_channels_of_its_own_in_their_order_at_once_or_one_by_one() -> None:
    tier = TierRule(people=("sato",), channels=("line", "slack"), at_once=False)
    policy = replace(POLICY, standard=CallRule((tier,)))
    target = plan("11-24 09:00", policy=policy).tiers[0].targets[0]
    assert target.addresses == ("line:Us", "slack:U0SATO")
    assert not target.at_once


# --- known beforehand ---


def gaps(start: str, end: str, calendar: Calendar = PLAIN, policy: Policy = POLICY) -> list[str]:
    found = coverage(policy, PEOPLE, calendar, at(start), at(end))
    return [f"{gap.start:%m-%d %H:%M} {gap.end:%m-%d %H:%M}" for gap in found]


def test_without_opening_hours_every_hour_counts() -> None:
    assert gaps("11-24 00:00", "11-25 00:00") == [
        "11-24 00:00 11-24 09:00",
        "11-24 12:00 11-24 13:00",
        "11-24 17:00 11-25 00:00",
    ]


OFFICE = {"本庁舎": Hours((Span(WEEK[:5], 9 * 60, 17 * 60 + 15),))}


def test_with_opening_hours_only_gaps_while_a_site_is_open_are_told() -> None:
    policy = replace(POLICY, hours=OFFICE)
    assert gaps("11-24 00:00", "11-25 00:00", policy=policy) == [
        "11-24 12:00 11-24 13:00",
        "11-24 17:00 11-24 17:15",
    ]
    assert gaps("11-28 00:00", "11-30 00:00", policy=policy) == []
    assert gaps("11-23 00:00", "11-24 00:00", Calendar(frozenset({HOLIDAY})), policy) == []


def test_an_absence_opens_a_gap_and_a_stand_in_closes_it() -> None:
    policy = replace(POLICY, hours=OFFICE)
    absent = Calendar(absences=(away("sato", "11-24 10:00", "11-24 11:00"),))
    assert gaps("11-24 09:00", "11-24 12:00", absent, policy) == ["11-24 10:00 11-24 11:00"]
    stand_in = Override("o1", "kei", at("11-24 10:00"), at("11-24 11:00"), "sato")
    assert gaps("11-24 09:00", "11-24 12:00", replace(absent, overrides=(stand_in,)), policy) == []


@pytest.mark.parametrize("person", ["gone", "mute", "nobody"])
def test_somebody_on_duty_who_cannot_be_called_leaves_a_gap_with_their_name(person: str) -> None:
    policy = replace(POLICY, rotas={"当番": Rota("当番", (shift(WEEK, 0, 24, person),))})
    found = coverage(policy, PEOPLE, Calendar(), at("11-24 00:00"), at("11-26 00:00"))
    assert found == (Uncovered("当番", at("11-24 00:00"), at("11-26 00:00"), (person,)),)


def test_a_rota_that_no_tier_names_has_no_gaps() -> None:
    policy = replace(POLICY, standard=CallRule((TierRule(roles=("supervisor",)),)))
    assert coverage(policy, PEOPLE, Calendar(), at("11-24 00:00"), at("11-25 00:00")) == ()


def test_watches_follow_one_another_without_a_gap() -> None:
    found = watches(DUTY, Calendar(frozenset({HOLIDAY})), at("11-23 00:00"), at("11-30 00:00"))
    assert (found[0].start, found[-1].end) == (at("11-23 00:00"), at("11-30 00:00"))
    assert all(a.end == b.start for a, b in pairwise(found))
    assert found[0].people == ()
    assert (found[1].start, found[1].people) == (at("11-24 09:00"), ("sato",))
