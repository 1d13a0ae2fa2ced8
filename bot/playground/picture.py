"""The state of both platforms as one JSON document, for pages and tests."""

from bot.playground.line.webhooks import DESTINATION
from bot.playground.local import LocalPlatform
from bot.playground.slack.workspace import BOT_USER
from bot.playground.world.clock import rfc3339
from bot.playground.world.json_data import JsonObject

SHOWN_MESSAGES = 200


def state_of(platform: LocalPlatform, line: list[str], slack: list[str]) -> JsonObject:
    """Chats are narrowed to those named; naming none at all means all of both."""
    everything = not line and not slack
    chats = platform.chats.users if everything else [user for user in line if platform.chats.knows(user)]
    known = platform.workspace.conversations
    conversations = known if everything else [channel for channel in slack if channel in known]
    return {
        "clock": {"now": rfc3339(platform.clock.now()), "ahead_s": platform.clock.ahead_s},
        "people": [_person(platform, i) for i in range(len(platform.settings.people))],
        "channels": [{"id": channel.id, "name": channel.name} for channel in platform.workspace.channels],
        "line": {user: _chat(platform, user) for user in chats},
        "slack": {
            "conversations": {channel: _conversation(platform, channel) for channel in conversations},
            "homes": {user: platform.views.home(user) for user in platform.workspace.users},
            "modals": {user: platform.views.stack(user) for user in platform.workspace.users},
        },
        "quota": {"limit": platform.sending.quota(), "used": platform.sending.used()},
        "bot": {"line_user_id": DESTINATION, "slack_user_id": BOT_USER},
    }


def _person(platform: LocalPlatform, number: int) -> JsonObject:
    person = platform.settings.people[number]
    names = ("id", "name", "role", "place", "line_user_id", "slack_user_id")
    return {name: getattr(person, name) for name in names}


def _chat(platform: LocalPlatform, user: str) -> JsonObject:
    return {
        "friend": platform.chats.is_friend(user),
        "loading": platform.chats.is_typing(user),
        "rich_menu": platform.menus.shown_to(user),
        "messages": platform.chats.messages(user)[-SHOWN_MESSAGES:],
    }


def _conversation(platform: LocalPlatform, channel: str) -> JsonObject:
    user = platform.workspace.user_of_im(channel)
    return {
        "kind": "im" if user else "channel",
        "user": user,
        "name": platform.workspace.channel_name(channel),
        "messages": [_message(row) for row in platform.workspace.messages(channel)[-SHOWN_MESSAGES:]],
    }


def _message(row: JsonObject) -> JsonObject:
    names = ("ts", "user", "text", "blocks", "thread_ts", "deleted", "ephemeral_to")
    shown = {name: row[name] for name in names}
    return {**shown, "at": rfc3339(float(row["ts"])), "edited": row["edited"] is not None}
