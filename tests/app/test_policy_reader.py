"""What a clerk writes about rotas and hours, and what they are told when it is wrong: the line, what, and how to mend it."""

from datetime import timedelta

import pytest

from bot.app.policy_reader import lines_of_last_tiers, read_policy
from bot.app.yaml_text import Misread
from bot.config import CONTENT
from bot.core.limits import NAMES
from bot.core.plan import Holidays, Person, Policy, Premises, RollCallRule, plans_for
from bot.core.rota import Hours, Rota, Shift, Span

WRITTEN = """policy: 1
standard:
  tiers:
    - {rota: 窓口当番, wait: 60}
    - {roles: [supervisor, admin]}
danger:
  tiers:
    - {roles: [supervisor, admin]}
rotas:
  窓口当番:
    weekly:
      - {days: 月-金, from: 08:30, to: 17:15, people: [sato]}
      - {days: [土, 日], from: 8:30, to: 17:15, people: [mori]}
hours:
  本庁舎:
    - {days: 平日, from: "08:30", to: "17:15"}
holidays:
  also: [12-29, 2026-12-28]
rollcall: {minutes_before: 20, minutes_to_answer: 10}
"""


def read(old: str = "", new: str = "", people: frozenset[str] | None = None) -> Policy:
    assert old in WRITTEN
    return read_policy(WRITTEN.replace(old, new), "policy.yaml", people)


def mistake(old: str, new: str, people: frozenset[str] | None = None) -> str:
    with pytest.raises(Misread) as raised:
        read(old, new, people)
    (line,) = raised.value.lines
    return line


def test_a_rota_is_read_as_a_clerk_writes_it() -> None:
    policy = read()
    weekdays, weekend = ("mon", "tue", "wed", "thu", "fri"), ("sat", "sun")
    assert policy.rotas == {
        "窓口当番": Rota(
            "窓口当番",
            (Shift(Span(weekdays, 510, 1035), ("sato",)), Shift(Span(weekend, 510, 1035), ("mori",))),
            "sun",
        )
    }
    assert policy.hours == {"本庁舎": Hours((Span(weekdays, 510, 1035),), "holiday")}
    assert policy.holidays == Holidays(True, ("12-29", "2026-12-28"))
    assert policy.rollcall == RollCallRule(timedelta(minutes=20), timedelta(minutes=10))
    assert (policy.standard.tiers[0].rota, policy.standard.tiers[0].at_once) == ("窓口当番", True)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("毎日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
        ("金-月", ("fri", "sat", "sun", "mon")),
        ("mon-wed", ("mon", "tue", "wed")),
        ("[月, 水, 金]", ("mon", "wed", "fri")),
        ("[平日, 土]", ("mon", "tue", "wed", "thu", "fri", "sat")),
        ("sun", ("sun",)),
    ],
)
def test_days_are_written_in_either_language_singly_or_as_a_range(
    written: str, days: tuple[str, ...]
) -> None:
    assert read("days: 月-金", f"days: {written}").rotas["窓口当番"].shifts[0].span.days == days


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("0:00", "24:00", (0, 1440)),
        ("17:15", "08:30", (1035, 510)),
        ("'09:00'", "0:00", (540, 0)),
        ("1:00", "2:00", (60, 120)),
    ],
)
def test_times_of_day_are_read_with_and_without_quotation_marks(
    start: str, end: str, minutes: tuple[int, int]
) -> None:
    span = read("from: 08:30, to: 17:15", f"from: {start}, to: {end}").rotas["窓口当番"].shifts[0].span
    assert (span.start, span.end) == minutes


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        ("", "sun"),
        ("    on_holidays: 休み\n", "off"),
        ("    on_holidays: usual\n", "usual"),
        ("    on_holidays: 土\n", "sat"),
    ],
)
def test_holidays_are_like_sunday_unless_the_rota_says_otherwise(added: str, rule: str) -> None:
    assert read("hours:\n", f"{added}hours:\n").rotas["窓口当番"].on_holidays == rule


