"""Reads a flow from YAML: steps by their kind, sub-flows written in place, every mistake with its line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from bot.app.flow_written import (
    KINDS,
    AtLeast,
    Value,
    WrittenAsk,
    WrittenCall,
    WrittenChoice,
    WrittenDecide,
    WrittenEnd,
    WrittenFlow,
    WrittenGuidance,
    WrittenSay,
    WrittenStep,
)
from bot.app.yaml_text import Document, Misread
from bot.core.flow import Ask, Choice, Condition, Decide, End, Flow, Guidance, Row, Say, Step, WayOut, targets

FindText = Callable[[str], str]
"""The YAML text of a sub-flow by its id; raises KeyError when there is none."""

DEEPEST = 3
"""Calls within calls; a reader of the flow can't follow more."""

WAYS_MISSING = "ways_out がありません。どの画面にも出る二つの道(our_fault, accommodation)を書いてください"
NO_KIND = "ask, say, decide, call, end のどれか一つを書いてください"
NO_FLOW = "「{call}」という判断フローが見つかりません。つづりを見直すか、{call}.yaml を作ってください"
CALLS_ROUND = "call が輪になっています({chain})。どれかを end か別の行き先にしてください"
CALLS_DEEP = "call が深すぎます。{deepest}段までにしてください"
SAME_IDS = "選択肢の id が重なっています(unsure は使えません)"


@dataclass(frozen=True)
class _Source:
    """One file as it is written. `callers`: the flows that led here by `call`, outermost first."""

    written: WrittenFlow
    steps: Mapping[str, WrittenStep]
    document: Document
    callers: tuple[str, ...] = ()

    @property
    def returns(self) -> set[str]:
        return {i for i, s in self.steps.items() if isinstance(s, WrittenEnd) and s.end == "return"}


@dataclass(frozen=True)
class _Flat:
    """Core steps without calls."""

    start: str
    steps: Mapping[str, Step]


def read_flow(text: str, name: str, revision: int = 0, find: FindText | None = None) -> Flow:
    """The flow written in `text`. Raises Misread, one line per mistake; `name`: the file to show in it."""
    source = _read(text, name)
    written, document = source.written, source.document
    if written.ways_out is None:
        raise document.misread((), WAYS_MISSING)
    flat = _flatten(source, find)
    _check_names(flat, source)
    fault, support = written.ways_out.our_fault, written.ways_out.accommodation
    return Flow(
        id=written.flow,
        title=written.title,
        start=flat.start,
        steps=flat.steps,
        our_fault=WayOut(fault.facts, fault.show),
        accommodation=WayOut(support.facts, support.show),
        languages=written.languages,
        revision=revision,
    )


def read_part(text: str, name: str) -> bool:
    """Whether this is a sub-flow, walked only by a `call` of another. Raises Misread as `read_flow`."""
    source = _read(text, name)
    return source.written.ways_out is None and bool(source.returns)


def _read(text: str, name: str, callers: tuple[str, ...] = ()) -> _Source:
    document = Document(text, name)
    if not isinstance(document.data, dict):
        raise document.misread((), "flow: から始まる判断フローではありません")
    try:
        written = WrittenFlow.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    return _Source(written, _read_steps(written, document), document, callers)


def _read_steps(written: WrittenFlow, document: Document) -> dict[str, WrittenStep]:
    """Every step by its kind; all mistakes of all steps are told at once."""
    steps: dict[str, WrittenStep] = {}
    mistakes: list[str] = []
    for step_id, data in written.steps.items():
        kinds = [kind for kind in KINDS if kind in data]
        if len(kinds) != 1:
            mistakes.append(_mistake(document, step_id, NO_KIND))
            continue
        try:
            steps[step_id] = KINDS[kinds[0]].model_validate(data)
        except ValidationError as error:
            mistakes.extend(document.explained(error, ("steps", step_id)).lines)
    if mistakes:
        raise Misread(mistakes)
    return steps


def _flatten(source: _Source, find: FindText | None) -> _Flat:
    """Each `call` becomes the sub-flow's steps with ids `call:step`; its returns lead to the call's `to`."""
    calls = {i: s for i, s in source.steps.items() if isinstance(s, WrittenCall)}
    parts = {i: _called(call, i, source, find) for i, call in calls.items()}
    inner = {i: _flatten(part, find) for i, part in parts.items()}

    def entry(to: str) -> str:
        return f"{to}:{inner[to].start}" if to in inner else to

    flat: dict[str, Step] = {}
    for step_id, step in source.steps.items():
        if isinstance(step, WrittenCall):
            flat |= _in_place(inner[step_id], step_id, parts[step_id].returns, entry(step.to))
        elif step_id not in source.returns:
            flat[step_id] = _step(step_id, step, entry)
    return _Flat(entry(source.written.start), flat)


