"""A flow as its author writes it: the strict models of the YAML, from which the JSON Schema is made."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt

from bot.app.yaml_text import Unfit
from bot.core.facts import ACTS, CAUTIONS, FACTS, LEVELS, NUMBER_FACTS, STEPS

if TYPE_CHECKING:  # a type checker can't look into a tuple of codes
    Act: TypeAlias = str
    Caution: TypeAlias = str
    FactName: TypeAlias = str
    Language: TypeAlias = str
    LevelName: TypeAlias = str
    StepCode: TypeAlias = str
else:
    Act = Literal[ACTS]
    Caution = Literal[CAUTIONS]
    FactName = Literal[FACTS]
    Language = Literal["ja", "ja_easy", "en"]
    LevelName = Literal[LEVELS]
    StepCode = Literal[STEPS]

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
FlowId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Texts = dict[Language, Annotated[str, Field(min_length=1)]]
Number = Annotated[StrictInt, Field(ge=0)]
Value = Literal["yes", "no", "unknown"] | Number
Page = Literal["", "danger", "standard"]


class Written(BaseModel):
    """What stands in a file: a name that isn't known is a mistake, never silently left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AtLeast(Written):
    at_least: Number


def _of_their_kind(facts: dict[str, Any]) -> dict[str, Any]:
    for name, value in facts.items():
        is_number = isinstance(value, int | AtLeast)
        if value != "unknown" and is_number != (name in NUMBER_FACTS):
            kind = "fact_number" if name in NUMBER_FACTS else "fact_word"
            raise Unfit(kind, name=name)
    return facts


FactValues = Annotated[dict[FactName, Value], AfterValidator(_of_their_kind)]
Tests = Annotated[dict[FactName, Value | AtLeast], AfterValidator(_of_their_kind)]


class WrittenChoice(Written):
    id: Id
    label: Texts
    to: Id
    facts: FactValues = {}
    acts: tuple[Act, ...] = ()
    page: Page = ""


class WrittenWhen(Written):
    all: tuple[Tests, ...] = ()
    any: tuple[Tests, ...] = ()
    none: tuple[Tests, ...] = ()


class WrittenRow(Written):
    when: WrittenWhen
    to: Id


class WrittenGuidance(Written):
    aloud: Texts = {}
    who_decides: Texts = {}
    evidence: Texts = {}
    steps: tuple[StepCode, ...] = ()
    cautions: tuple[Caution, ...] = ()
    source: str = ""
    confirm: bool = False
    """It rests on what the organisation's legal desk has yet to look at; an admin confirms it by taking this line out."""


class WrittenAsk(Written):
    """A question with two to four choices, and where わからない leads."""

    ask: Texts
    hint: Texts = {}
    choices: Annotated[tuple[WrittenChoice, ...], Field(min_length=2, max_length=4)]
    unsure: Id


class WrittenSay(WrittenGuidance):
    """Guidance on the way, shown together with the question after it."""

    say: Texts
    to: Id


class WrittenDecide(Written):
    """Rows over facts: the first that holds wins, otherwise `otherwise`."""

    decide: Annotated[tuple[WrittenRow, ...], Field(min_length=1)]
    otherwise: Id


class WrittenCall(Written):
    """Another flow in this place; its `end: return` comes back to `to`."""

    call: FlowId
    to: Id


class WrittenEnd(WrittenGuidance):
    """A level with its reason and what to do now, or the end of a sub-flow (`return`)."""

    end: LevelName | Literal["return"]
    reason: Texts = {}
    do: Texts = {}
    counters: tuple[Id, ...] = ()
    page: Page = ""


WrittenStep = WrittenAsk | WrittenSay | WrittenDecide | WrittenCall | WrittenEnd
KINDS: dict[str, type[WrittenStep]] = {
    "ask": WrittenAsk,
    "say": WrittenSay,
    "decide": WrittenDecide,
    "call": WrittenCall,
    "end": WrittenEnd,
}


class WrittenWay(Written):
    facts: FactValues
    show: Id


class WrittenWays(Written):
    our_fault: WrittenWay
    accommodation: WrittenWay


def _with_japanese(languages: tuple[str, ...]) -> tuple[str, ...]:
    if "ja" not in languages:
        raise Unfit("without_japanese")
    return languages


class WrittenFlow(Written):
    """A whole file."""

    flow: FlowId
    format: Literal[1]
    title: Texts
    languages: Annotated[tuple[Language, ...], AfterValidator(_with_japanese)] = ("ja",)
    source: str = ""
    reviewed: str = ""
    scene: Texts = {}
    start: Id
    ways_out: WrittenWays | None = None
    steps: Annotated[dict[Id, dict[str, Any]], Field(min_length=1)]
    """Read one by one after this, each by its kind, so that all mistakes are told at once."""
