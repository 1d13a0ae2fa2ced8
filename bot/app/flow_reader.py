"""Reads a flow from YAML: steps by their kind, sub-flows written in place, every mistake with its line."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from bot.app.bundle import Page, bound, pages
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
    WrittenWays,
)
from bot.app.pack_reader import Layer, Pack, laid_on_steps, laid_on_top, read_pack, unknown_calls
from bot.app.yaml_text import Document, Misread, Mistake, Place, Placed
from bot.core.flow import Ask, Choice, Condition, Decide, End, Flow, Guidance, Row, Say, Step, WayOut, targets

FindText = Callable[[str], str]
"""The YAML text of a sub-flow by its id; raises KeyError when there is none."""

DEEPEST = 3
"""Calls within calls; a reader of the flow can't follow more."""


@dataclass(frozen=True)
class Read:
    """A flow with the place of each of its steps, and the texts it was read from: itself, its pack, what it calls."""

    flow: Flow
    document: Placed
    places: Mapping[str, Place]
    texts: tuple[str, ...]
    pack: str = ""

    @property
    def text(self) -> str:
        """All of it as one text, which is read without looking for others."""
        return bound(self.texts)


@dataclass(frozen=True)
class _Source:
    """One file as it is written. `callers`: the flows that led here by `call`, outermost first."""

    written: WrittenFlow
    steps: Mapping[str, WrittenStep]
    document: Placed
    callers: tuple[str, ...] = ()
    layer: Layer | None = None

    @property
    def returns(self) -> set[str]:
        return {i for i, s in self.steps.items() if isinstance(s, WrittenEnd) and s.end == "return"}


@dataclass(frozen=True)
class _Flat:
    """Core steps without calls."""

    start: str
    steps: Mapping[str, Step]
    places: Mapping[str, Place]


@dataclass
class _Shelf:
    """Where sub-flows are found, and which were taken, in the order of their first call."""

    beside: Mapping[str, Page]
    find: FindText | None
    folder: str
    taken: dict[str, Page] = field(default_factory=dict)

    def page(self, flow_id: str) -> Page | None:
        if flow_id not in self.taken and (page := self._look_for(flow_id)):
            self.taken[flow_id] = page
        return self.taken.get(flow_id)

    def _look_for(self, flow_id: str) -> Page | None:
        if flow_id in self.beside:
            return self.beside[flow_id]
        try:
            return Page(self.find(flow_id), f"{self.folder}{flow_id}.yaml") if self.find else None
        except KeyError:
            return None


def read_flow(text: str, name: str, revision: int = 0, find: FindText | None = None) -> Flow:
    """The flow written in `text`. Raises Misread, one line per mistake; `name`: the file to show in it."""
    return read_whole(text, name, revision, find).flow


def read_whole(
    text: str, name: str, revision: int = 0, find: FindText | None = None, pack: Page | None = None
) -> Read:
    """The flow with all that belongs to it. What stands in the same text is taken first; `pack` instead of one there.

    1. take the text apart; 2. lay the pack over the flow; 3. write calls in place; 4. see that every name exists.
    """
    first, *others = pages(text, name)
    kept, beside = _sorted(others)
    pack = pack or kept
    layered = read_pack(_document(pack)) if pack else None
    source = _read(first, (), layered)
    if source.written.ways_out is None:
        raise source.document.refused((), "flow_ways_missing")
    shelf = _Shelf(beside, find, name[: name.rfind("/") + 1])
    flat = _flatten(source, shelf)
    _check_names(flat, source)
    texts = (first, *([pack] if pack else []), *shelf.taken.values())
    flow = _flow(source.written, source.written.ways_out, flat, revision)
    return Read(
        flow, source.document, flat.places, tuple(p.text for p in texts), layered.id if layered else ""
    )


def _flow(written: WrittenFlow, ways: WrittenWays, flat: _Flat, revision: int) -> Flow:
    return Flow(
        id=written.flow,
        title=written.title,
        start=flat.start,
        steps=flat.steps,
        our_fault=WayOut(ways.our_fault.facts, ways.our_fault.show),
        accommodation=WayOut(ways.accommodation.facts, ways.accommodation.show),
        languages=written.languages,
        scene=written.scene,
        revision=revision,
    )


def read_part(text: str, name: str) -> bool:
    """Whether this is a sub-flow, walked only by a `call` of another. Raises Misread as `read_flow`."""
    source = _read(pages(text, name)[0])
    return source.written.ways_out is None and bool(source.returns)


def _document(page: Page) -> Document:
    return Document(page.text, page.name, page.before)


def _sorted(others: Iterable[Page]) -> tuple[Page | None, dict[str, Page]]:
    """The pack and the sub-flows that stand in one text with the flow."""
    pack: Page | None = None
    parts: dict[str, Page] = {}
    for page in others:
        document = _document(page)
        data = document.data if isinstance(document.data, dict) else {}
        if "pack" in data and pack is None:
            pack = page
        elif isinstance(data.get("flow"), str) and data["flow"] not in parts:
            parts[data["flow"]] = page
        else:
            raise document.refused((), "flow_not_beside")
    return pack, parts


