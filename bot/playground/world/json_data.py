"""JSON as the platforms write it: names for its shapes, compact bytes, careful reading."""

import json
from typing import Any, cast

JsonObject = dict[str, Any]


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def read_object(raw: bytes | str) -> JsonObject | None:
    """The object written in `raw`, or None where it is no JSON object."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return cast(JsonObject, value) if isinstance(value, dict) else None
