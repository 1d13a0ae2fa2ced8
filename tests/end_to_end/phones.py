"""People's phones over the playground's control addresses: press what one sees, read what stands there, wait for words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

Json = dict[str, Any]

WORDS = 12.0
"""Seconds within which words must have come; generous, because other tests run beside."""


@dataclass
class Playground:
    """The control addresses."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def post(self, path: str, **body: Any) -> Json:
        answer = self.session.post(f"{self.url}/control/{path}", json=body, timeout=30)
        told: Json = answer.json()
        assert answer.ok, f"{path}: {told}"
        return told

    def state(self, line: str = "", slack: str = "") -> Json:
        chosen = {name: value for name, value in (("line", line), ("slack", slack)) if value}
        answer: Json = self.session.get(f"{self.url}/control/state", params=chosen, timeout=30).json()
        return answer

    def wire(self, since: int = 0) -> list[Json]:
        rows: list[Json] = self.session.get(
            f"{self.url}/control/wire", params={"since": since}, timeout=30
        ).json()
        return rows

    def last_exchange(self) -> int:
        return max((row["n"] for row in self.wire()), default=0)

    def advance(self, seconds: float) -> None:
        self.post("clock", advance_s=seconds)

    def fails(self, platform: str, method: str, *replies: Json) -> None:
        self.post("faults", platform=platform, method=method, replies=list(replies))

    def heals(self) -> None:
        self.post("faults", clear=True)

    def quota(self, limit: int | None) -> None:
        self.post("quota", limit=limit)

    def limits(self, line: bool, slack: bool) -> None:
        self.post("limits", line=line, slack=slack)


@dataclass(frozen=True)
class Button:
    label: str
    data: str
    message: str
    place: Json


@dataclass(frozen=True)
class Message:
    id: str
    words: tuple[str, ...]
    buttons: tuple[Button, ...]
    via: str
    raw: Json

    def says(self, words: str) -> bool:
        return any(words in text for text in self.words)

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]


class Phone:
    """One person on one platform."""

    def __init__(self, play: Playground, user: str) -> None:
        self.play = play
        self.user = user

    def messages(self) -> list[Message]:
        """What the bot has sent and what still stands there, oldest first."""
        raise NotImplementedError

    def tap(self, button: Button) -> Json:
        raise NotImplementedError

    def types(self, text: str) -> Json:
        raise NotImplementedError

    def asks(self, kind: str) -> Json:
        """One of the big four, from where it is always at hand: danger, help, unsure, record."""
        raise NotImplementedError

    def all_with(self, words: str) -> list[Message]:
        return [message for message in self.messages() if message.says(words)]

    def sees(self, words: str) -> bool:
        return bool(self.all_with(words))

    def waits_for(self, words: str, patience: float = WORDS) -> Message:
        """The newest message with these words, as soon as there is one."""
        deadline = time.monotonic() + patience
        while not (found := self.all_with(words)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.user} was not told {words!r} in {patience:g} s:\n{self.shown()}")
            time.sleep(0.02)
        return found[-1]

    def button(self, label: str) -> Button:
        """The newest one of this label."""
        for message in reversed(self.messages()):
            for button in reversed(message.buttons):
                if button.label == label:
                    return button
        raise AssertionError(f"{self.user} has no button {label!r}:\n{self.shown()}")

    def waits_for_button(self, label: str, patience: float = WORDS) -> Button:
        deadline = time.monotonic() + patience
        while True:
            try:
                return self.button(label)
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def presses(self, label: str) -> Json:
        """Waits for the button, then presses it; what came of it for the platform."""
        told = self.tap(self.waits_for_button(label))
        assert told["ok"], told
        return told

    def shown(self) -> str:
        return "\n".join(" | ".join(message.words) for message in self.messages())