def _read(
    page: Page, callers: tuple[str, ...] = (), pack: Pack | None = None, layer: Layer | None = None
) -> _Source:
    document: Placed = _document(page)
    if not isinstance(document.data, dict):
        raise document.refused((), "flow_not_here")
    written = _validated(document)
    if pack:
        document, layer = laid_on_top(document, pack), pack.layer
    if layer:
        document = laid_on_steps(document, layer)
        written = _validated(document)
    return _Source(written, _read_steps(written, document), document, callers, layer)


def _validated(document: Placed) -> WrittenFlow:
    try:
        return WrittenFlow.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None


def _read_steps(written: WrittenFlow, document: Placed) -> dict[str, WrittenStep]:
    """Every step by its kind; all mistakes of all steps are told at once."""
    steps: dict[str, WrittenStep] = {}
    mistakes: list[str | Mistake] = []
    for step_id, data in written.steps.items():
        kinds = [kind for kind in KINDS if kind in data]
        if len(kinds) != 1:
            mistakes.append(document.mistake(("steps", step_id), "flow_no_kind", step_id))
            continue
        try:
            steps[step_id] = KINDS[kinds[0]].model_validate(data)
        except ValidationError as error:
            mistakes.extend(document.explained(error, ("steps", step_id)).mistakes)
    if mistakes:
        raise Misread(mistakes)
    return steps


def _flatten(source: _Source, shelf: _Shelf) -> _Flat:
    """Each `call` becomes the sub-flow's steps with ids `call:step`; its returns lead to the call's `to`."""
    calls = {i: s for i, s in source.steps.items() if isinstance(s, WrittenCall)}
    if source.layer and (unknown := unknown_calls(source.layer, calls)):
        raise Misread(unknown)
    parts = {i: _called(call, i, source, shelf) for i, call in calls.items()}
    inner = {i: _flatten(part, shelf) for i, part in parts.items()}

    def entry(to: str) -> str:
        return f"{to}:{inner[to].start}" if to in inner else to

    flat: dict[str, Step] = {}
    places: dict[str, Place] = {}
    for step_id, step in source.steps.items():
        if isinstance(step, WrittenCall):
            flat |= _in_place(inner[step_id], step_id, parts[step_id].returns, entry(step.to))
            places |= {f"{step_id}:{i}": place for i, place in inner[step_id].places.items()}
        elif step_id not in source.returns:
            flat[step_id] = _step(step_id, step, entry)
            places[step_id] = source.document.where(("steps", step_id))
    return _Flat(entry(source.written.start), flat, places)


def _called(call: WrittenCall, step_id: str, source: _Source, shelf: _Shelf) -> _Source:
    document, path = source.document, ("steps", step_id, "call")
    callers = (*source.callers, source.written.flow)
    if call.call in callers:
        chain = " → ".join((*callers, call.call))
        raise document.refused(path, "flow_calls_round", step_id, chain=chain)
    if len(callers) > DEEPEST:
        raise document.refused(path, "flow_calls_deep", step_id, deepest=DEEPEST)
    page = shelf.page(call.call)
    if page is None:
        raise document.refused(path, "flow_no_flow", step_id, call=call.call)
    return _read(page, callers, layer=source.layer.within.get(step_id) if source.layer else None)


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
        confirm=written.confirm,
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
    mistakes: list[Mistake] = []
    for step_id, step in steps.items():
        place = flat.places[step_id]
        missing = [to for to in dict.fromkeys(targets(step)) if to not in steps]
        mistakes += [Mistake(place, _no_such_step(to, source), step_id, {"to": to}) for to in missing]
        if isinstance(step, Ask) and len({c.id for c in step.choices} - {"unsure"}) < len(step.choices):
            mistakes.append(Mistake(place, "flow_same_ids", step_id))
    if flat.start not in steps:
        code = _no_such_step(flat.start, source)
        mistakes.append(document.mistake(("start",), code, "start", to=flat.start))
    mistakes += _way_mistakes(steps, source)
    if mistakes:
        raise Misread(mistakes)


def _no_such_step(to: str, source: _Source) -> str:
    return "flow_only_return" if to in source.returns else "flow_no_step"


def _way_mistakes(steps: Mapping[str, Step], source: _Source) -> list[Mistake]:
    ways, document = source.written.ways_out, source.document
    shown = {"our_fault": ways.our_fault.show, "accommodation": ways.accommodation.show} if ways else {}
    return [
        document.mistake(("ways_out", name, "show"), "flow_show_say", f"ways_out.{name}.show", show=show)
        for name, show in shown.items()
        if not isinstance(steps.get(show), Say)
    ]
