"""Counting as the platforms count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.limits import clip, graphemes, utf16


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", 0),
        ("応援", 2),
        ("か\u3099", 1),
        ("ｶﾞ", 1),
        ("葛\U000e0100", 1),
        ("e\u0301", 1),
        ("👍🏽", 1),
        ("👨\u200d👩\u200d👧", 1),
        ("❤\ufe0f", 1),
        ("1\ufe0f\u20e3", 1),
        ("🇯🇵🇯🇵", 2),
        ("🇯🇵🇯", 2),
        ("a\u200db", 2),
        ("\r\n", 1),
        ("\n\u3099", 2),
        ("각", 1),
    ],
)
def test_a_grapheme_is_what_a_reader_sees_as_one(text: str, seen: int) -> None:
    assert graphemes(text) == seen


def test_utf16_counts_a_rare_letter_twice() -> None:
    assert (utf16("高橋"), utf16("𠮷野"), utf16("👍🏽")) == (2, 3, 4)


def test_a_cut_never_goes_through_a_letter() -> None:
    assert clip("👨\u200d👩\u200d👧" * 3, 2, graphemes) == "👨\u200d👩\u200d👧…"
    assert clip("か\u3099き\u3099く\u3099", 4, utf16) == "か\u3099…"
    assert clip("𠮷野家", 3, utf16) == "𠮷…"


@pytest.mark.parametrize("count", [graphemes, utf16])
@given(st.text(st.sampled_from("あa 👍🏽👨\u200d👩🇯🇵か\u3099\r\n𠮷e\u0301"), max_size=12), st.integers(0, 12))
def test_a_clipped_text_fits_and_a_fitting_one_is_left_alone(count, text: str, room: int) -> None:  # type: ignore[no-untyped-def]
    clipped = clip(text, room, count)
    assert count(clipped) <= room
    assert (clipped == text) if count(text) <= room else (clipped == "" or clipped.endswith("…"))
