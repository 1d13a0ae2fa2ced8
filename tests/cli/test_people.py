"""The directory by its commands."""

from pathlib import Path

from bot.app.enrolling import CODE
from bot.cli.people import new_code
from tests.cli.conftest import Program

HEADER = "id,name,role,site,place,line_user_id,slack_user_id,phone,email,language\n"
AIKO = "aiko,愛子,staff,本庁舎,2番窓口,U" + "a" * 32 + ",U0AIKO,,aiko@example.jp,ja\n"
SATO = "sato,佐藤係長,管理職,本庁舎,税務課,,U0SATO,,,\n"


def test_a_list_is_imported_whole_and_counted_again_as_unchanged(mamori: Program) -> None:
    counts = mamori.well("people", "import", "-", "--json", stdin=HEADER + AIKO + SATO).document
    assert counts == {"added": 2, "changed": 0, "unchanged": 0}
    again = mamori.well("people", "import", "-", stdin=HEADER + AIKO.replace("2番", "3番"))
    assert again.out == "追加 0人、変更 1人、そのまま 0人\n"
    people = mamori.well("people", "list", "--json").document
    assert [(p["id"], p["role"], p["place"]) for p in people] == [
        ("aiko", "staff", "3番窓口"),
        ("sato", "supervisor", "税務課"),
    ]


def test_one_wrong_row_keeps_all_rows_out_and_names_its_line(mamori: Program) -> None:
    ended = mamori("people", "import", "-", stdin=HEADER + AIKO + "sato,佐藤,boss,,,,,,,\n")
    assert ended.code == 1
    assert ":3: role:" in ended.error
    assert "名簿にはまだ誰もいません" in mamori.well("people", "list").out


def test_an_address_that_somebody_has_is_refused_by_their_name(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=HEADER + AIKO + SATO)
    ended = mamori("people", "import", "-", stdin=HEADER + SATO.replace("sato,佐藤係長", "mori,森課長"))
    assert ended.code == 1
    assert "森課長(mori)の Slack のIDは、佐藤係長(sato)のものです" in ended.error


def test_a_person_who_left_has_no_address_and_gets_no_invitation(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=HEADER + AIKO + SATO)
    assert "停止しました" in mamori.well("people", "deactivate", "aiko").out
    aiko = mamori.well("people", "list", "--json").document[0]
    assert (aiko["active"], aiko["line_user_id"], aiko["slack_user_id"]) == (False, "", "")
    ended = mamori("people", "invite", "aiko")
    assert ended.code == 1
    assert "停止中" in ended.error


def test_an_invitation_is_a_code_that_the_bot_takes(mamori: Program) -> None:
    mamori.well("people", "import", "-", stdin=HEADER + SATO)
    invited = mamori.well("people", "invite", "sato", "--days", "3", "--json").document
    assert CODE.fullmatch(invited["code"])
    assert (invited["person"], invited["days"]) == ("sato", 3)


def test_every_code_is_one_that_the_bot_takes() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(CODE.fullmatch(code) for code in codes)


def test_the_demo_s_people_and_policy_can_be_set_up_by_commands_alone(mamori: Program) -> None:
    demo = Path(__file__).parents[2] / "flows" / "demo"
    mamori.well("orgs", "add", "ebetsu", "江別市")
    mamori.well("--org", "ebetsu", "people", "import", str(demo / "people.csv"))
    pushed = mamori.well("--org", "ebetsu", "policy", "push", str(demo / "policy.yaml"))
    assert "使い始めました" in pushed.out
    assert mamori.well("orgs", "list", "--json").document == [{"id": "ebetsu", "name": "江別市"}]
    assert mamori.well("people", "list", "--json").document == []
