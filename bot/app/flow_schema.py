"""The JSON Schemas of flows and packs, for editors: made from the models that read them."""

from typing import Any

from pydantic import TypeAdapter

from bot.app.flow_written import WrittenFlow, WrittenStep
from bot.app.pack_reader import WrittenPack

ID = "https://json-schema.org/draft/2020-12/schema"


def flow_schema() -> dict[str, Any]:
    """The schema of a whole file: the reader takes steps one by one, an editor wants to know them all."""
    schema = WrittenFlow.model_json_schema()
    steps = TypeAdapter(WrittenStep).json_schema()
    definitions = {**schema.get("$defs", {}), **steps.pop("$defs")}
    of_steps = schema["properties"]["steps"]
    of_steps.pop("additionalProperties", None)
    of_steps["patternProperties"] = dict.fromkeys(of_steps["patternProperties"], steps)
    of_steps["additionalProperties"] = False
    return {"$schema": ID, "title": "Mamori: 判断フロー", **_plain(schema), "$defs": _plain(definitions)}


def pack_schema() -> dict[str, Any]:
    """The schema of a pack: steps as in a flow, but none of their parts has to be there, and null takes one away."""
    schema = WrittenPack.model_json_schema()
    steps = TypeAdapter(WrittenStep).json_schema()
    definitions = {name: _partial(part) for name, part in steps.pop("$defs").items()}
    definitions["WrittenChoice"]["required"] = ["id"]
    definitions["WrittenChoice"]["properties"]["remove"] = {"const": "yes"}
    steps["anyOf"].append({"type": "null"})
    of_steps = schema["properties"]["steps"]
    (pattern,) = of_steps["patternProperties"]
    schema["properties"]["steps"] = {"patternProperties": {pattern: steps}, "additionalProperties": False}
    return {"$schema": ID, "title": "Mamori: パック", **_plain(schema), "$defs": _plain(definitions)}


def _partial(model: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if key != "required"}


def _plain(part: Any, names: bool = False) -> Any:
    """Without the titles that pydantic makes of field names; `names`: the keys here are the author's own."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if names or key not in ("title", "$defs")}
    return {key: _plain(value, key in ("properties", "$defs")) for key, value in kept.items()}
