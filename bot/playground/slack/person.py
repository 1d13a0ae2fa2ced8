"""What a person does in Slack, and the request Slack makes of it."""

import secrets
import uuid
from collections.abc import Callable
from typing import Any

from bot.playground.slack.chat_methods import ChatMethods
from bot.playground.slack.delivery import VERIFICATION_TOKEN, SlackDelivery
from bot.playground.slack.refusal import SlackRefusal
from bot.playground.slack.tickets import ResponseUrl, Tickets
from bot.playground.slack.views import Views
from bot.playground.slack.workspace import (
    APP_ID,
    BOT_USER,
    TEAM_DOMAIN,
    TEAM_ID,
    Workspace,
    api_message,
    im_of,
)
from bot.playground.world.acts import Done, NotPossible
from bot.playground.world.bot_calls import BotAnswer
from bot.playground.world.json_data import JsonObject, read_object


class SlackPerson:
    """`own_url` tells where response URLs point to."""

    def __init__(
        self,
        workspace: Workspace,
        views: Views,
        chat: ChatMethods,
        tickets: Tickets,
        delivery: SlackDelivery,
        own_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._chat = chat
        self._tickets = tickets
        self._delivery = delivery
        self._own_url = own_url

    async def message(self, user: str, text: str, channel: str = "", thread_ts: str | None = None) -> Done:
        where = self._visible(user, channel or im_of(user))
        row = self._workspace.add(where, user, text, thread_ts=thread_ts)
        event: JsonObject = {
            **api_message(row),
            "client_msg_id": str(uuid.uuid4()),
            "channel": where,
            "event_ts": row["ts"],
            "channel_type": "im" if self._workspace.user_of_im(where) else "channel",
            "blocks": [_rich_text(text)],
        }
        done = await self._event(event)
        if f"<@{BOT_USER}>" in text and event["channel_type"] == "channel":
            done = await self._event({**event, "type": "app_mention"})
        return done

    async def home(self, user: str) -> Done:
        self._must_exist(user)
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": im_of(user),
            "tab": "home",
            "event_ts": self._workspace.new_ts(),
        }
        view = self._views.home(user)
        return await self._event(event if view is None else {**event, "view": view})

    async def tap(
        self, user: str, channel: str, ts: str, block_id: str, action_id: str, choice: Any = None
    ) -> Done:
        """A button of a message; anybody who sees the message can press it."""
        where = self._visible(user, channel)
        row = self._workspace.message(where, ts)
        if row is None or row["ephemeral_to"] not in (None, user):
            raise NotPossible(f"no message {ts} to be seen in {where}")
        action = self._pressed(row["blocks"] or [], block_id, action_id, choice)
        ephemeral = row["ephemeral_to"] is not None
        payload = {
            **self._interaction("block_actions", user),
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": where,
                "is_ephemeral": ephemeral,
            },
            "channel": {"id": where, "name": self._workspace.channel_name(where)},
            "message": api_message(row),
            "state": {"values": {}},
            "response_url": self._response_url(where, user, ts),
            "actions": [action],
        }
        if row["thread_ts"]:
            payload["container"]["thread_ts"] = row["thread_ts"]
        return Done(await self._delivery.interaction(payload))

    async def tap_view(
        self, user: str, view_id: str, block_id: str, action_id: str, choice: Any = None
    ) -> Done:
        """A button of the home ("" as view_id) or of an open modal."""
        self._must_exist(user)
        view = self._views.open_view(view_id) if view_id else self._views.home(user)
        if view is None or self._views.owner(view["id"]) != user:
            raise NotPossible("this person has no such view open")
        payload = {
            **self._interaction("block_actions", user),
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [self._pressed(view["blocks"], block_id, action_id, choice)],
        }
        return Done(await self._delivery.interaction(payload))

    async def command(self, user: str, command: str, text: str, channel: str = "") -> Done:
        where = self._visible(user, channel or im_of(user))
        form = {
            "token": VERIFICATION_TOKEN,
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": where,
            "channel_name": self._workspace.channel_name(where),
            "user_id": user,
            "user_name": self._name(user),
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._response_url(where, user, None),
            "trigger_id": self._tickets.new_trigger(user),
        }
        answer = await self._delivery.command(form)
        self._show_answer(where, user, answer)
        return Done(answer)

    async def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> Done:
        """With channel and ts it is a message shortcut, without a global one."""
        self._must_exist(user)
        if not ts:
            payload = {**self._interaction("shortcut", user), "callback_id": callback_id}
            return Done(await self._delivery.interaction({**payload, "action_ts": self._workspace.new_ts()}))
        where = self._visible(user, channel)
        row = self._workspace.message(where, ts)
        if row is None:
            raise NotPossible(f"no message {ts} in {where}")
        payload = {
            **self._interaction("message_action", user),
            "callback_id": callback_id,
            "action_ts": self._workspace.new_ts(),
            "message_ts": ts,
            "message": api_message(row),
            "channel": {"id": where, "name": self._workspace.channel_name(where)},
            "response_url": self._response_url(where, user, ts),
        }
        return Done(await self._delivery.interaction(payload))

    async def submit(self, user: str, view_id: str, values: JsonObject) -> Done:
        """`values` is state.values: {block_id: {action_id: {...}}}. Errors of the app come back as opened."""
        view = self._views.open_view(view_id)
        if view is None or view["id"] not in [one["id"] for one in self._views.stack(user)]:
            raise NotPossible("this person has no such view open")
        payload = {
            **self._interaction("view_submission", user),
            "view": {**view, "state": {"values": values}},
            "response_urls": [],
        }
        answer = await self._delivery.interaction(payload)
        return Done(answer, self._obey(user, view_id, answer) if answer.is_ok else None)

    async def close(self, user: str, view_id: str) -> Done:
        view = self._views.open_view(view_id)
        self._views.close(user)
        if view is None or not view["notify_on_close"]:
            return Done()
        payload = {**self._interaction("view_closed", user), "view": view, "is_cleared": False}
        payload.pop("trigger_id")
        return Done(await self._delivery.interaction(payload))

    def _obey(self, user: str, view_id: str, answer: BotAnswer) -> JsonObject | None:
        wish = read_object(answer.body) or {}
        try:
            match wish.get("response_action"):
                case "errors":
                    return {"errors": wish.get("errors")}
                case "update":
                    self._views.update(view_id, "", wish.get("view") or {}, None)
                case "push":
                    self._views.open(user, wish.get("view") or {}, push=True)
                case "clear":
                    self._views.close(user, everything=True)
                case _:
                    self._views.close(user)
        except SlackRefusal as refusal:
            return {"refused": refusal.body}
        return None

    async def _event(self, event: JsonObject) -> Done:
        event_id, answer = await self._delivery.event(event)
        return Done(answer, event_id=event_id)

    def _show_answer(self, channel: str, user: str, answer: BotAnswer) -> None:
        """A command may be answered in the response itself."""
        if not answer.is_ok or not answer.body.strip():
            return
        said = read_object(answer.body)
        words = {"text": answer.body.decode("utf-8", "replace")} if said is None else said
        url = ResponseUrl(channel, user, None, 0.0)
        if words.get("text") or words.get("blocks"):
            self._chat.respond(url, words)

    def _interaction(self, kind: str, user: str) -> JsonObject:
        name = self._name(user)
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": VERIFICATION_TOKEN,
            "trigger_id": self._tickets.new_trigger(user),
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _pressed(self, blocks: list[JsonObject], block_id: str, action_id: str, choice: Any) -> JsonObject:
        for block in blocks:
            if block.get("block_id") != block_id:
                continue
            for element in [*_elements(block), block.get("accessory"), block.get("element")]:
                if isinstance(element, dict) and element.get("action_id") == action_id:
                    return _action(element, block_id, choice, self._workspace.new_ts())
        raise NotPossible("no such button there")

    def _response_url(self, channel: str, user: str, ts: str | None) -> str:
        return f"{self._own_url()}/slack/response/{self._tickets.new_url(channel, user, ts)}"

    def _name(self, user: str) -> str:
        person = self._workspace.person(user)
        return user if person is None else person.id

    def _must_exist(self, user: str) -> None:
        if self._workspace.person(user) is None:
            raise NotPossible(f"no Slack user {user}")

    def _visible(self, user: str, channel: str) -> str:
        self._must_exist(user)
        if not self._workspace.is_member(user, channel):
            raise NotPossible(f"{user} is not in {channel}")
        return channel


def _elements(block: JsonObject) -> list[Any]:
    elements = block.get("elements")
    return elements if isinstance(elements, list) else []


def _action(element: JsonObject, block_id: str, choice: Any, ts: str) -> JsonObject:
    action: JsonObject = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        return action | {name: element[name] for name in ("text", "value", "style") if name in element}
    options = element.get("options") or []
    chosen = [
        one for one in options if one.get("value") in (choice if isinstance(choice, list) else [choice])
    ]
    match element["type"]:
        case "checkboxes" | "multi_static_select":
            action["selected_options"] = chosen
        case "static_select" | "radio_buttons" | "overflow":
            if not chosen:
                raise NotPossible(f"no such option: {choice!r}")
            action["selected_option"] = chosen[0]
        case "datepicker":
            action["selected_date"] = choice
        case "timepicker":
            action["selected_time"] = choice
        case "users_select":
            action["selected_user"] = choice
        case _:
            action["value"] = choice
    return action


def _rich_text(text: str) -> JsonObject:
    words = {"type": "text", "text": text}
    section = {"type": "rich_text_section", "elements": [words]}
    return {"type": "rich_text", "block_id": secrets.token_urlsafe(4)[:5], "elements": [section]}
