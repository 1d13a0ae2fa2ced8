"""The policy by its commands."""

from pathlib import Path

from tests.cli.conftest import Program

PEOPLE = """id,name,role,site,slack_user_id
aiko,愛子,staff,本庁舎,U0AIKO
sato,佐藤係長,supervisor,本庁舎,U0SATO
"""
POLICY = """policy: 1
standard:
  tiers:
    - {people: [sato], wait: 1, again: 1}
    - {roles: [supervisor], wait: 60, again: 30}
danger:
  tiers:
    - {roles: [supervisor], wait: 5, again: 5}
"""


def test_a_policy_with_waits_of_a_second_is_pushed_and_says_what_changed(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    mamori.well("policy", "push", "-", stdin=POLICY)
    changed = mamori.well("policy", "push", "-", stdin=POLICY.replace("wait: 60", "wait: 90"))
    assert "応援 2段目: 次の段までの秒数 60 → 90" in changed.out
    assert mamori.well("policy", "show", "--json").document["text"] == POLICY.replace("wait: 60", "wait: 90")
    assert (
        "何も変わっていません"
        in mamori.well("policy", "push", "-", stdin=POLICY.replace("wait: 60", "wait: 90")).out
    )


def test_a_policy_that_names_a_stranger_or_reaches_nobody_is_refused(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    stranger = mamori("policy", "check", "-", stdin=POLICY.replace("[sato]", "[satoo]"))
    assert stranger.code == 1
    assert ":4: 「satoo」という人は名簿にいません" in stranger.error
    mamori.well("people", "deactivate", "sato")
    nobody = mamori("policy", "push", "-", "--json", stdin=POLICY)
    assert nobody.code == 1
    assert nobody.document["pushed"] is False
    assert {f["code"] for f in nobody.document["findings"]} == {"nobody_reached"}
    assert mamori.well("policy", "show", "--json").document["own"] is False


def test_the_shown_policy_can_be_pushed_back(mamori: Program, tmp_path: Path) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    shown = mamori.well("policy", "show").out
    assert "何も変わっていません" in mamori.well("policy", "push", "-", stdin=shown).out


def test_an_address_that_nobody_would_ever_read_is_told_with_its_line(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    sites = "sites:\n  本庁舎: {address: 見本市中央1条}\n  本庁: {address: 見本市中央1条}\n"
    pushed = mamori.well("policy", "push", "-", stdin=POLICY + sites)
    assert ":11: 名簿に「本庁」という拠点の人がいません" in pushed.out
    assert "「本庁舎」という拠点" not in pushed.out
    (finding,) = mamori.well("policy", "check", "-", "--json", stdin=POLICY + sites).document["findings"]
    assert (finding["level"], finding["code"], finding["site"]) == ("warning", "site_of_nobody", "本庁")


def test_other_limits_on_the_phone_are_told_by_their_name(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    mamori.well("policy", "push", "-", stdin=POLICY)
    told = mamori.well("policy", "check", "-", stdin=POLICY + "limits_phone: {hard_limit_counter: 30}\n").out
    assert "目安の数字 limits_phone.hard_limit_counter: - → 30" in told
