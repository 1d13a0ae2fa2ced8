"""What a button carries: every tap comes back as it was, is short enough, and no text can hurt."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.buttons import (
    MAX_BYTES,
    AnswerTap,
    ArticleDepth,
    ArticleTap,
    CallerTap,
    CallerWord,
    ContactKind,
    ContactTap,
    CountTap,
    GuideTap,
    Menu,
    MenuKind,
    PlaceTap,
    Reply,
    ReplyTap,
    SceneTap,
    Sight,
    SightTap,
    StartTap,
    Tap,
    TrainingTap,
    UnderstoodTap,
    UnderstoodWord,
    WayKind,
    WayTap,
    decode,
    encode,
)
from bot.core.training import TrainingWord
from bot.core.understood import Understood

word = st.from_regex(r"[A-Za-z0-9_:-]{1,20}", fullmatch=True)
number = st.integers(0, 999_999_999)
taps = st.one_of(
    st.builds(Menu, st.sampled_from(get_args(MenuKind)), st.lists(word, max_size=5).map(tuple)),
    st.builds(AnswerTap, word, word, number, word, word, number),
    st.builds(WayTap, word, st.sampled_from(get_args(WayKind)), number),
    st.builds(CountTap, word, word),
    st.builds(CallerTap, word, st.sampled_from(get_args(CallerWord))),
    st.builds(ContactTap, st.sampled_from(get_args(ContactKind)), word),
    st.builds(ReplyTap, word, st.sampled_from(get_args(Reply)), number),
    st.builds(ReplyTap, word, st.just("hand_over"), number, st.text(min_size=1, max_size=20)),
    st.builds(PlaceTap, st.text(min_size=1, max_size=30)),
    st.builds(SceneTap, word, st.one_of(st.just(""), word)),
    st.builds(SightTap, word, st.sampled_from(get_args(Sight)), st.booleans()),
    st.builds(ArticleTap, word, st.sampled_from(get_args(ArticleDepth))),
    st.builds(GuideTap, st.lists(word, min_size=1, max_size=8).map(tuple)),
    st.builds(
        UnderstoodTap,
        st.sampled_from(get_args(UnderstoodWord)),
        st.builds(Understood, words=st.text(max_size=30), hurry=st.booleans()),
    ),
    st.builds(StartTap, st.sampled_from(get_args(MenuKind)), st.booleans()),
    st.builds(TrainingTap, st.sampled_from(get_args(TrainingWord))),
    st.builds(TrainingTap, st.sampled_from(get_args(TrainingWord)), word),
    st.builds(TrainingTap, st.sampled_from(get_args(TrainingWord)), word, word),
)


@given(taps)
def test_every_tap_comes_back_as_it_was_and_fits_both_platforms(tap: Tap) -> None:
    data = encode(tap)
    assert decode(data) == tap
    assert len(data.encode()) <= MAX_BYTES


def test_every_kind_of_tap_is_among_those_that_are_tried() -> None:
    tried = {
        Menu,
        AnswerTap,
        WayTap,
        CountTap,
        CallerTap,
        ReplyTap,
        ContactTap,
        PlaceTap,
        StartTap,
        TrainingTap,
        SightTap,
        SceneTap,
        ArticleTap,
        GuideTap,
        UnderstoodTap,
    }
    assert tried == set(get_args(Tap))


@given(st.text())
def test_no_text_whatever_makes_reading_a_button_fail(text: str) -> None:
    decode(text)
    decode("m1." + text)


@given(taps, st.integers(0, 200), st.text(max_size=3))
def test_a_damaged_button_is_another_tap_or_none_but_never_a_fault(tap: Tap, place: int, text: str) -> None:
    data = encode(tap)
    damaged = decode(data[: place % len(data)] + text + data[place % len(data) + 1 :])
    assert damaged is None or decode(encode(damaged)) == damaged


def test_what_a_platform_would_refuse_is_refused_when_the_button_is_made() -> None:
    with pytest.raises(ValueError, match="at most 300"):
        encode(AnswerTap("i" * 300, "default", 1, "danger", "safe", 1))


@pytest.mark.parametrize("part", ["", "a.b", "日本", "a b", "a\n"])
def test_a_part_that_would_be_read_otherwise_is_refused_when_the_button_is_made(part: str) -> None:
    with pytest.raises(ValueError, match="may hold only"):
        encode(CountTap("i1", part))


@pytest.mark.parametrize(
    "data", ["m2.danger", "m1", "danger", "m1.a.i.f.x.s.c.1", "m1.r.i.coming.-1", "m1.r.i.coming.١"]
)
def test_other_versions_and_numbers_that_are_none_are_nobodys_button(data: str) -> None:
    assert decode(data) is None