def test_shifts_for_holidays_are_a_pattern_of_their_own() -> None:
    assert read("days: [土, 日]", "days: [土, 日, 祝]").rotas["窓口当番"].on_holidays == "holiday"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rota: 窓口当番", "rota: 夜間当番", "policy.yaml:4: 「夜間当番」という当番表はありません"),
        (
            "    - {roles: [supervisor, admin]}\ndanger",
            "    - {rota: 窓口当番}\ndanger",
            "policy.yaml:5: 最後の段が当番だけです",
        ),
        (
            "{rota: 窓口当番, wait: 60}",
            "{wait: 60}",
            "policy.yaml:4: standard.tiers.0: この段には誰もいません",
        ),
        (
            "days: 月-金",
            "days: 月-禁",
            "policy.yaml:12: rotas.窓口当番.weekly.0.days: 「月-禁」という曜日はありません",
        ),
        (
            "days: 月-金",
            "days: 平日-土",
            "policy.yaml:12: rotas.窓口当番.weekly.0.days: 「平日-土」という曜日はありません",
        ),
        ("from: 08:30", "from: 8", "policy.yaml:12: rotas.窓口当番.weekly.0.from: 「8」は時刻ではありません"),
        (
            "to: 17:15, people: [sato]",
            "to: 24:01, people: [sato]",
            "policy.yaml:12: rotas.窓口当番.weekly.0.to: 「24:01」は時刻ではありません",
        ),
        ("12-29", "12-32", "policy.yaml:18: holidays.also.0: 「12-32」という日はありません"),
        ("minutes_to_answer: 10", "minutes_to_answer: 20", "policy.yaml:19: rollcall: 返事を待つ時間"),
        (
            "hours:\n",
            "    on_holidays: 盆\nhours:\n",
            "policy.yaml:14: rotas.窓口当番.on_holidays: 「盆」は使えません",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, words: str) -> None:
    assert words in mistake(old, new)


def test_a_rule_beside_shifts_for_holidays_is_refused() -> None:
    wrong = WRITTEN.replace("[土, 日]", "[祝]").replace("hours:\n", "    on_holidays: 土\nhours:\n")
    with pytest.raises(Misread, match="どちらかを消してください"):
        read_policy(wrong, "policy.yaml")


def test_people_of_a_rota_must_be_in_the_directory() -> None:
    found = mistake("", "", frozenset({"sato"}))
    assert found == "policy.yaml:13: 「mori」という人は名簿にいません"


def test_the_line_of_the_last_tier_is_known_for_findings() -> None:
    assert lines_of_last_tiers(WRITTEN, "policy.yaml") == {"standard": 5, "danger": 8}


def test_the_shipped_policies_and_the_example_of_the_guide_can_be_read() -> None:
    guide = (CONTENT / "docs" / "policy.md").read_text("utf-8")
    examples = [part.partition("```")[0] for part in guide.split("```yaml\n")[1:]]
    assert any("rotas:" in example for example in examples)
    for text in (*examples, *(p.read_text("utf-8") for p in CONTENT.glob("flows/**/policy.yaml"))):
        read_policy(text, "policy.yaml")


def test_the_commented_examples_of_the_shipped_policy_can_be_used_as_they_are() -> None:
    shipped = (CONTENT / "flows" / "policy.yaml").read_text("utf-8")
    lines = [line.removeprefix("#| ") for line in shipped.splitlines()]
    policy = read_policy("\n".join(lines), "policy.yaml")
    assert policy.rotas
    assert policy.hours
    assert policy.rollcall


def with_line(line: str) -> str:
    return f"{WRITTEN}{line}\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("limits: {warn_cuont: 3}", "policy.yaml:20: limits: 「warn_cuont」という目安はありません"),
        ("limits: {warn_count: 0}", "policy.yaml:20: limits.warn_count: 1 以上にしてください"),
        ("limits: {hard_limit_stall: 99999999999999999999}", "limits.hard_limit_stall: 1440 以下に"),
        (
            "limits: {warn_count: 2.5}",
            "policy.yaml:20: limits.warn_count: 小数ではなく、整数で書いてください",
        ),
        ("channels: [line, slack, line]", "policy.yaml:20: channels: 「line」が二度あります"),
        (
            "duress_phrases: ['   ']",
            "policy.yaml:20: duress_phrases.0: 合い言葉は、空白と終わりの「。」のほかに",
        ),
        ("duress_phrases: [。。。]", "policy.yaml:20: duress_phrases.0: 合い言葉は"),
        ("places: {本庁舎: [1番窓口, 1番窓口]}", "policy.yaml:20: places.本庁舎: 「1番窓口」が二度あります"),
    ],
)
def test_what_would_do_nothing_or_too_much_is_told_before_it_is_used(line: str, words: str) -> None:
    """A limit that is misspelt is never reached; one that is too far stops every call; blank words are in every message."""
    with pytest.raises(Misread) as raised:
        read_policy(with_line(line), "policy.yaml")
    (said,) = raised.value.lines
    assert words in said


