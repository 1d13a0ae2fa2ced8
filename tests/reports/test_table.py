"""Tables that line up and spreadsheets that stay harmless."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.csv_text import BOM, csv_text, guarded
from bot.reports.table import clean, padded, table, width

CELLS = st.one_of(st.none(), st.integers(), st.text(max_size=12))


def test_japanese_and_latin_columns_line_up() -> None:
    assert table(["拠点", "件数"], [["本庁舎", 12], ["Shisho", 3], ["支所", None]]) == [
        "拠点    件数",
        "本庁舎    12",
        "Shisho     3",
        "支所       -",
    ]


@given(st.lists(st.tuples(CELLS, CELLS, st.just("end")), max_size=8))
def test_the_last_column_begins_at_one_place_in_every_line(rows: list[tuple[str | int | None, ...]]) -> None:
    lines = table(["a", "b", "end"], rows)
    assert len({width(line.removesuffix("end")) for line in lines}) == 1


def test_half_width_and_combined_characters_take_their_own_places() -> None:
    assert [width(text) for text in ("\uff76\uff85", "カナ", "が", "か\u3099", "é", "\uff21")] == [
        2,
        4,
        2,
        2,
        1,
        2,
    ]
    assert padded("名", 4, right=True) == "  名"


def test_a_name_can_not_move_the_cursor_or_begin_a_line() -> None:
    assert clean("佐藤\n\x1b[2J花\u2028") == "佐藤  [2J花 "


@pytest.mark.parametrize("cell", ["=1+1", "+81-11", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_would_be_calculated_is_guarded(cell: str) -> None:
    assert guarded(cell) == "'" + cell


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_csv_is_read_back_as_it_was_written(rows: list[tuple[str | int | None, ...]]) -> None:
    text = csv_text(["a", "b"], rows)
    assert text.startswith(BOM)
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))
    assert read[1:] == [[str(guarded(cell)) for cell in row] for row in rows]


def test_numbers_stay_numbers() -> None:
    assert [guarded(-5), guarded(None), guarded("5")] == [-5, "", "5"]
