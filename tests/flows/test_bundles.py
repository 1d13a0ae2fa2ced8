"""A published flow is one text: it holds what it calls and its pack, and stays what it was when their files change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.bundle import Page, bound, pages
from bot.app.flow_folder import files_of, pack_of
from bot.app.flow_reader import read_flow, read_whole
from bot.app.yaml_text import Misread
from bot.core.buttons import AnswerTap, encode
from bot.core.flow import Ask
from tests.flows.test_reader import CALLING, INNER, PART, PARTS, VALID

PACK = """pack: desk
format: 1
title: {ja: 机}
base: tiny
steps:
  danger: {ask: {ja: 電話の向こうは危険ですか}}
"""


def whole(pack: str = "") -> str:
    page = Page(pack, "packs/desk.yaml") if pack else None
    return read_whole(CALLING, "x.yaml", find=PARTS.__getitem__, pack=page).text


def test_a_flow_that_calls_nothing_is_published_as_it_was_written() -> None:
    assert read_whole(VALID, "x.yaml").text == VALID


def test_the_text_of_a_flow_holds_every_flow_it_calls_once_in_order_of_the_first_call() -> None:
    twice = CALLING + "  again: {call: inner, to: sorry}\n"
    text = read_whole(twice, "x.yaml", find=PARTS.__getitem__).text
    assert [page.text for page in pages(text, "x.yaml")] == [twice, PART, INNER]


def test_the_text_is_read_by_itself_as_the_same_flow() -> None:
    alone = read_flow(whole(), "tiny@1", 1)
    assert alone.steps == read_flow(CALLING, "x.yaml", find=PARTS.__getitem__).steps


def test_a_flow_in_the_same_text_is_taken_before_a_file_that_was_changed_since() -> None:
    changed = {"part": PART.replace("どちらですか", "変えました"), "inner": INNER}
    flow = read_flow(whole(), "tiny@1", find=changed.__getitem__)
    assert isinstance(first := flow.steps["shared:first"], Ask)
    assert first.text["ja"] == "どちらですか"


def test_the_pack_travels_in_the_text() -> None:
    flow = read_flow(whole(PACK), "tiny@1")
    assert isinstance(danger := flow.steps["danger"], Ask)
    assert danger.text["ja"] == "電話の向こうは危険ですか"
    assert pack_of(whole(PACK)) == "desk"
    assert pack_of(whole()) == ""


def test_a_published_text_becomes_files_again() -> None:
    text = whole(PACK)
    assert files_of(text, "tiny") == {
        "tiny.yaml": CALLING,
        "packs/desk.yaml": PACK,
        "part.yaml": PART,
        "inner.yaml": INNER,
    }


def test_a_mistake_in_a_later_document_is_told_with_its_line_in_the_whole_text() -> None:
    text = whole().replace("say: {ja: まず聞きます。}, to: back", "sey: {ja: まず聞きます。}, to: back")
    with pytest.raises(Misread) as caught:
        read_flow(text, "tiny@1")
    number = text[: text.index("sey:")].count("\n") + 1
    assert caught.value.lines[0].startswith(f"tiny@1:{number}: ")


@pytest.mark.parametrize("extra", ["title: {ja: 何}\n", PACK + "---\n" + PACK, INNER + "---\n" + INNER])
def test_what_belongs_to_nothing_is_refused(extra: str) -> None:
    with pytest.raises(Misread) as caught:
        read_flow(bound([VALID, extra]), "x.yaml")
    assert "「---」の後" in caught.value.lines[0]


def test_comments_above_a_document_stay_with_it() -> None:
    commented = "# 部品\n---\n" + PART
    assert [page.text for page in pages(bound([VALID, commented]), "x")] == [VALID, commented]


@given(
    st.lists(
        st.sampled_from([VALID, PART, INNER, PACK, "# c\n" + PART, PART.replace("\n", "\r\n")]), min_size=1
    )
)
def test_what_was_bound_is_taken_apart_as_it_was(texts: list[str]) -> None:
    assert [page.text for page in pages(bound(texts), "x")] == texts


def test_a_button_of_a_called_step_fits_however_deep_the_call_lies() -> None:
    step = ":".join(["s" * 24] * 4)
    encode(AnswerTap("0" * 26, "f" * 20, 99_999, step, "c" * 24, 99_999))
