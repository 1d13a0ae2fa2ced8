"""Learning is the same to the byte every time, and what is written is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.understanding.building import built_light, material_of
from bot.app.understanding.comparing import METHODS
from bot.app.understanding.linear import learnt
from bot.app.understanding.measuring import Unlabelled, read_set
from bot.app.understanding.model import Outdated, read_model, written
from bot.app.understanding.phrases import Phrase, read_phrases, source_digest
from bot.app.understanding.signs import Reader
from bot.app.understanding.training import FOLDS, fold_of, fold_scores
from bot.app.yaml_text import Misread
from tests.understanding.conftest import KNOWLEDGE


@pytest.fixture(scope="module")
def few() -> tuple[Phrase, ...]:
    return read_phrases(KNOWLEDGE)[::40]


def test_the_same_phrases_give_the_same_model_to_the_byte(few: tuple[Phrase, ...], reader: Reader) -> None:
    assert model_text(few, reader) == model_text(few, reader)


def test_a_written_model_is_read_as_it_was(few: tuple[Phrase, ...], reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "model.txt"
    file.write_text(model_text(few, reader), "utf-8")
    assert written(read_model(file)) == file.read_text("utf-8")


def test_a_file_that_is_no_model_of_this_format_is_told_apart(tmp_path: Path) -> None:
    for text in ("", "hello\n", '{"format": 0}\n'):
        (tmp_path / "model.txt").write_text(text)
        with pytest.raises(Outdated):
            read_model(tmp_path / "model.txt")


def test_a_weight_goes_to_the_sign_that_tells_the_answers_apart() -> None:
    rows = [((0, 1.0), (1, 0.2)), ((0, 1.0),), ((2, 1.0), (1, 0.2)), ((2, 1.0),)]
    weights = learnt(rows, [[1.0], [1.0], [-1.0], [-1.0]], 3)
    assert weights[0][0] > 0.5
    assert weights[2][0] < -0.5
    assert abs(weights[1][0]) < 0.1


def test_a_held_back_phrase_is_judged_by_a_model_that_has_not_seen_it(
    few: tuple[Phrase, ...], reader: Reader
) -> None:
    stuff = material_of(few, reader)
    judged = [number for number, _ in fold_scores(stuff.phrases, stuff.signs, 1)]
    assert judged == [number for number in range(len(few)) if fold_of(number) == 1]
    assert FOLDS == 5


def test_the_digest_changes_with_any_file_that_a_model_is_made_from(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    names = ("readings.yaml", "notions.yaml", "danger_words.yaml", "phrases/a.yaml")
    for name in names:
        (tmp_path / name).write_text("a: 1\n")
    before = source_digest(tmp_path)
    for name in names:
        (tmp_path / name).write_text("a: 2\n")
        after = source_digest(tmp_path)
        assert after != before, name
        before = after


@pytest.mark.parametrize("label", ["acts: [kick]", "urgency: now", "intent: shout"])
def test_a_label_that_there_is_not_is_told_with_its_file(tmp_path: Path, label: str) -> None:
    (tmp_path / "phrases").mkdir()
    entry = {"text": "あ", "acts": "[]", "urgency": "none", "intent": "chitchat_or_other"}
    name, _, value = label.partition(": ")
    entry[name] = value
    line = ", ".join(f"{key}: {said}" for key, said in entry.items())
    (tmp_path / "phrases" / "a.yaml").write_text(f"phrases:\n  - {{{line}}}\n", "utf-8")
    with pytest.raises(Misread, match=r"a\.yaml"):
        read_phrases(tmp_path)


@pytest.mark.parametrize(
    "line", ["no json", '{"text": "あ"}', '{"text": "あ", "urgency": "x", "intent": "y"}']
)
def test_a_line_of_a_set_without_labels_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    good = '{"text": "あ", "acts": ["none"], "urgency": "none", "intent": "chitchat_or_other"}'
    (tmp_path / "set.jsonl").write_text(f"{good}\n\n{line}\n", "utf-8")
    with pytest.raises(Unlabelled) as caught:
        read_set(tmp_path / "set.jsonl")
    assert caught.value.line == 3


def test_the_comparison_names_four_methods() -> None:
    assert METHODS == ("neighbours", "light", "sense", "mixed")


def model_text(phrases: tuple[Phrase, ...], reader: Reader) -> str:
    stuff = material_of(phrases, reader)
    said = tuple(scores for _, scores in sorted(
        (pair for part in range(FOLDS) for pair in fold_scores(stuff.phrases, stuff.signs, part)), key=lambda pair: pair[0]
    ))  # fmt: skip
    return written(built_light(stuff, said))
