"""Typed words on their way through buttons: small enough, whole again at the other end, and never more than was ticked."""

import string
from collections.abc import Mapping
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.core.buttons import MAX_BYTES, UnderstoodTap, UnderstoodWord, decode, encode
from bot.core.effects import Effect, Record
from bot.core.events import Answered, ThingsChanged
from bot.core.facts import ACTS, FACTS, FactValue
from bot.core.flow import Flow
from bot.core.incident import open_incident
from bot.core.understood import (
    LETTERS,
    MOST_BESIDE,
    MOST_FACTS,
    MOST_GUESSED,
    Mark,
    Meant,
    Understood,
    understood_from,
)
from bot.core.walk import Walk, acts_of, begin, begin_elsewhere, step
from tests.core.sampling import NOW, opened, shipped_flow

acts = st.lists(st.sampled_from(ACTS), unique=True, max_size=6)
shown = acts.flatmap(
    lambda found: st.tuples(*(st.tuples(st.just(a), st.sampled_from(get_args(Mark))) for a in found))
)
understoods = st.builds(
    Understood,
    shown,
    st.lists(st.sampled_from(FACTS), unique=True, max_size=12).map(tuple),
    st.text(max_size=40),
    st.booleans(),
)


@given(understoods, st.sampled_from(get_args(UnderstoodWord)))
def test_what_was_understood_comes_back_from_the_button_as_it_was(
    taken: Understood, word: UnderstoodWord
) -> None:
    tap = UnderstoodTap(word, taken)
    assert decode(encode(tap)) == tap


@given(acts, acts, st.lists(st.sampled_from(FACTS)), st.text(max_size=400), st.booleans(), st.booleans())
def test_whatever_was_typed_fits_into_the_button(
    guessed: list[str], likely: list[str], facts: list[str], words: str, sure: bool, hurry: bool
) -> None:
    taken = understood_from(guessed, likely, facts, words, sure=sure, hurry=hurry)
    for word in get_args(UnderstoodWord):
        assert len(encode(UnderstoodTap(word, taken)).encode()) <= MAX_BYTES
    assert len(taken.acts) <= MOST_GUESSED + MOST_BESIDE
    assert len(taken.facts) <= MOST_FACTS


def test_words_that_are_too_long_are_cut_where_it_can_be_seen() -> None:
    taken = understood_from((), (), (), "😀" * 300)
    assert taken.words == "😀" * ((LETTERS - 1) // 2) + "…"
    assert understood_from((), (), (), " 短い ").words == "短い"
    assert understood_from((), (), (), "half a pair \ud83d").words.startswith("half a pair")


LETTER_OF_ACT = dict(zip(string.ascii_lowercase, ACTS, strict=False))


def test_a_letter_stands_for_the_same_act_for_ever() -> None:
    """Buttons stay in chats for years: codes are only ever added at the end of their lists."""
    assert ACTS[:12] == (
        *("physical_attack", "mental_attack", "intimidation", "persistent", "confinement", "discrimination"),
        *(
            "sexual",
            "personal_attack",
            "money_demand",
            "apology_demand",
            "unfounded_claim",
            "unrelated_demand",
        ),
    )
    assert (FACTS[0], FACTS[6], FACTS[9], FACTS[18], FACTS[30]) == (
        "weapon_seen",
        "minutes_elapsed",
        "demand_related_to_service",
        "stalking_or_personal_info",
        "staff_feels_unsafe",
    )
    assert len(ACTS) <= len(string.ascii_lowercase)
    assert len(FACTS) <= len(string.ascii_letters)


def test_nothing_is_ticked_of_what_is_not_sure() -> None:
    taken = understood_from(("sexual",), ("persistent",), ("sexual_remark_or_act",), "…", sure=False)
    assert (taken.picked, taken.guessed, taken.facts) == ((), ("sexual",), ())


def test_a_tick_is_set_and_taken_away_and_what_was_guessed_is_remembered() -> None:
    taken = understood_from(("intimidation",), ("persistent",), (), "words")
    other = taken.turned("intimidation").turned("persistent")
    assert (other.picked, other.guessed) == (("persistent",), ("intimidation",))
    assert other.turned("intimidation").turned("persistent") == taken


MEANT = {
    "loud_or_banging": Meant(("intimidation",)),
    "repeated_contacts": Meant(("persistent",), ("org_at_fault",)),
}


def test_facts_go_with_the_acts_they_stand_for() -> None:
    facts = ("loud_or_banging", "repeated_contacts", "staff_alone")
    taken = understood_from(("intimidation", "persistent"), (), facts, "words")
    assert taken.settled(MEANT).facts == facts
    assert taken.turned("intimidation").settled(MEANT).facts == ("repeated_contacts", "staff_alone")


def test_a_fact_that_stands_for_nothing_here_stays_whatever_is_ticked() -> None:
    taken = understood_from((), (), ("repeated_contacts", "org_at_fault"), "words")
    assert taken.settled(MEANT).facts == ("repeated_contacts", "org_at_fault")


def test_a_tick_by_hand_asserts_no_fact() -> None:
    taken = understood_from((), ("intimidation",), ("staff_alone",), "words").turned("intimidation")
    assert taken.settled(MEANT).facts == ("staff_alone",)


# --- what the walk keeps of it ---


def answered(flow: Flow, walk: Walk, *choices: str) -> Walk:
    for choice in choices:
        walk = step(flow, walk, Answered(NOW, walk.at, choice, walk.revision, walk.flow)).walk
    return walk


def test_a_ticked_act_is_known_from_the_start_and_skips_no_question() -> None:
    flow = shipped_flow()
    plain, ticked = begin(flow, {}).walk, begin(flow, {}, picked=("persistent",)).walk
    assert acts_of(flow, ticked) == ("persistent",)
    assert ticked.at == plain.at


def test_a_ticked_act_falls_when_the_answers_deny_all_that_would_stand_for_it() -> None:
    flow = shipped_flow()
    walk = begin(flow, {}, picked=("sexual",)).walk
    denied: dict[str, FactValue] = {
        f: "no" for c in flow.acting_choices if "sexual" in c.acts for f in c.facts
    }
    assert denied
    told = begin(flow, denied, picked=("sexual",)).walk
    assert (acts_of(flow, walk), acts_of(flow, told)) == (("sexual",), ())


def test_an_act_that_no_answer_stands_for_stays() -> None:
    flow = shipped_flow()
    assert acts_of(flow, begin(flow, {}, picked=("of_our_own",)).walk) == ("of_our_own",)


def test_another_flow_takes_the_ticks_along_and_a_new_beginning_drops_them() -> None:
    flow = shipped_flow()
    walk = begin(flow, {}, picked=("persistent",)).walk
    assert begin_elsewhere(flow, walk, {}, False).walk.picked == ("persistent",)
    assert step(flow, walk, ThingsChanged(NOW)).walk.picked == ()


def recorded(effects: tuple[Effect, ...]) -> list[Mapping[str, str | int]]:
    return [e.data for e in effects if isinstance(e, Record) and e.kind == "understood"]


def test_the_journal_keeps_what_was_guessed_and_what_was_ticked() -> None:
    taken = understood_from(("intimidation",), ("persistent",), (), "words").turned("persistent")
    result = open_incident(shipped_flow(), opened("unsure", understood=taken))
    assert recorded(result.effects) == [{"guessed": "intimidation", "picked": "intimidation persistent"}]
    plain = open_incident(shipped_flow(), opened("unsure"))
    assert recorded(plain.effects) == []
