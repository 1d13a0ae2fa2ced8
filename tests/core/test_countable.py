"""What can be counted is looked at one by one, so that adding one without its other half fails by itself."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.app.watching import FindingKind
from bot.core import cards, effects, limits, page_cards
from bot.core.alert import Reach
from bot.core.buttons import CallerWord, MenuKind, Sight, WayKind
from bot.core.effects import JOURNAL_KINDS, Effect, View
from bot.core.emergency import CALLS
from bot.core.facts import Known
from bot.core.plan import HelpKind
from tests.core.sampling import shipped_flow, shipped_words

BOT = Path(effects.__file__).parent.parent
ROOMS = ("core", "app", "platforms", "web", "wiring", "stores")
"""Where the phrase book of the conversation is spoken; the command line and the reports have books of their own."""

WORDS = shipped_words()
JA, EN = WORDS.phrases["ja"], WORDS.phrases["en"]


def trees(*rooms: str) -> Iterator[ast.AST]:
    for room in rooms:
        for file in sorted((BOT / room).rglob("*.py")):
            yield from ast.walk(ast.parse(file.read_text("utf-8")))


def constants(node: ast.AST) -> Iterator[str]:
    """The strings that an expression may be: itself, or either half of an if."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def calls(name: str, *rooms: str) -> Iterator[ast.Call]:
    for node in trees(*rooms):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
            yield node


# --- effects and views ---


def test_every_view_has_a_composer() -> None:
    assert set(cards._VIEWS) == set(get_args(View))


def test_every_effect_is_done_by_somebody() -> None:
    """Each kind is told apart in the turn, the sender or the incident; nothing falls through unseen."""
    named: set[str] = set()
    for node in calls("isinstance", "app", "core"):
        named |= {n.id for n in ast.walk(node.args[1]) if isinstance(n, ast.Name)}
    assert {effect.__name__ for effect in get_args(Effect)} <= named


def test_every_show_names_a_view_that_exists() -> None:
    views = [view for call in calls("Show", "core", "app") for view in constants(call.args[1])]
    assert set(views) == set(get_args(View))


# --- the journal ---


def recorded() -> set[str]:
    kinds = {kind for call in calls("Record", "core", "app") for kind in constants(call.args[0])}
    return kinds | {kind for call in calls("Entry", "app") for kind in constants(call.args[1])}


def test_every_kind_of_journal_entry_is_written_down_and_used() -> None:
    assert recorded() == set(JOURNAL_KINDS)
    assert all(JOURNAL_KINDS.values())


def test_the_rooms_thread_tells_only_what_is_recorded() -> None:
    assert set(page_cards.THREAD_KINDS) <= set(JOURNAL_KINDS)


@pytest.mark.parametrize("kind", page_cards.THREAD_KINDS)
def test_every_line_of_the_thread_has_its_words(kind: str) -> None:
    assert f"thread_{kind}" in JA


# --- phrases ---

COUNTERS = {c for s in shipped_flow().steps.values() for c in getattr(s, "counters", ())}

SIGHTS = tuple(f"{sight}_{seen}" for sight in get_args(Sight) for seen in ("yes", "no"))

FAMILIES: dict[str, tuple[str, ...]] = {
    "menu_": get_args(MenuKind),
    "begin_": get_args(MenuKind),
    "way_": tuple(set(get_args(WayKind)) - {"current", "over"}),
    "say_": tuple(set(get_args(CallerWord)) - {"finished"}),
    "kind_": get_args(HelpKind),
    "alone_": get_args(Known),
    "police_weapon_": get_args(Known),
    "reach_": get_args(Reach),
    "page_mine_": ("coming", "arrived"),
    "status_wider_": ("declined", "unreachable"),
    "thread_": page_cards.THREAD_KINDS,
    "limit_": limits.NAMES,
    "limit_decider_": limits.NAMES,
    "limit_next_": limits.NAMES,
    **{f"limit_{scene}_": limits.NAMES for scene in limits.SCENES},
    **{f"limit_next_{scene}_": limits.NAMES for scene in limits.SCENES},
    "sight_tap_": SIGHTS,
    "sight_": SIGHTS,
    "police_first_": CALLS,
    "police_title_": CALLS,
    "police_where_": ("around", "theirs"),
    "police_awake": ("",),
    "police_breathing": ("",),
    "counter_": tuple(sorted(COUNTERS)),
    "watch_": get_args(FindingKind),
}
"""Keys that are put together of a beginning and a code: with every code there is."""


def spoken() -> set[str]:
    """Every key that the program can say."""
    named = {n.value for n in trees(*ROOMS) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    families = {beginning + code for beginning, codes in FAMILIES.items() for code in codes}
    return (named & set(JA)) | families


def test_no_phrase_is_missing_and_none_is_left_over() -> None:
    left_over = set(JA) - spoken()
    assert (
        sorted(key for key in left_over if not key.startswith("counter_")) == []
    )  # a flow may count other things
    assert sorted(spoken() - set(JA)) == []


def test_every_key_that_is_said_by_name_exists() -> None:
    said = {
        key
        for call in calls("say", "core", "app")
        if call.args
        for arg in call.args[:2]
        for key in constants(arg)
    }
    keys = {key for key in said if "_" in key}
    assert sorted(keys - set(JA)) == []


def test_every_phrase_is_there_in_every_language() -> None:
    assert sorted(JA) == sorted(EN)


@pytest.mark.parametrize("key", sorted(JA))
def test_a_phrase_names_the_same_values_in_every_language(key: str) -> None:
    assert values_in(JA[key]) == values_in(EN.get(key, JA[key]))


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    "word", ["カスハラ", "ハラスメント", "加害", "犯人", "クレーマー", "モンスター", "悪質"]
)
def test_no_phrase_holds_a_word_that_the_other_person_should_not_read(word: str) -> None:
    assert [key for key, text in JA.items() if word in text] == []


@pytest.mark.parametrize(
    "key", sorted(k for k in JA if k.startswith(("menu_", "way_", "say_", "reply_", "begin_")))
)
def test_a_label_is_short_enough_for_a_thumb_and_a_glance(key: str) -> None:
    assert len(JA[key]) <= 12
    assert len(EN[key]) <= 24


@pytest.mark.parametrize("group", ["acts", "steps", "cautions", "levels", "facts"])
def test_every_code_that_the_flow_uses_has_a_label(group: str) -> None:
    used: set[str] = set()
    for step in shipped_flow().steps.values():
        guidance = getattr(step, "guidance", None)
        choices = getattr(step, "choices", ())
        used |= {
            "acts": {a for c in choices for a in c.acts},
            "steps": set(guidance.steps) if guidance else set(),
            "cautions": set(guidance.cautions) if guidance else set(),
            "levels": {step.level} if hasattr(step, "level") else set(),
            "facts": {f for c in choices for f in c.facts},
        }[group]
    assert {code for code in used if not WORDS.labels[group].get(code, {}).get("ja")} == set()
