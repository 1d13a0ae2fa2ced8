"""The whole playground as one object: what tests hold in the hand and the control pages wrap."""

from collections.abc import Sequence

from bot.playground.line.api import LineDoor
from bot.playground.line.chats import LineChats
from bot.playground.line.contents import Contents
from bot.playground.line.endpoints import MenuEndpoints, MessageEndpoints, WebhookEndpoints
from bot.playground.line.phone import LinePhone
from bot.playground.line.reply_tokens import ReplyTokens
from bot.playground.line.rich_menus import RichMenus
from bot.playground.line.sending import LineSending
from bot.playground.line.webhooks import LineWebhooks
from bot.playground.settings import PlaygroundSettings
from bot.playground.slack.api import SlackDoor
from bot.playground.slack.chat_methods import PER_CHANNEL, ChatMethods
from bot.playground.slack.delivery import SlackDelivery
from bot.playground.slack.lookup_methods import LookupMethods
from bot.playground.slack.person import SlackPerson
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.tickets import Tickets
from bot.playground.slack.views import Views
from bot.playground.slack.workspace import Workspace
from bot.playground.world.acts import Done, NotPossible
from bot.playground.world.bot_calls import BotLine, CallBot, HttpBot
from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock
from bot.playground.world.faults import Faults, read_fault
from bot.playground.world.json_data import JsonObject
from bot.playground.world.later import Later
from bot.playground.world.rates import Buckets, Rate
from bot.playground.world.shelf import Shelf
from bot.playground.world.wire import WireLog


