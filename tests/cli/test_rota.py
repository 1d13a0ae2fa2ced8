"""Rotas by their commands: see the week, find the gaps, put somebody else on duty."""

import pytest

from tests.cli.conftest import Program

PEOPLE = """id,name,role,site,slack_user_id
aiko,愛子,staff,本庁舎,U0AIKO
sato,佐藤係長,supervisor,本庁舎,U0SATO
mori,森課長,supervisor,本庁舎,U0MORI
"""
POLICY = """policy: 1
standard:
  tiers:
    - {rota: 窓口当番}
    - {roles: [supervisor]}
danger:
  tiers:
    - {roles: [supervisor]}
rotas:
  窓口当番:
    weekly:
      - {days: 毎日, from: 08:30, to: 17:15, people: [sato]}
hours:
  本庁舎:
    - {days: 毎日, from: 08:30, to: 17:15}
    - {days: 祝, from: 08:30, to: 17:15}
"""


@pytest.fixture
def office(mamori: Program) -> Program:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    mamori.well("policy", "push", "-", stdin=POLICY)
    return mamori


def test_without_a_rota_it_is_told_how_to_get_one(mamori: Program) -> None:
    assert "rotas:" in mamori.well("rota", "show").out
    assert "rotas:" in mamori.well("rota", "check").out


def test_a_week_is_shown_from_monday_with_names(office: Program) -> None:
    shown = office.well("rota", "show", "--week", "2026-11-25")
    assert "【窓口当番】" in shown.out
    assert "11-23 月 08:30  11-23 月 17:15  佐藤係長" in shown.out
    assert "11-29 日 17:15  11-30 月 00:00  (当番なし)" in shown.out
    (rota,) = office.well("rota", "show", "--week", "2026-11-25", "--json").document["rotas"]
    assert rota["watches"][1] == {
        "from": "2026-11-23T08:30:00+09:00",
        "to": "2026-11-23T17:15:00+09:00",
        "people": ["sato"],
    }


def test_an_absence_opens_a_gap_that_is_told_at_once_and_a_stand_in_closes_it(office: Program) -> None:
    assert "当番のいない時間はありません" in office.well("rota", "check").out
    away = office.well("rota", "absent", "sato", "--from", "2030-01-08", "--to", "2030-01-08")
    assert away.out.splitlines() == [
        "a1: 2030-01-08 火 00:00 から 2030-01-09 水 00:00 まで、佐藤係長 は不在",
        "2030-01-08 火 08:30 から 2030-01-08 火 17:15 まで、「窓口当番」に当番がいません。"
        "当番を足すか、「mamori rota override」で差し替えてください",
    ]
    times = ("--from", "2030-01-08", "--to", "2030-01-08")
    stands_in = office.well("rota", "override", "mori", *times, "--instead-of", "sato", "--json").document
    assert (stands_in["id"], stands_in["rota"], stands_in["gaps"]) == ("o2", "窓口当番", [])
    changes = office.well("rota", "show", "--json").document["changes"]
    assert [(c["kind"], c["id"]) for c in changes] == [("override", "o2"), ("absence", "a1")]
    assert "a1 を取り消しました" in office.well("rota", "clear", "a1").out
    assert "a1" in office("rota", "clear", "a1").error


def test_a_gap_within_the_days_is_a_finding(office: Program) -> None:
    office.well("rota", "absent", "sato", "--from", "2020-01-01", "--to", "2099-12-31")
    found = office("rota", "check", "--days", "2", "--json")
    assert found.code == 1
    assert found.document["ok"] is False
    assert {gap["rota"] for gap in found.document["gaps"]} == {"窓口当番"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("override", "satoo", "--from", "2030-01-08", "--to", "2030-01-08"),
            "「satoo」という人は名簿にいません",
        ),
        (("absent", "sato", "--from", "2030-01-09", "--to", "2030-01-08"), "順番を入れかえてください"),
        (("absent", "sato", "--from", "あした", "--to", "2030-01-08"), "日時として読めません"),
        (
            ("override", "mori", "--from", "2030-01-08", "--to", "2030-01-08", "--rota", "夜間"),
            "「夜間」という当番表はありません。あるもの: 窓口当番",
        ),
        (("absent", "sato", "--from", "9999-12-31", "--to", "9999-12-31"), "「9999-12-31」は遠すぎます"),
        (("absent", "sato", "--from", "0001-01-01", "--to", "2030-01-01"), "「0001-01-01」は遠すぎます"),
        (("show", "--week", "9999-12-31"), "「9999-12-31」は遠すぎます"),
        (("absent", "sato", "--from", "2020-01-08", "--to", "2020-01-08"), "もう過ぎています"),
        (
            ("override", "sato", "--from", "2030-01-08", "--to", "2030-01-08", "--instead-of", "sato"),
            "佐藤係長 の代わりに 佐藤係長 は立てられません",
        ),
    ],
)
def test_a_slip_is_told_in_one_line(office: Program, words: tuple[str, ...], said: str) -> None:
    ended = office("rota", *words)
    assert ended.code == 1
    assert said in ended.error


def test_a_year_that_is_not_this_one_is_told(office: Program) -> None:
    """Else an absence of years reads like one of a day."""
    away = office.well("rota", "absent", "sato", "--from", "2030-12-31", "--to", "2040-12-30")
    assert "2030-12-31 火 00:00 から 2040-12-31 月 00:00 まで" in away.out


def test_a_time_of_day_and_an_offset_are_understood(office: Program) -> None:
    begins, ends = "2030-01-08 12:00", "2030-01-08T04:00+00:00"
    change = office.well("rota", "override", "mori", "--from", begins, "--to", ends, "--json").document
    assert (change["from"], change["to"]) == ("2030-01-08T12:00:00+09:00", "2030-01-08T13:00:00+09:00")


def test_a_policy_with_an_unknown_rota_or_a_rota_alone_in_the_end_is_refused(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    unknown = mamori("policy", "push", "-", stdin=POLICY.replace("{rota: 窓口当番}", "{rota: 夜間}"))
    assert ":4: 「夜間」という当番表はありません" in unknown.error
    alone = mamori(
        "policy", "push", "-", stdin=POLICY.replace("    - {roles: [supervisor]}\ndanger", "danger")
    )
    assert ":4: 最後の段が当番だけです" in alone.error


def test_a_last_tier_that_reaches_nobody_is_refused_with_its_line(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    refused = mamori(
        "policy",
        "push",
        "-",
        stdin=POLICY.replace("    - {roles: [supervisor]}\ndanger", "    - {roles: [admin]}\ndanger"),
    )
    assert refused.code == 1
    assert ":5: 応援: 本庁舎 から呼んだとき" in refused.out


def test_untested_addresses_are_shown_and_can_be_tested_again(office: Program) -> None:
    assert office.well("people", "list").out.count("未確認") == 3
    sent = office.well("people", "test", "sato", "--json").document
    assert sent == {"person": "sato", "sent": ["slack"]}
    (sato,) = (p for p in office.well("people", "list", "--json").document if p["id"] == "sato")
    assert sato["untested"] == ["slack"]
