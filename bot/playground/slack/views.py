"""Views: the App Home of each person, and the stack of open modals."""

import secrets

from bot.playground.slack.block_rules import BlockCheck
from bot.playground.slack.refusal import SlackRefusal, invalid
from bot.playground.slack.workspace import APP_ID, BOT_ID, TEAM_ID, new_name, with_ids
from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject, compact
from bot.playground.world.shelf import Shelf

VIEW_BYTES = 250_000
STACK = 3
_KEPT = ("type", "callback_id", "private_metadata", "external_id", "clear_on_close", "notify_on_close")


class Views:
    """A view is replaced whole; its hash changes with every replacement."""

    def __init__(self, shelf: Shelf, clock: Clock, changes: Changes) -> None:
        self._shelf = shelf
        self._clock = clock
        self._changes = changes

    def home(self, user: str) -> JsonObject | None:
        return self._get(self._shelf.get("slack_home", user))

    def stack(self, user: str) -> list[JsonObject]:
        """The modals a person has open, the one on top last."""
        found = [self._get(view_id) for view_id in self._shelf.get("slack_modals", user) or []]
        return [view for view in found if view is not None]

    def open_view(self, view_id: str) -> JsonObject | None:
        return self._get(view_id)

    def owner(self, view_id: str) -> str:
        return str(self._shelf.get("slack_view_owner", view_id) or "")

    def publish(self, user: str, view: JsonObject, expected_hash: str | None) -> JsonObject:
        check_view(view, "home")
        current = self.home(user)
        if current is not None and expected_hash and expected_hash != current["hash"]:
            raise SlackRefusal("hash_conflict")
        stored = self._store(user, view, current)
        self._shelf.put("slack_home", user, stored["id"])
        self._changes.tell("home", user)
        return stored

    def open(self, user: str, view: JsonObject, push: bool) -> JsonObject:
        check_view(view, "modal")
        below = [one["id"] for one in self.stack(user)] if push else []
        if len(below) >= STACK:
            raise SlackRefusal("push_limit_reached")
        stored = self._store(user, view, None)
        if below:
            stored |= {"root_view_id": below[0], "previous_view_id": below[-1]}
            self._shelf.put("slack_view", stored["id"], stored)
        self._shelf.put("slack_modals", user, [*below, stored["id"]])
        self._changes.tell("home", user)
        return stored

    def update(
        self, view_id: str, external_id: str, view: JsonObject, expected_hash: str | None
    ) -> JsonObject:
        current = self._get(view_id) if view_id else self._by_external_id(external_id)
        if current is None:
            raise SlackRefusal("not_found")
        check_view(view, current["type"])
        if expected_hash and expected_hash != current["hash"]:
            raise SlackRefusal("hash_conflict")
        user = self.owner(current["id"])
        stored = self._store(user, view, current)
        self._changes.tell("home", user)
        return stored

    def close(self, user: str, everything: bool = False) -> None:
        below = [] if everything else [one["id"] for one in self.stack(user)][:-1]
        self._shelf.put("slack_modals", user, below)
        self._changes.tell("home", user)

    def _get(self, view_id: str | None) -> JsonObject | None:
        view: JsonObject | None = self._shelf.get("slack_view", view_id) if view_id else None
        return view

    def _by_external_id(self, external_id: str) -> JsonObject | None:
        if not external_id:
            return None
        return next((v for _, v in self._shelf.items("slack_view") if v["external_id"] == external_id), None)

    def _store(self, user: str, view: JsonObject, replaced: JsonObject | None) -> JsonObject:
        view_id = replaced["id"] if replaced else f"V{secrets.token_hex(5).upper()}"
        stored: JsonObject = {
            "id": view_id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            **{name: view.get(name) or "" for name in _KEPT},
            "title": view.get("title"),
            "submit": view.get("submit"),
            "close": view.get("close"),
            "blocks": with_ids(view["blocks"]),
            "state": {"values": {}},
            "hash": f"{int(self._clock.now())}.{new_name()}",
            "root_view_id": replaced["root_view_id"] if replaced else view_id,
            "previous_view_id": replaced["previous_view_id"] if replaced else None,
        }
        self._shelf.put("slack_view", view_id, stored)
        self._shelf.put("slack_view_owner", view_id, user)
        return stored


def check_view(view: JsonObject, surface: str) -> None:
    """Raises Slack's refusal with every sentence it has to say."""
    check = BlockCheck(surface)
    if view.get("type") != surface:
        raise invalid("invalid_arguments", [f"must be of type {surface} [json-pointer:/view/type]"])
    check.blocks(view.get("blocks"))
    check.string(view, "private_metadata", "/view", 3000)
    check.string(view, "callback_id", "/view", 255)
    check.string(view, "external_id", "/view", 255)
    if surface == "modal":
        check.plain_text(view.get("title"), "/view/title", 24)
        check.plain_text(view.get("submit"), "/view/submit", 24, required=False)
        check.plain_text(view.get("close"), "/view/close", 24, required=False)
        if check.has_input and view.get("submit") is None:
            check.errors.append("submit is required when an input block is used [json-pointer:/view/submit]")
    if check.errors:
        raise invalid("invalid_arguments", check.errors)
    if len(compact(view)) > VIEW_BYTES:
        raise SlackRefusal("view_too_large")
