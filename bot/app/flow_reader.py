"""Reads a flow from YAML: strict models, sub-flows written in place, every mistake with its line."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.app.yaml_text import Document, Misread
from bot.core.facts import ACTS, CAUTIONS, FACTS, LEVELS, NUMBER_FACTS, STEPS, FactValue
from bot.core.flow import Ask, Choice, Condition, Decide, End, Flow, Guidance, Row, Say, Step, WayOut

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
Texts = dict[Literal["ja", "ja_easy", "en"], Annotated[str, Field(min_length=1)]]
Value = Literal["yes", "no", "unknown"] | int
Page = Literal["", "danger", "standard"]
Act = Literal[ACTS]
StepCode = Literal[STEPS]
Caution = Literal[CAUTIONS]
FactName = Literal[FACTS]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AtLeast(_Written):
    at_least: int


class WrittenChoice(_Written):
    id: Id
    label: Texts
    to: Id
    facts: dict[FactName, Value] = {}
    acts: tuple[Act, ...] = ()
    page: Page = ""


class WrittenWhen(_Written):
    all: tuple[dict[FactName, Value | AtLeast], ...] = ()
    any: tuple[dict[FactName, Value | AtLeast], ...] = ()
    none: tuple[dict[FactName, Value | AtLeast], ...] = ()


class WrittenRow(_Written):
    when: WrittenWhen
    to: Id


class WrittenGuidance(_Written):
    aloud: Texts = {}
    who_decides: Texts = {}
    evidence: Texts = {}
    steps: tuple[StepCode, ...] = ()
    cautions: tuple[Caution, ...] = ()
    source: str = ""


class WrittenAsk(_Written):
    ask: Texts
    hint: Texts = {}
    choices: Annotated[tuple[WrittenChoice, ...], Field(min_length=2, max_length=4)]
    unsure: Id


class WrittenSay(WrittenGuidance):
    say: Texts
    to: Id


class WrittenDecide(_Written):
    decide: Annotated[tuple[WrittenRow, ...], Field(min_length=1)]
    otherwise: Id


class WrittenCall(_Written):
    call: Id
    to: Id


class WrittenEnd(WrittenGuidance):
    end: Literal[LEVELS] | Literal["return"]
    reason: Texts = {}
    do: Texts = {}
    counters: tuple[Id, ...] = ()
    page: Page = ""


class WrittenWay(_Written):
    facts: dict[FactName, Value]
    show: Id


class WrittenWays(_Written):
    our_fault: WrittenWay
    accommodation: WrittenWay


class WrittenFlow(_Written):
    flow: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    format: Literal[1]
    title: Texts
    languages: tuple[Literal["ja", "ja_easy", "en"], ...] = ("ja",)
    source: str = ""
    reviewed: str = ""
    start: Id
    ways_out: WrittenWays | None = None
    steps: dict[Id, dict[str, Any]]


_KINDS: Mapping[str, type[_Written]] = {
    "ask": WrittenAsk,
    "say": WrittenSay,
    "decide": WrittenDecide,
    "call": WrittenCall,
    "end": WrittenEnd,
}

FindText = Callable[[str], str]
"""The YAML text of a sub-flow by its id; raises KeyError when there is none."""


def read_flow(text: str, name: str, revision: int = 0, find: FindText | None = None) -> Flow:
    """The flow written in `text`. Raises Misread with one line per mistake; `name` is the file to show in it."""
    written, steps, document = _read(text, name)
    if written.ways_out is None:
        raise document.misread(
            (), "ways_out がありません。どの画面にも出る二つの道(our_fault, accommodation)を書いてください"
        )
    flat = _flatten(steps, document, find, depth=0)
    _check_targets(flat, written, document)
    ways = written.ways_out
    return Flow(
        id=written.flow,
        title=written.title,
        start=written.start,
        steps=flat,
        our_fault=WayOut(_values(ways.our_fault.facts), ways.our_fault.show),
        accommodation=WayOut(_values(ways.accommodation.facts), ways.accommodation.show),
        languages=written.languages,
        revision=revision,
    )


def _read(text: str, name: str) -> tuple[WrittenFlow, dict[str, _Written], Document]:
    document = Document(text, name)
    if not isinstance(document.data, dict):
        raise document.misread((), "flow: から始まる判断フローではありません")
    try:
        written = WrittenFlow.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    return written, _read_steps(written, document), document


def _read_steps(written: WrittenFlow, document: Document) -> dict[str, _Written]:
    """Every step by its kind; all mistakes of all steps are told at once."""
    steps: dict[str, _Written] = {}
    mistakes: list[str] = []
    for step_id, data in written.steps.items():
        kinds = [kind for kind in _KINDS if kind in data]
        if len(kinds) != 1:
            line = document.line(("steps", step_id))
            mistakes.append(
                f"{document.name}:{line}: {step_id}: ask, say, decide, call, end のどれか一つを書いてください"
            )
            continue
        try:
            steps[step_id] = _KINDS[kinds[0]].model_validate(data)
        except ValidationError as error:
            mistakes.extend(_with_step(error, step_id, document))
    if mistakes:
        raise Misread(mistakes)
    return steps


def _with_step(error: ValidationError, step_id: str, document: Document) -> list[str]:
    found = []
    for item in error.errors():
        path = ("steps", step_id, *item["loc"])
        where = ".".join(str(p) for p in path[1:])
        found.append(f"{document.name}:{document.line(path)}: {where}: {item['msg']}")
    return found


def _flatten(
    steps: Mapping[str, _Written], document: Document, find: FindText | None, depth: int
) -> dict[str, Step]:
    """Core steps; each `call` becomes the sub-flow's steps with ids `call:step`, its returns lead to the call's `to`."""
    flat: dict[str, Step] = {}
    entries = {
        i: f"{i}:{_sub(s, i, document, find, depth)[0]}"
        for i, s in steps.items()
        if isinstance(s, WrittenCall)
    }
    for step_id, step in steps.items():
        if isinstance(step, WrittenCall):
            start, sub, sub_document = _sub(step, step_id, document, find, depth)
            flat |= _in_place(
                _flatten(sub, sub_document, find, depth + 1), step_id, sub, entries.get(step.to, step.to)
            )
        elif not (isinstance(step, WrittenEnd) and step.end == "return"):
            flat[step_id] = _step(step_id, step, lambda to: entries.get(to, to))
    return flat


def _sub(
    call: WrittenCall, step_id: str, document: Document, find: FindText | None, depth: int
) -> tuple[str, dict[str, _Written], Document]:
    if depth >= 3:
        raise document.misread(
            ("steps", step_id), "call が深すぎます(3段まで)。互いに呼び合っていないか見直してください"
        )
    try:
        text = find(call.call) if find else None
    except KeyError:
        text = None
    if text is None:
        raise document.misread(("steps", step_id, "call"), f"「{call.call}」という判断フローが見つかりません")
    written, steps, sub_document = _read(text, f"{call.call}.yaml")
    return written.start, steps, sub_document


def _in_place(
    flat: Mapping[str, Step], call: str, sub: Mapping[str, _Written], after: str
) -> dict[str, Step]:
    returns = {i for i, s in sub.items() if isinstance(s, WrittenEnd) and s.end == "return"}

    def move(to: str) -> str:
        return after if to in returns else f"{call}:{to}"

    return {f"{call}:{i}": _moved(step, f"{call}:{i}", move) for i, step in flat.items()}


def _moved(step: Step, step_id: str, move: Callable[[str], str]) -> Step:
    from dataclasses import replace

    match step:
        case Ask():
            choices = tuple(replace(c, to=move(c.to)) for c in step.choices)
            return replace(step, id=step_id, choices=choices, unsure=move(step.unsure))
        case Say():
            return replace(step, id=step_id, to=move(step.to))
        case Decide():
            rows = tuple(replace(r, to=move(r.to)) for r in step.rows)
            return replace(step, id=step_id, rows=rows, otherwise=move(step.otherwise))
        case End():
            return replace(step, id=step_id)


def _step(step_id: str, written: _Written, to: Callable[[str], str]) -> Step:
    match written:
        case WrittenAsk():
            choices = tuple(_choice(c, to) for c in written.choices)
            return Ask(step_id, written.ask, choices, to(written.unsure), written.hint)
        case WrittenSay():
            return Say(step_id, _guidance(written, written.say), to(written.to))
        case WrittenDecide():
            rows = tuple(
                Row(to(r.to), _conditions(r.when.all), _conditions(r.when.any), _conditions(r.when.none))
                for r in written.decide
            )
            return Decide(step_id, rows, to(written.otherwise))
        case WrittenEnd():
            guidance = _guidance(written, written.do)
            return End(step_id, written.end, written.reason, guidance, written.counters, written.page)
    raise TypeError(f"no step is made from {type(written).__name__}")


def _choice(written: WrittenChoice, to: Callable[[str], str]) -> Choice:
    return Choice(
        written.id, written.label, to(written.to), _values(written.facts), written.acts, written.page
    )


def _guidance(written: WrittenGuidance, do: Mapping[str, str]) -> Guidance:
    return Guidance(
        do,
        written.aloud,
        written.who_decides,
        written.evidence,
        written.steps,
        written.cautions,
        written.source,
    )


def _conditions(items: tuple[dict[str, Value | AtLeast], ...]) -> tuple[Condition, ...]:
    return tuple(
        Condition(fact, at_least=value.at_least) if isinstance(value, AtLeast) else Condition(fact, value)
        for item in items
        for fact, value in item.items()
    )


def _values(facts: Mapping[str, Value]) -> dict[str, FactValue]:
    return dict(facts)


def _check_targets(steps: Mapping[str, Step], written: WrittenFlow, document: Document) -> None:
    """Every name that is used exists; facts have values of their kind."""
    from bot.core.flow import targets

    mistakes: list[str] = []
    for step_id, step in steps.items():
        for to in targets(step):
            if to not in steps:
                mistakes.append(_mistake(document, step_id, f"行き先「{to}」という手順がありません"))
        if isinstance(step, Ask):
            mistakes += _choice_mistakes(document, step)
    if written.start not in steps:
        mistakes.append(
            f"{document.name}:{document.line(('start',))}: start「{written.start}」という手順がありません"
        )
    assert written.ways_out is not None
    for name in ("our_fault", "accommodation"):
        show = getattr(written.ways_out, name).show
        if not isinstance(steps.get(show), Say):
            line = document.line(("ways_out", name, "show"))
            mistakes.append(
                f"{document.name}:{line}: ways_out.{name}.show「{show}」は say の手順にしてください"
            )
    if mistakes:
        raise Misread(mistakes)


def _choice_mistakes(document: Document, ask: Ask) -> list[str]:
    found = []
    ids = [c.id for c in ask.choices]
    if len(set(ids)) < len(ids) or "unsure" in ids:
        found.append(_mistake(document, ask.id, "選択肢の id が重なっています(unsure は使えません)"))
    for choice in ask.choices:
        for fact, value in choice.facts.items():
            if (fact in NUMBER_FACTS) != isinstance(value, int):
                kind = "数" if fact in NUMBER_FACTS else "yes / no / unknown"
                found.append(_mistake(document, ask.id, f"{fact} の値は {kind} で書いてください"))
    return found


def _mistake(document: Document, step_id: str, words: str) -> str:
    return f"{document.name}:{document.line(('steps', step_id))}: {step_id}: {words}"