class LocalPlatform:
    """LINE, Slack and the world they share, for one bot.

    Everything happens on the running event loop; acts return after the bot answered or the platform lost
    patience.
    `call_bot` replaces the HTTP way to the bot. Call close() at the end.
    """

    def __init__(self, settings: PlaygroundSettings, call_bot: CallBot | None = None) -> None:
        self.settings = settings
        self.own_url = settings.own_url.rstrip("/")
        self._http = HttpBot()
        self._build_world(settings, call_bot or self._http)
        self._build_line(settings)
        self._build_slack(settings)
        self.set_limits(settings.line_rate_limits, settings.slack_rate_limits)

    def _build_world(self, settings: PlaygroundSettings, call_bot: CallBot) -> None:
        clock_file = settings.clock_file
        if clock_file is None and settings.state_dir is not None:
            clock_file = settings.state_dir / "clock"
        self.clock = Clock(clock_file)
        self.shelf = Shelf(settings.state_dir)
        self.changes = Changes()
        self.wire = WireLog(self.clock, self.changes)
        self.faults = Faults()
        self.later = Later(self.clock)
        self._buckets = Buckets(self.clock)
        self.bot = BotLine(settings.bot_url, call_bot, self.wire)

    def _build_line(self, settings: PlaygroundSettings) -> None:
        tokens = ReplyTokens(self.clock)
        self.chats = LineChats(self.shelf, self.clock, self.changes, settings.people)
        self.menus = RichMenus(self.shelf, self.changes)
        self.contents = Contents(self.shelf, self.clock)
        self.sending = LineSending(self.chats, tokens, self.shelf, self.clock)
        self.line_webhooks = LineWebhooks(
            settings.line_channel_secret, self.bot, self.clock, self.chats, tokens
        )
        self.phone = LinePhone(self.chats, self.line_webhooks, self.menus, self.contents)
        self.line_door = LineDoor(settings.line_access_token, self.faults, self._buckets, self.wire, True)
        self.line_messages_api = MessageEndpoints(self.sending, self.chats, self.contents)
        self.line_menus_api = MenuEndpoints(self.menus, self.chats)
        self.line_webhook_api = WebhookEndpoints(self.line_webhooks, self.bot, self.shelf, self.clock)

    def _build_slack(self, settings: PlaygroundSettings) -> None:
        tickets, self.sockets = Tickets(self.clock), Sockets(self.wire)
        self.workspace = Workspace(
            self.shelf, self.clock, self.changes, settings.people, settings.slack_channels
        )
        self.views = Views(self.shelf, self.clock, self.changes)
        self.chat = ChatMethods(self.workspace, self._buckets)
        self.delivery = SlackDelivery(
            settings.slack_signing_secret, self.bot, self.clock, self.later, self.sockets
        )
        self.person = SlackPerson(
            self.workspace, self.views, self.chat, tickets, self.delivery, lambda: self.own_url
        )
        self.slack_door = SlackDoor(
            settings.slack_bot_token,
            settings.slack_app_token,
            self.chat,
            LookupMethods(self.workspace, self.clock),
            self.views,
            self.workspace,
            tickets,
            self.sockets,
            self.faults,
            self._buckets,
            self.wire,
        )

    async def close(self) -> None:
        await self.later.close()
        await self._http.close()
        self.shelf.close()

    # LINE: what a person does

    async def line_text(self, user: str, text: str, group: str = "") -> Done:
        return await self.phone.text(user, text, group)

    async def line_tap(
        self, user: str, action: JsonObject, message_id: str | None = None, params: JsonObject | None = None
    ) -> Done:
        return await self.phone.tap(user, message_id, action, params)

    async def line_menu(self, user: str, area: int) -> Done:
        return await self.phone.menu(user, area)

    async def line_media(self, user: str, kind: str, name: str = "", data: bytes = b"") -> Done:
        return await self.phone.media(user, kind, name, data)

    async def line_sticker(self, user: str) -> Done:
        return await self.phone.sticker(user)

    async def line_location(
        self, user: str, title: str, address: str, latitude: float, longitude: float
    ) -> Done:
        return await self.phone.location(user, title, address, latitude, longitude)

    async def line_follow(self, user: str) -> Done:
        return await self.phone.follow(user)

    async def line_unfollow(self, user: str) -> Done:
        return await self.phone.unfollow(user)

    async def line_join(self, group: str) -> Done:
        return await self.phone.join(group)

    async def line_raw_event(self, user: str, event: JsonObject) -> Done:
        return await self.phone.raw_event(user, event)

    def line_messages(self, user: str) -> list[JsonObject]:
        """Oldest first: {"id", "from", "at", "message", "display", "via"}."""
        return self.chats.messages(user)

    # Slack: what a person does

    async def slack_message(
        self, user: str, text: str, channel: str = "", thread_ts: str | None = None
    ) -> Done:
        return await self.person.message(user, text, channel, thread_ts)

    async def slack_tap(
        self, user: str, channel: str, ts: str, block_id: str, action_id: str, choice: object = None
    ) -> Done:
        return await self.person.tap(user, channel, ts, block_id, action_id, choice)

    async def slack_tap_view(
        self, user: str, block_id: str, action_id: str, choice: object = None, view_id: str = ""
    ) -> Done:
        """Without view_id: the App Home."""
        return await self.person.tap_view(user, view_id, block_id, action_id, choice)

    async def slack_command(self, user: str, command: str, text: str = "", channel: str = "") -> Done:
        return await self.person.command(user, command, text, channel)

    async def slack_shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> Done:
        return await self.person.shortcut(user, callback_id, channel, ts)

    async def slack_home(self, user: str) -> Done:
        return await self.person.home(user)

    async def slack_submit(self, user: str, view_id: str, values: JsonObject) -> Done:
        return await self.person.submit(user, view_id, values)

    async def slack_close(self, user: str, view_id: str) -> Done:
        return await self.person.close(user, view_id)

    def slack_presence(self, user: str, active: bool) -> None:
        self.workspace.set_active(user, active)

    def slack_messages(self, channel: str) -> list[JsonObject]:
        """Oldest first, deleted ones included and marked; a user's id means the app's DM with them."""
        return self.workspace.messages(self.workspace.resolve(channel))

    # The world

    async def advance(self, seconds: float) -> None:
        """Moves the clock forward and does what has become due (Slack's retries)."""
        if not 0 <= seconds <= 400 * 86400:
            raise NotPossible("the clock moves forward, by up to 400 days")
        self.clock.advance(seconds)
        self.changes.tell("clock", "")
        await self.later.run_due()

    def order_faults(self, platform: str, method: str, replies: Sequence[JsonObject]) -> None:
        """Raises ValueError where a reply makes no sense."""
        self.faults.order(platform, method, [read_fault(reply) for reply in replies])

    def set_quota(self, limit: int | None) -> None:
        self.sending.set_quota(limit)

    def set_limits(self, line: bool = True, slack: bool = True, slack_burst: int = 1) -> None:
        """False switches a platform's rate limits off, for load tests."""
        self.line_door.rate_limits = line
        self.slack_door.rate_limits = slack
        burst = Rate(PER_CHANNEL.per_s, max(1, slack_burst))
        self.chat.per_channel = burst if slack else None

    async def redeliver(self, platform: str, event_ids: Sequence[str], times: int = 1) -> Done:
        """An earlier webhook again: LINE in one request marked as redelivered, Slack each as a retry."""
        last = Done()
        for number in range(1, times + 1):
            answer = None
            if platform == "line":
                answer = await self.line_webhooks.redeliver(event_ids)
            else:
                for event_id in event_ids:
                    answer = await self.delivery.again(event_id, min(number, 3))
            if answer is None:
                raise NotPossible(f"no such event: {', '.join(event_ids)}")
            last = Done(answer, event_id=event_ids[-1])
        return last

    async def verify(self, platform: str) -> Done:
        """The platforms' own check of the address: LINE with no events, Slack with a challenge."""
        if platform == "line":
            return Done(await self.line_webhooks.send([]))
        return Done(await self.delivery.url_verification("playground-challenge"))
