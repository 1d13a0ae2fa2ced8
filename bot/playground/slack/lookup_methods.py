"""users.*, conversations.*, team, bots, auth: what an app asks about the workspace."""

from bot.playground.settings import PlayPerson
from bot.playground.slack.refusal import SlackRefusal
from bot.playground.slack.workspace import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER,
    TEAM_DOMAIN,
    TEAM_ID,
    Workspace,
    api_message,
    im_of,
    micros,
)
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject


class LookupMethods:
    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock

    def auth_test(self, args: JsonObject) -> JsonObject:
        return {
            "url": f"https://{TEAM_DOMAIN}.slack.com/",
            "team": TEAM_DOMAIN,
            "user": BOT_NAME,
            "team_id": TEAM_ID,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def team_info(self, args: JsonObject) -> JsonObject:
        return {"team": {"id": TEAM_ID, "name": TEAM_DOMAIN, "domain": TEAM_DOMAIN, "email_domain": ""}}

    def bots_info(self, args: JsonObject) -> JsonObject:
        if args.get("bot") not in (None, BOT_ID):
            raise SlackRefusal("bot_not_found")
        bot = {"id": BOT_ID, "deleted": False, "name": BOT_NAME, "app_id": APP_ID, "user_id": BOT_USER}
        return {"bot": {**bot, "updated": int(self._clock.now())}}

    def users_info(self, args: JsonObject) -> JsonObject:
        user = str(args.get("user") or "")
        if user == BOT_USER:
            return {"user": {"id": BOT_USER, "team_id": TEAM_ID, "name": BOT_NAME, "is_bot": True}}
        return {"user": self._user(self._known(user))}

    def lookup_by_email(self, args: JsonObject) -> JsonObject:
        wanted = str(args.get("email") or "").casefold()
        for user in self._workspace.users:
            person = self._known(user)
            if wanted and person.email and person.email.casefold() == wanted:
                return {"user": self._user(person)}
        raise SlackRefusal("users_not_found")

    def users_list(self, args: JsonObject) -> JsonObject:
        members = [self._user(self._known(user)) for user in self._workspace.users]
        return {"members": members, "response_metadata": {"next_cursor": ""}}

    def presence(self, args: JsonObject) -> JsonObject:
        user = str(args.get("user") or "")
        self._known(user)
        return {"presence": "active" if self._workspace.is_active(user) else "away"}

    def dnd_info(self, args: JsonObject) -> JsonObject:
        self._known(str(args.get("user") or ""))
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": False}

    def conversations_open(self, args: JsonObject) -> JsonObject:
        users = args.get("users")
        if args.get("channel"):
            channel = self._workspace.resolve(args["channel"])
        else:
            named = users.split(",") if isinstance(users, str) else list(users or [])
            if len(named) != 1:
                raise SlackRefusal("not_enough_users" if not named else "too_many_users")
            if self._workspace.person(str(named[0])) is None:
                raise SlackRefusal("user_not_found")
            channel = im_of(str(named[0]))
        return {"no_op": True, "already_open": True, "channel": self._conversation(channel)}

    def conversations_info(self, args: JsonObject) -> JsonObject:
        return {"channel": self._conversation(self._workspace.resolve(args.get("channel")))}

    def conversations_join(self, args: JsonObject) -> JsonObject:
        channel = self._workspace.resolve(args.get("channel"))
        return {"channel": self._conversation(channel), "warning": "already_in_channel"}

    def conversations_list(self, args: JsonObject) -> JsonObject:
        kinds = str(args.get("types") or "public_channel").split(",")
        ids = [channel.id for channel in self._workspace.channels]
        if "im" in kinds:
            ids += [im_of(user) for user in self._workspace.users]
        channels = [self._conversation(channel) for channel in ids]
        return {"channels": channels, "response_metadata": {"next_cursor": ""}}

    def conversations_members(self, args: JsonObject) -> JsonObject:
        channel = self._workspace.resolve(args.get("channel"))
        members = [user for user in self._workspace.users if self._workspace.is_member(user, channel)]
        return {"members": [*members, BOT_USER], "response_metadata": {"next_cursor": ""}}

    def history(self, args: JsonObject) -> JsonObject:
        """Newest first, without replies in threads, a page at a time."""
        channel = self._workspace.resolve(args.get("channel"))
        rows = [row for row in self._workspace.messages(channel) if row["thread_ts"] in (None, row["ts"])]
        found, more = self._page(rows, args, newest_first=True)
        return {"messages": found, "has_more": more, "pin_count": 0}

    def replies(self, args: JsonObject) -> JsonObject:
        """The parent and its replies, oldest first."""
        channel, ts = self._workspace.resolve(args.get("channel")), str(args.get("ts"))
        parent = self._workspace.message(channel, ts)
        if parent is None:
            raise SlackRefusal("thread_not_found")
        root = parent["thread_ts"] or ts
        rows = [row for row in self._workspace.messages(channel) if root in (row["ts"], row["thread_ts"])]
        found, more = self._page(rows, args, newest_first=False)
        return {"messages": found, "has_more": more}

    def _page(
        self, rows: list[JsonObject], args: JsonObject, newest_first: bool
    ) -> tuple[list[JsonObject], bool]:
        oldest, latest = micros(str(args.get("oldest") or "0")), args.get("latest")
        last = micros(str(latest)) if latest else None
        inclusive = _is_true(args.get("inclusive"))
        seen = [
            row
            for row in rows
            if not row["deleted"]
            and not row["ephemeral_to"]
            and _is_between(micros(row["ts"]), oldest, last, inclusive)
        ]
        if newest_first:
            seen.reverse()
        limit = min(int(args.get("limit") or 100), 999)
        with_metadata = _is_true(args.get("include_all_metadata"))
        return [_shown(row, with_metadata) for row in seen[:limit]], len(seen) > limit

    def _known(self, user: str) -> PlayPerson:
        person = self._workspace.person(user)
        if person is None:
            raise SlackRefusal("user_not_found")
        return person

    def _user(self, person: PlayPerson) -> JsonObject:
        profile = {"real_name": person.name, "display_name": person.name, "team": TEAM_ID}
        if person.email:
            profile["email"] = person.email
        return {
            "id": person.slack_user_id,
            "team_id": TEAM_ID,
            "name": person.id,
            "real_name": person.name,
            "deleted": False,
            "tz": "Asia/Tokyo",
            "tz_offset": 32400,
            "locale": "ja-JP",
            "profile": profile,
            "is_bot": False,
            "is_app_user": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_email_confirmed": bool(person.email),
        }

    def _conversation(self, channel: str) -> JsonObject:
        user = self._workspace.user_of_im(channel)
        if user is not None:
            return {"id": channel, "is_im": True, "user": user, "is_archived": False}
        name = self._workspace.channel_name(channel)
        return {"id": channel, "name": name, "is_channel": True, "is_member": True, "is_archived": False}


def _shown(row: JsonObject, with_metadata: bool) -> JsonObject:
    message = api_message(row)
    if not with_metadata:
        message.pop("metadata", None)
    return message


def _is_between(at: int, oldest: int, latest: int | None, inclusive: bool) -> bool:
    if inclusive:
        return oldest <= at and (latest is None or at <= latest)
    return oldest < at and (latest is None or at < latest)


def _is_true(value: object) -> bool:
    return value in (True, 1, "1", "true", "True")
