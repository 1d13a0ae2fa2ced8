"""chat.* and the messages that come through response URLs."""

from typing import Any

from bot.playground.slack.block_rules import TOTAL_CHARACTERS, BlockCheck
from bot.playground.slack.refusal import SlackRefusal, invalid
from bot.playground.slack.tickets import ResponseUrl
from bot.playground.slack.workspace import BOT_USER, Workspace, api_message, with_ids
from bot.playground.world.json_data import JsonObject
from bot.playground.world.rates import Buckets, Rate

TEXT = 40_000
PER_CHANNEL = Rate(1, 1)


class ChatMethods:
    """`per_channel` None: no limit per channel, for load tests."""

    def __init__(self, workspace: Workspace, buckets: Buckets) -> None:
        self._workspace = workspace
        self._buckets = buckets
        self.per_channel: Rate | None = PER_CHANNEL

    def post_message(self, args: JsonObject) -> JsonObject:
        channel = self._workspace.resolve(args.get("channel"))
        content = check_content(args)
        self._spend(channel)
        thread = self._thread(channel, args.get("thread_ts"))
        metadata = _metadata(args.get("metadata"))
        row = self._workspace.add(channel, BOT_USER, **content, thread_ts=thread, metadata=metadata)
        return {"channel": channel, "ts": row["ts"], "message": api_message(row)}

    def post_ephemeral(self, args: JsonObject) -> JsonObject:
        """Says ok also where it reaches nobody: somebody who is away never sees it."""
        channel, user = self._workspace.resolve(args.get("channel")), str(args.get("user") or "")
        if not user or self._workspace.person(user) is None:
            raise SlackRefusal("user_not_found")
        if not self._workspace.is_member(user, channel):
            raise SlackRefusal("user_not_in_channel")
        content = check_content(args)
        if not self._workspace.is_active(user):
            return {"message_ts": self._workspace.new_ts()}
        thread = self._thread(channel, args.get("thread_ts"))
        row = self._workspace.add(channel, BOT_USER, **content, thread_ts=thread, ephemeral_to=user)
        return {"message_ts": row["ts"]}

    def update(self, args: JsonObject) -> JsonObject:
        """What is not given stays as it was; blocks go away with an empty list."""
        row = self._own_message(args, "cant_update_message")
        content = check_content(args, is_update=True)
        kept = {name: value for name, value in content.items() if args.get(name) is not None}
        changed = {**row, **kept, "edited": {"user": BOT_USER, "ts": self._workspace.new_ts()}}
        if args.get("metadata") is not None:
            changed["metadata"] = _metadata(args["metadata"])
        self._workspace.put(changed)
        message = api_message(changed)
        return {"channel": row["channel"], "ts": row["ts"], "text": changed["text"], "message": message}

    def delete(self, args: JsonObject) -> JsonObject:
        row = self._own_message(args, "cant_delete_message")
        self._workspace.put({**row, "deleted": True})
        return {"channel": row["channel"], "ts": row["ts"]}

    def permalink(self, args: JsonObject) -> JsonObject:
        channel = self._workspace.resolve(args.get("channel"))
        ts = str(args.get("message_ts"))
        if self._workspace.message(channel, ts) is None:
            raise SlackRefusal("message_not_found")
        link = f"https://playground.slack.com/archives/{channel}/p{ts.replace('.', '')}"
        return {"channel": channel, "permalink": link}

    def respond(self, url: ResponseUrl, args: JsonObject) -> None:
        """A message through a response URL: ephemeral unless it says in_channel."""
        original = self._workspace.message(url.channel, url.message_ts) if url.message_ts else None
        if args.get("delete_original") and original is not None:
            self._workspace.put({**original, "deleted": True})
            return
        content = check_content(args)
        if args.get("replace_original") and original is not None:
            edited = {"user": BOT_USER, "ts": self._workspace.new_ts()}
            self._workspace.put({**original, **content, "edited": edited})
            return
        in_channel = args.get("response_type") == "in_channel"
        thread = self._thread(url.channel, args.get("thread_ts"))
        audience = None if in_channel else url.user
        self._workspace.add(url.channel, BOT_USER, **content, thread_ts=thread, ephemeral_to=audience)

    def _own_message(self, args: JsonObject, refusal: str) -> JsonObject:
        channel = self._workspace.resolve(args.get("channel"))
        row = self._workspace.message(channel, str(args.get("ts")))
        if row is None:
            raise SlackRefusal("message_not_found")
        if row["user"] != BOT_USER or row["ephemeral_to"]:
            raise SlackRefusal(refusal if row["user"] != BOT_USER else "message_not_found")
        return row

    def _spend(self, channel: str) -> None:
        if self.per_channel is None:
            return
        wait = self._buckets.wait_s(f"slack post {channel}", self.per_channel)
        if wait:
            raise SlackRefusal("ratelimited", 429, {"retry-after": str(wait)})

    def _thread(self, channel: str, thread_ts: Any) -> str | None:
        """A reply to a reply lands in the same thread; a parent that isn't there is an error."""
        if not thread_ts:
            return None
        parent = self._workspace.message(channel, str(thread_ts))
        if parent is None:
            raise SlackRefusal("thread_not_found")
        return str(parent["thread_ts"] or parent["ts"])


def check_content(args: JsonObject, is_update: bool = False) -> dict[str, Any]:
    """Text and blocks as they will be kept, or Slack's refusal."""
    text, blocks, markdown = args.get("text"), args.get("blocks"), args.get("markdown_text")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    if markdown:
        if text or blocks:
            raise SlackRefusal("markdown_text_conflict")
        text = markdown
    if not text and not blocks and not args.get("attachments") and not (is_update and args.get("metadata")):
        raise SlackRefusal("no_text")
    if len(str(text or "")) > TEXT or len(str(markdown or "")) > 12_000:
        raise SlackRefusal("msg_too_long")
    if blocks:
        check = BlockCheck("message").blocks(blocks)
        if check.errors:
            raise invalid("invalid_blocks", check.errors)
        if check.characters > TOTAL_CHARACTERS:
            raise SlackRefusal("msg_blocks_too_long")
    content = {"text": str(text or ""), "blocks": with_ids(blocks) if blocks else None}
    return {**content, "attachments": args["attachments"]} if args.get("attachments") else content


def _metadata(value: Any) -> JsonObject | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(value.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    return value
