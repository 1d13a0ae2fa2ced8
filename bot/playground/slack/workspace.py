"""What Slack knows: people, conversations, messages, who is there."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.playground.settings import PlayChannel, PlayPerson
from bot.playground.slack.refusal import SlackRefusal
from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject
from bot.playground.world.shelf import Shelf

TEAM_ID = "T0PLAYGRND"
TEAM_DOMAIN = "playground"
APP_ID = "A0PLAYGRND"
BOT_ID = "B0PLAYGRND"
BOT_USER = "U0PLAYBOT0"
BOT_NAME = "mamori"
KEPT_PER_CONVERSATION = 500


class Workspace:
    """A conversation is a channel of the settings, or the app's direct message with one person."""

    def __init__(
        self,
        shelf: Shelf,
        clock: Clock,
        changes: Changes,
        people: Sequence[PlayPerson],
        channels: Sequence[PlayChannel],
    ) -> None:
        self._shelf = shelf
        self._clock = clock
        self._changes = changes
        self._people = {person.slack_user_id: person for person in people if person.slack_user_id}
        self._channels = {channel.id: channel for channel in channels}
        self._by_im = {im_of(user): user for user in self._people}
        self._messages: defaultdict[str, dict[str, JsonObject]] = defaultdict(dict)
        self._last_micro = 0
        for _, row in shelf.items("slack_message"):
            self._messages[row["channel"]][row["ts"]] = row
            self._last_micro = max(self._last_micro, micros(row["ts"]))

    @property
    def users(self) -> list[str]:
        return list(self._people)

    @property
    def channels(self) -> list[PlayChannel]:
        return list(self._channels.values())

    @property
    def conversations(self) -> list[str]:
        return [*self._by_im, *self._channels]

    def person(self, user: str) -> PlayPerson | None:
        return self._people.get(user)

    def user_of_im(self, channel: str) -> str | None:
        return self._by_im.get(channel)

    def channel(self, channel: str) -> PlayChannel | None:
        return self._channels.get(channel)

    def channel_name(self, channel: str) -> str:
        known = self._channels.get(channel)
        return "directmessage" if known is None else known.name.removeprefix("#")

    def resolve(self, target: object) -> str:
        """The conversation meant by a channel id, a user id or a #name."""
        word = str(target or "")
        if word in self._channels or word in self._by_im:
            return word
        if word in self._people:
            return im_of(word)
        for channel in self._channels.values():
            if channel.name.removeprefix("#") == word.removeprefix("#") and word:
                return channel.id
        raise SlackRefusal("channel_not_found")

    def is_member(self, user: str, channel: str) -> bool:
        return user in self._people and (channel in self._channels or self._by_im.get(channel) == user)

    def is_active(self, user: str) -> bool:
        return self._shelf.get("slack_away", user) is not True

    def set_active(self, user: str, active: bool) -> None:
        self._shelf.put("slack_away", user, not active)

    def new_ts(self) -> str:
        """Microseconds, ever growing: the id of a message within its conversation."""
        self._last_micro = max(self._last_micro + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last_micro // 1_000_000}.{self._last_micro % 1_000_000:06d}"

    def add(self, channel: str, user: str, text: str, **more: Any) -> JsonObject:
        row: JsonObject = {
            "channel": channel,
            "ts": self.new_ts(),
            "user": user,
            "text": text,
            "blocks": None,
            "thread_ts": None,
            "edited": None,
            "deleted": False,
            "ephemeral_to": None,
            **more,
        }
        self.put(row)
        return row

    def put(self, row: JsonObject) -> None:
        channel, ts = row["channel"], row["ts"]
        kept = self._messages[channel]
        kept[ts] = row
        self._shelf.put("slack_message", f"{channel} {ts}", row)
        if len(kept) > KEPT_PER_CONVERSATION:
            oldest = next(iter(kept))
            del kept[oldest]
            self._shelf.forget("slack_message", f"{channel} {oldest}")
        self._changes.tell("slack", channel)

    def message(self, channel: str, ts: str) -> JsonObject | None:
        """None also where it was deleted."""
        row = self._messages[channel].get(ts)
        return None if row is None or row["deleted"] else row

    def messages(self, channel: str) -> list[JsonObject]:
        return list(self._messages[channel].values())


def im_of(user: str) -> str:
    return f"D{user[1:]}"


def micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(rest or 0)


def api_message(row: JsonObject) -> JsonObject:
    """A message as Slack's answers and payloads show it."""
    message: JsonObject = {"type": "message", "user": row["user"], "text": row["text"], "ts": row["ts"]}
    message["team"] = TEAM_ID
    if row["user"] == BOT_USER:
        message |= {"bot_id": BOT_ID, "app_id": APP_ID}
    for name in ("blocks", "attachments", "metadata", "thread_ts", "edited"):
        if row.get(name):
            message[name] = row[name]
    return message


def with_ids(blocks: list[JsonObject]) -> list[JsonObject]:
    """Slack names the blocks and elements that the app left without a name."""
    named = []
    for block in blocks:
        copy = {**block, "block_id": block.get("block_id") or new_name()}
        if isinstance(copy.get("elements"), list) and copy.get("type") == "actions":
            copy["elements"] = [_named(element) for element in copy["elements"]]
        for slot in ("accessory", "element"):
            if isinstance(copy.get(slot), dict) and copy[slot].get("type") != "image":
                copy[slot] = _named(copy[slot])
        named.append(copy)
    return named


def _named(element: JsonObject) -> JsonObject:
    return element if element.get("action_id") else {**element, "action_id": new_name()}


def new_name() -> str:
    return secrets.token_urlsafe(4)[:5]