class LinePhone(Phone):
    platform = "line"

    def messages(self) -> list[Message]:
        chat = self.play.state(line=self.user)["line"][self.user]["messages"]
        return [_line_message(row) for row in chat if row["from"] == "bot"]

    def tap(self, button: Button) -> Json:
        return self.play.post(f"line/{self.user}/tap", message_id=button.message, action=button.place)

    def types(self, text: str) -> Json:
        return self.play.post(f"line/{self.user}/text", text=text)

    def asks(self, kind: str) -> Json:
        area = ("danger", "help", "unsure", "record").index(kind)
        return self.play.post(f"line/{self.user}/menu", area=area)


class SlackPhone(Phone):
    platform = "slack"

    @property
    def channel(self) -> str:
        return f"D{self.user[1:]}"

    def messages(self) -> list[Message]:
        return room_messages(self.play, self.channel, self.user)

    def tap(self, button: Button) -> Json:
        return self.play.post(f"slack/{self.user}/tap", **button.place)

    def types(self, text: str) -> Json:
        return self.play.post(f"slack/{self.user}/message", text=text)

    def asks(self, kind: str) -> Json:
        """From App Home, where the big four are."""
        self.play.post(f"slack/{self.user}/home")
        return self.tap(self.at_home(kind))

    def at_home(self, kind: str) -> Button:
        deadline = time.monotonic() + WORDS
        while True:
            view = self.play.state()["slack"]["homes"].get(self.user)
            buttons = list(_slack_buttons(view["blocks"], {"home": True})) if view else []
            found = [button for button in buttons if button.data == f"m1.{kind}"]
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"{self.user}: no {kind} in App Home: {view}"
            time.sleep(0.02)


def room_messages(play: Playground, channel: str, reader: str = "") -> list[Message]:
    """The bot's messages in a conversation, as one reader sees them."""
    rows = play.state(slack=channel)["slack"]["conversations"][channel]["messages"]
    people = {person["slack_user_id"] for person in play.state(slack=channel)["people"]}
    seen = [row for row in rows if not row["deleted"] and row["user"] not in people]
    return [_slack_message(channel, row) for row in seen if row["ephemeral_to"] in (None, reader)]


def _line_message(row: Json) -> Message:
    buttons = tuple(
        Button(action.get("label", ""), action["data"], row["id"], action)
        for action in _line_actions(row["message"].get("contents", {}))
    )
    words = tuple(_texts(row["message"]))
    return Message(row["id"], words, buttons, row["via"] or "", row)


def _line_actions(part: object) -> Iterator[Json]:
    """Postback actions, in the order in which they are drawn; quick replies repeat them and are left out."""
    if isinstance(part, list):
        for inner in part:
            yield from _line_actions(inner)
    elif isinstance(part, dict):
        if part.get("type") == "postback" and "data" in part:
            yield part
        for inner in part.values():
            yield from _line_actions(inner)


def _slack_message(channel: str, row: Json) -> Message:
    blocks: Sequence[Json] = row["blocks"] or []
    place = {"channel": channel, "ts": row["ts"]}
    words = tuple(_texts(blocks)) or (row["text"],)
    return Message(row["ts"], words, tuple(_slack_buttons(blocks, place)), "", row)


def _slack_buttons(blocks: Sequence[Json], place: Json) -> Iterator[Button]:
    for block in blocks:
        elements = [*block.get("elements", ()), block.get("accessory")]
        for element in elements:
            if isinstance(element, dict) and element.get("type") == "button":
                where = {**place, "block_id": block["block_id"], "action_id": element["action_id"]}
                yield Button(
                    element["text"]["text"], element.get("value", ""), str(place.get("ts", "")), where
                )


def _texts(part: object) -> Iterator[str]:
    """Everything that can be read: texts and labels."""
    if isinstance(part, list | tuple):
        for inner in part:
            yield from _texts(inner)
    elif isinstance(part, dict):
        for name, inner in part.items():
            if name in ("text", "label") and isinstance(inner, str):
                yield inner
            elif name != "quickReply":
                yield from _texts(inner)
