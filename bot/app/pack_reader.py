"""Reads a pack: what a sector or a channel says otherwise than the flow that it is laid over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from bot.app.flow_written import KINDS, FlowId, Id, Texts, Written
from bot.app.overlay import Node, Overlay, flattened, grown
from bot.app.yaml_text import Misread, Mistake, Place, Placed

StepPath = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}(:[a-z][a-z0-9_]{0,23}){0,3}$")]


class WrittenPack(Written):
    """A whole file. Its steps are checked once they lie over those of the flow."""

    pack: FlowId
    format: Literal[1]
    title: Texts
    base: FlowId
    source: str = ""
    reviewed: str = ""
    start: Id | None = None
    ways_out: dict[Literal["our_fault", "accommodation"], dict[str, Any]] = Field(default_factory=dict)
    steps: dict[StepPath, dict[str, Any] | None] = Field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """What is laid over one file's steps. `within`: over those of the flows it calls, by the id of the call."""

    steps: Mapping[str, Node]
    within: Mapping[str, "Layer"]
    place: Place


@dataclass(frozen=True)
class Pack:
    id: str
    base: str
    title: Mapping[str, str]
    top: Node
    layer: Layer


def read_pack(document: Placed) -> Pack:
    """The pack in this document. Raises Misread, one line per mistake."""
    try:
        written = WrittenPack.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    whole = grown(document)
    top = {key: node for key, node in whole.value.items() if key in ("title", "start", "ways_out")}
    steps = whole.value["steps"].value if "steps" in whole.value else {}
    layer = _layer({tuple(path.split(":")): node for path, node in steps.items()}, whole.place)
    return Pack(written.pack, written.base, written.title, Node(top, whole.place), layer)


def laid_on_top(document: Placed, pack: Pack) -> Placed:
    """The flow's title, start and ways out as the pack has them; the title is the pack's own, in all its languages."""
    if document.data.get("flow") != pack.base:
        bases = {"base": pack.base, "flow": document.data.get("flow")}
        raise Misread([Mistake(pack.top.place, "pack_other_base", "base", bases)])
    whole, overlay = grown(document), Overlay()
    kept = Node({key: node for key, node in whole.value.items() if key != "title"}, whole.place)
    return _done(document.name, Node(overlay.over(kept, pack.top).value, whole.place), overlay)


def laid_on_steps(document: Placed, layer: Layer) -> Placed:
    """The file's steps with the layer's over them. A step of another kind stands instead of the one that was there."""
    whole, overlay = grown(document), Overlay()
    steps = dict(whole.value["steps"].value)
    whole_steps: dict[str, Node] = {}
    partial: dict[str, Node] = {}
    for step_id, upper in layer.steps.items():
        kinds = _kinds(upper)
        if step_id in steps and kinds <= _kinds(steps[step_id]):
            partial[step_id] = upper
        elif kinds:
            whole_steps[step_id] = upper
        else:
            overlay.mistakes.append(Mistake(upper.place, "pack_no_step", step_id))
    laid = overlay.over(Node(steps | whole_steps, whole.value["steps"].place), Node(partial, layer.place))
    return _done(document.name, Node(whole.value | {"steps": laid}, whole.place), overlay)


def unknown_calls(layer: Layer, calls: Mapping[str, object]) -> list[Mistake]:
    """One for each part of the layer that reaches into a call that isn't there."""
    return [
        Mistake(inner.place, "pack_no_call", name, {"call": name})
        for name, inner in layer.within.items()
        if name not in calls
    ]


def _layer(entries: Mapping[tuple[str, ...], Node], place: Place) -> Layer:
    own = {path[0]: node for path, node in entries.items() if len(path) == 1}
    within: dict[str, dict[tuple[str, ...], Node]] = {}
    for path, node in entries.items():
        if len(path) > 1:
            within.setdefault(path[0], {})[path[1:]] = node
    inner = {name: _layer(deeper, next(iter(deeper.values())).place) for name, deeper in within.items()}
    return Layer(own, inner, place)


def _kinds(step: Node) -> set[str]:
    return set(KINDS) & set(step.value) if isinstance(step.value, dict) else set()


def _done(name: str, node: Node, overlay: Overlay) -> Placed:
    if overlay.mistakes:
        raise Misread(overlay.mistakes)
    return flattened(name, node)