def _called(call: WrittenCall, step_id: str, source: _Source, find: FindText | None) -> _Source:
    document, path = source.document, ("steps", step_id, "call")
    callers = (*source.callers, source.written.flow)
    if call.call in callers:
        chain = " → ".join((*callers, call.call))
        raise document.misread(path, f"{step_id}: {CALLS_ROUND.format(chain=chain)}")
    if len(callers) > DEEPEST:
        raise document.misread(path, f"{step_id}: {CALLS_DEEP.format(deepest=DEEPEST)}")
    try:
        text = find(call.call) if find else None
    except KeyError:
        text = None
    if text is None:
        raise document.misread(path, f"{step_id}: {NO_FLOW.format(call=call.call)}")
    return _read(text, f"{call.call}.yaml", callers)


def _in_place(inner: _Flat, call: str, returns: set[str], after: str) -> dict[str, Step]:
    def move(to: str) -> str:
        return after if to in returns else f"{call}:{to}"

    return {f"{call}:{i}": _moved(step, f"{call}:{i}", move) for i, step in inner.steps.items()}


def _moved(step: Step, step_id: str, move: Callable[[str], str]) -> Step:
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


def _step(step_id: str, written: WrittenStep, to: Callable[[str], str]) -> Step:
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
        case WrittenCall():
            raise TypeError("a call is written in place before")


def _choice(written: WrittenChoice, to: Callable[[str], str]) -> Choice:
    return Choice(written.id, written.label, to(written.to), dict(written.facts), written.acts, written.page)


def _guidance(written: WrittenGuidance, do: Mapping[str, str]) -> Guidance:
    return Guidance(
        do=do,
        aloud=written.aloud,
        who_decides=written.who_decides,
        evidence=written.evidence,
        steps=written.steps,
        cautions=written.cautions,
        source=written.source,
    )


def _conditions(items: tuple[dict[str, Value | AtLeast], ...]) -> tuple[Condition, ...]:
    return tuple(
        Condition(fact, at_least=value.at_least) if isinstance(value, AtLeast) else Condition(fact, value)
        for item in items
        for fact, value in item.items()
    )


def _check_names(flat: _Flat, source: _Source) -> None:
    """Every step that is named exists, and ids are told apart."""
    steps, document = flat.steps, source.document
    mistakes: list[str] = []
    for step_id, step in steps.items():
        missing = [to for to in dict.fromkeys(targets(step)) if to not in steps]
        mistakes.extend(_mistake(document, step_id, _no_such_step(to, source)) for to in missing)
        if isinstance(step, Ask) and len({c.id for c in step.choices} - {"unsure"}) < len(step.choices):
            mistakes.append(_mistake(document, step_id, SAME_IDS))
    if flat.start not in steps:
        line = document.line(("start",))
        mistakes.append(f"{document.name}:{line}: start: {_no_such_step(flat.start, source)}")
    mistakes.extend(_way_mistakes(steps, source))
    if mistakes:
        raise Misread(mistakes)


def _no_such_step(to: str, source: _Source) -> str:
    if to in source.returns:
        return f"「{to}」は return です。call で呼ばれる判断フローだけで使えます"
    return f"行き先「{to}」という手順がありません。つづりを見直すか、手順を足してください"


def _way_mistakes(steps: Mapping[str, Step], source: _Source) -> list[str]:
    ways, document = source.written.ways_out, source.document
    shown = {"our_fault": ways.our_fault.show, "accommodation": ways.accommodation.show} if ways else {}
    return [
        f"{document.name}:{document.line(('ways_out', name, 'show'))}: ways_out.{name}.show: "
        f"「{show}」は say の手順にしてください"
        for name, show in shown.items()
        if not isinstance(steps.get(show), Say)
    ]


def _mistake(document: Document, step_id: str, words: str) -> str:
    """A step of a sub-flow is shown at the call that it came by."""
    line = document.line(("steps", step_id.partition(":")[0]))
    return f"{document.name}:{line}: {step_id}: {words}"
