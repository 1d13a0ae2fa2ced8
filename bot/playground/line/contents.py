"""Pictures, sounds and files that people sent: being prepared, there, and gone after a while."""

import base64
from dataclasses import dataclass

from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject
from bot.playground.world.shelf import Shelf

PREPARING_S = 1.0  # LINE says 202 for large video and audio only; how long is not documented
KEPT_S = 14 * 86400.0  # LINE keeps content for "a certain period"; it promises nothing
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_TYPES = {
    "image": "image/png",
    "video": "video/mp4",
    "audio": "audio/x-m4a",
    "file": "application/octet-stream",
}
STATES = ("preparing", "ready", "gone")


@dataclass(frozen=True)
class Content:
    state: str
    media_type: str
    data: bytes


class Contents:
    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock

    def keep(self, message_id: str, kind: str, name: str, data: bytes) -> int:
        """The size in bytes; without data a stand-in is kept."""
        whole = data or (_PIXEL if kind == "image" else f"{kind} {name}".encode())
        row = {"kind": kind, "at": self._clock.now(), "data": base64.b64encode(whole).decode(), "state": None}
        self._shelf.put("line_content", message_id, row)
        return len(whole)

    def set_state(self, message_id: str, state: str | None) -> bool:
        """Holds the content in one state, whatever the clock says; None lets the clock decide again."""
        row: JsonObject | None = self._shelf.get("line_content", message_id)
        if row is None or (state is not None and state not in STATES):
            return False
        self._shelf.put("line_content", message_id, {**row, "state": state})
        return True

    def get(self, message_id: str) -> Content | None:
        row: JsonObject | None = self._shelf.get("line_content", message_id)
        if row is None:
            return None
        return Content(row["state"] or self._age(row), _TYPES[row["kind"]], base64.b64decode(row["data"]))

    def _age(self, row: JsonObject) -> str:
        age = self._clock.now() - row["at"]
        if age > KEPT_S:
            return "gone"
        return "preparing" if row["kind"] in ("video", "audio") and age < PREPARING_S else "ready"