SITES = """sites:
  本庁舎:
    address: 見本市中央1条1丁目
    landmark: 公園の向かい
    phone: 011-000-0000 内線12
    entrance: 正面玄関
    floors: {1番窓口: 1階}
"""


def test_a_site_is_written_as_it_will_be_told_to_110() -> None:
    policy = read_policy(with_line(SITES), "policy.yaml")
    assert policy.sites == {
        "本庁舎": Premises(
            "見本市中央1条1丁目", "公園の向かい", "011-000-0000 内線12", "正面玄関", {"1番窓口": "1階"}
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "    address: 見本市中央1条1丁目\n",
            "",
            "policy.yaml:21: sites.本庁舎.address: 必要です。書き足してください",
        ),
        (
            "011-000-0000 内線12",
            "代表番号",
            "policy.yaml:24: sites.本庁舎.phone: 「代表番号」は電話番号に見えません",
        ),
        (
            "公園の向かい",
            '"公園\\nの向かい"',
            "policy.yaml:23: sites.本庁舎.landmark: 「公園 の向かい」に改行があります",
        ),
        ("正面玄関", "あ" * 21, "policy.yaml:25: sites.本庁舎.entrance: 20字までにしてください"),
        ("entrance:", "door:", "policy.yaml:25: sites.本庁舎.door: この名前は使えません"),
        ("1階", '""', "policy.yaml:26: sites.本庁舎.floors.1番窓口: 空です"),
    ],
)
def test_what_could_not_be_read_aloud_is_one_line_with_its_place(old: str, new: str, words: str) -> None:
    with pytest.raises(Misread) as raised:
        read_policy(with_line(SITES.replace(old, new)), "policy.yaml")
    (said,) = raised.value.lines
    assert words in said


def test_the_phone_and_a_visit_keep_what_is_common_but_for_what_they_write() -> None:
    lines = "limits: {soft_limit_counter: 20, hard_limit_counter: 60}\nlimits_phone: {hard_limit_counter: 30}"
    plans = plans_for(read_policy(with_line(lines), "policy.yaml"), {}, Person("aiko", "愛子"))
    assert plans.limits_in("phone") == {"soft_limit_counter": 20, "hard_limit_counter": 30}
    assert plans.limits_in("default") == plans.limits_in("visit")
    assert plans.limits_in("visit")["hard_limit_counter"] == 60


@pytest.mark.parametrize("part", ["limits_phone", "limits_visit"])
def test_a_limit_that_nobody_knows_is_refused_there_as_well(part: str) -> None:
    with pytest.raises(Misread) as raised:
        read_policy(with_line(f"{part}: {{hard_limit: 30}}"), "policy.yaml")
    assert f"policy.yaml:20: {part}: 「hard_limit」という目安はありません" in raised.value.lines[0]


def test_every_limit_of_the_shipped_policy_has_an_effect() -> None:
    """Each name is a limit of time, or one that a counter of the flows reaches."""
    shipped = read_policy((CONTENT / "flows" / "policy.yaml").read_text("utf-8"), "policy.yaml")
    assert set(shipped.limits) == set(NAMES)
    assert shipped.limits_phone
    assert shipped.limits_visit


def test_a_shift_without_days_is_a_mistake() -> None:
    assert "曜日がありません" in mistake("days: 月-金", "days: []")


def test_one_mistake_in_a_list_of_one_is_one_line() -> None:
    """Not a second one that says that the list is empty, which it isn't."""
    said = mistake("    - {roles: [supervisor, admin]}\nrotas", "    - {roles: [boss]}\nrotas")
    assert said.startswith("policy.yaml:8: danger.tiers.0.roles.0: ")


def test_a_mistake_is_one_line_whatever_was_written() -> None:
    said = mistake("from: 08:30, to: 17:15, people: [sato]", 'from: "8\\n30", to: 17:15, people: [sato]')
    assert "\n" not in said
    assert "「8 30」は時刻ではありません" in said


@pytest.mark.parametrize("text", ["", "5", "[]", "null"])
def test_what_is_no_policy_at_all_is_told_in_one_line(text: str) -> None:
    with pytest.raises(Misread) as raised:
        read_policy(text, "policy.yaml")
    assert raised.value.lines == ("policy.yaml:1: 「名前: 値」の形で、字下げして書いてください",)
