"""Reads the made-up cases of the practice from flows/training, strictly, with the line of every mistake."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from bot.app.bundle import Page, pages
from bot.app.flow_written import FactValues, Id, LevelName, Written
from bot.app.proving import text_of
from bot.app.yaml_text import Document, Misread
from bot.core.training import Case

CaseId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Story = Annotated[str, StringConstraints(min_length=1, max_length=120)]
StoryInEnglish = Annotated[str, StringConstraints(min_length=1, max_length=240)]
Why = Annotated[str, StringConstraints(min_length=1, max_length=100)]
WhyInEnglish = Annotated[str, StringConstraints(min_length=1, max_length=200)]

TWICE = "「{case}」という練習問題が二つあります。どちらかの名前を変えてください"


class WrittenStory(Written):
    ja: Story
    ja_easy: Story
    en: StoryInEnglish


class WrittenWhy(Written):
    ja: Why
    ja_easy: Why
    en: WhyInEnglish


class WrittenCase(Written):
    case: CaseId
    format: Literal[1]
    story: WrittenStory
    facts: FactValues = Field(default_factory=dict)
    taps: tuple[Id, ...] = ()
    level: LevelName
    why: WrittenWhy
    source: Annotated[str, Field(min_length=1)]
    drill: Literal["yes", "no"] = "yes"


@lru_cache(maxsize=4)
def load_cases(content: Path) -> Mapping[str, Case]:
    """Every case of a content folder by its id, read once per process. Raises Misread with all mistakes."""
    cases: dict[str, Case] = {}
    wrong: list[str] = []
    for file in sorted((content / "flows" / "training").glob("*.yaml")):
        for page in pages(text_of(file), str(file)):
            try:
                case = read_case(page, file.stem)
            except Misread as error:
                wrong += error.lines
                continue
            if case.id in cases:
                wrong.append(f"{page.name}:{page.before + 1}: {TWICE.format(case=case.id)}")
            cases[case.id] = case
    if wrong:
        raise Misread(wrong)
    return cases


def read_case(page: Page, workplace: str) -> Case:
    """Raises Misread."""
    document = Document(page.text, page.name, page.before)
    try:
        written = WrittenCase.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    return Case(
        id=written.case,
        workplace=workplace,
        story=written.story.model_dump(),
        why=written.why.model_dump(),
        level=written.level,
        source=written.source,
        facts=dict(written.facts),
        taps=written.taps,
        drill=written.drill == "yes",
    )
