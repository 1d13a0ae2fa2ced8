"""Slack through its own SDKs: signed requests in, Web API calls out, and what Slack refuses."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack.workspace import BOT_USER
from tests.playground.stage import CHANNEL, RIKU, SETTINGS, Stage

pytestmark = pytest.mark.anyio
DM = "D0RIKU0001"
BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "block_id": "what", "text": {"type": "mrkdwn", "text": "*応援要請* 窓口"}},
    {
        "type": "actions",
        "block_id": "page-1",
        "elements": [
            {
                "type": "button",
                "action_id": "coming",
                "text": {"type": "plain_text", "text": "向かいます"},
                "value": "c1",
            }
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "記録"},
    "submit": {"type": "plain_text", "text": "送る"},
    "blocks": [
        {
            "type": "input",
            "block_id": "n",
            "label": {"type": "plain_text", "text": "メモ"},
            "element": {"type": "plain_text_input", "action_id": "t"},
        }
    ],
}
HOME = {"type": "home", "blocks": BLOCKS}


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_page_is_posted_pressed_and_updated_in_place(play: Stage) -> None:
    opened = await play.slack.conversations_open(users=RIKU)
    sent = await play.slack.chat_postMessage(channel=opened["channel"]["id"], text="応援要請", blocks=BLOCKS)
    path = f"/slack/{RIKU}/tap"
    told = await play.control(path, channel=DM, ts=sent["ts"], block_id="page-1", action_id="coming")
    pressed = play.bot.slack[0]
    assert (told["status"], pressed["type"], pressed["user"]["id"]) == (200, "block_actions", RIKU)
    assert pressed["actions"][0]["value"] == "c1"
    assert (pressed["container"]["message_ts"], pressed["channel"]["id"]) == (sent["ts"], DM)
    await play.slack.chat_update(channel=DM, ts=sent["ts"], text="向かっています", blocks=[])
    row = play.platform.slack_messages(DM)[0]
    assert (row["text"], row["blocks"]) == ("向かっています", None)
    assert (await play.control(path, channel=DM, ts=sent["ts"], block_id="page-1", action_id="coming"))[
        "ok"
    ] is False


async def test_an_update_without_blocks_keeps_them(play: Stage) -> None:
    sent = await play.slack.chat_postMessage(channel=CHANNEL, text="a", blocks=BLOCKS)
    await play.slack.chat_update(channel=CHANNEL, ts=sent["ts"], text="b")
    row = play.platform.slack_messages(CHANNEL)[0]
    assert (row["text"], [block["block_id"] for block in row["blocks"]]) == ("b", ["what", "page-1"])


async def test_messages_commands_shortcuts_and_the_home_reach_the_bot_signed(play: Stage) -> None:
    await play.control(f"/slack/{RIKU}/message", text="助けて")
    await play.control(f"/slack/{RIKU}/message", text=f"<@{BOT_USER}> やあ", channel=CHANNEL)
    await play.control(f"/slack/{RIKU}/home")
    await play.control(f"/slack/{RIKU}/command", command="/mamori", text="危険")
    await play.control(f"/slack/{RIKU}/shortcut", callback_id="call_help")
    ts = play.platform.slack_messages(CHANNEL)[0]["ts"]
    await play.control(f"/slack/{RIKU}/shortcut", callback_id="record_this", channel=CHANNEL, ts=ts)
    kinds = [one.get("event", {}).get("type") or one.get("type") or one["command"] for one in play.bot.slack]
    assert kinds == [
        "message",
        "message",
        "app_mention",
        "app_home_opened",
        "/mamori",
        "shortcut",
        "message_action",
    ]
    first, command = play.bot.slack[0], play.bot.slack[4]
    assert (first["event"]["channel_type"], first["event"]["channel"], first["event"]["text"]) == (
        "im",
        DM,
        "助けて",
    )
    assert first["authorizations"][0]["user_id"] == BOT_USER
    assert (command["text"], command["user_id"], command["channel_id"]) == ("危険", RIKU, DM)


async def test_a_failed_event_is_sent_again_at_once_after_a_minute_and_after_five(play: Stage) -> None:
    play.bot.statuses = [500, 500, 500, 500]
    await play.platform.slack_message(RIKU, "a")
    await play.platform.later.run_due()
    assert play.bot.retries == [("1", "http_error")]
    await play.platform.advance(59)
    assert len(play.bot.retries) == 1
    await play.platform.advance(2)
    assert [number for number, _ in play.bot.retries] == ["1", "2"]
    await play.platform.advance(7200)
    assert [number for number, _ in play.bot.retries] == ["1", "2", "3"]
    assert len({one["event_id"] for one in play.bot.slack}) == 1


async def test_the_app_can_ask_for_no_retry(play: Stage) -> None:
    play.bot.statuses, play.bot.headers = [500], {"x-slack-no-retry": "1"}
    await play.platform.slack_message(RIKU, "a")
    await play.platform.advance(7200)
    assert len(play.bot.slack) == 1


async def test_slack_hangs_up_after_three_seconds_and_interactions_are_not_sent_again(play: Stage) -> None:
    sent = await play.slack.chat_postMessage(channel=DM, text="a", blocks=BLOCKS)
    play.bot.keeps_silent = True
    done = await play.platform.slack_tap(RIKU, DM, sent["ts"], "page-1", "coming")
    assert done.answer is not None
    assert (done.answer.trouble, 2900 < done.answer.ms < 4000) == ("timeout", True)
    play.bot.silent.set()
    await play.platform.advance(7200)
    assert len(play.bot.slack) == 1


async def test_the_address_is_verified_by_a_challenge(play: Stage) -> None:
    await play.control("/slack/verify")
    assert play.bot.slack[0]["type"] == "url_verification"


async def test_one_message_a_second_a_channel(play: Stage) -> None:
    await play.slack.chat_postMessage(channel=CHANNEL, text="a")
    with pytest.raises(SlackApiError) as caught:
        await play.slack.chat_postMessage(channel=CHANNEL, text="b")
    assert caught.value.response.status_code == 429
    assert (caught.value.response["error"], caught.value.response.headers["retry-after"]) == (
        "ratelimited",
        "1",
    )
    await play.slack.chat_postMessage(channel=DM, text="another channel")
    await play.platform.advance(1)
    await play.slack.chat_postMessage(channel=CHANNEL, text="b")
    await play.control("/limits", slack=False)
    for _ in range(5):
        await play.slack.chat_postMessage(channel=CHANNEL, text="c")


async def test_a_trigger_lives_three_seconds_and_opens_one_view(play: Stage) -> None:
    await play.platform.slack_shortcut(RIKU, "x")
    await play.platform.slack_shortcut(RIKU, "x")
    first, second = (one["trigger_id"] for one in play.bot.slack)
    await play.slack.views_open(trigger_id=first, view=MODAL)
    assert await refused(play.slack.views_open(trigger_id=first, view=MODAL)) == "exchanged_trigger_id"
    await play.platform.advance(4)
    assert await refused(play.slack.views_open(trigger_id=second, view=MODAL)) == "expired_trigger_id"
    assert await refused(play.slack.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"


async def test_a_modal_is_submitted_and_may_come_back_with_errors(play: Stage) -> None:
    await play.platform.slack_shortcut(RIKU, "x")
    opened = await play.slack.views_open(trigger_id=play.bot.slack[0]["trigger_id"], view=MODAL)
    view_id = opened["view"]["id"]
    values = {"n": {"t": {"type": "plain_text_input", "value": "怒鳴る"}}}
    play.bot.answer = {"response_action": "errors", "errors": {"n": "短すぎます"}}
    told = await play.control(f"/slack/{RIKU}/submit", view_id=view_id, values=values)
    assert told["opened"] == {"errors": {"n": "短すぎます"}}
    play.bot.answer = None
    await play.control(f"/slack/{RIKU}/submit", view_id=view_id, values=values)
    assert play.bot.slack[-1]["view"]["state"]["values"] == values
    assert play.platform.views.stack(RIKU) == []


async def test_a_home_published_against_an_old_hash_is_a_conflict(play: Stage) -> None:
    first = await play.slack.views_publish(user_id=RIKU, view=HOME)
    await play.slack.views_publish(user_id=RIKU, view=HOME, hash=first["view"]["hash"])
    late = play.slack.views_publish(user_id=RIKU, view=HOME, hash=first["view"]["hash"])
    assert await refused(late) == "hash_conflict"
    await play.control(f"/slack/{RIKU}/tap", home=True, block_id="page-1", action_id="coming")
    assert play.bot.slack[-1]["container"]["type"] == "view"


async def test_a_response_url_works_five_times_for_half_an_hour(play: Stage) -> None:
    await play.control(f"/slack/{RIKU}/command", command="/mamori", text="")
    await play.control(f"/slack/{RIKU}/command", command="/mamori", text="")
    first, second = (AsyncWebhookClient(one["response_url"]) for one in play.bot.slack)
    codes = [(await first.send(text="a")).status_code for _ in range(6)]
    assert codes == [200] * 5 + [404]
    assert {row["ephemeral_to"] for row in play.platform.slack_messages(DM)} == {RIKU}
    await play.platform.advance(30 * 60 + 1)
    assert (await second.send(text="a")).status_code == 404


async def test_a_response_url_replaces_the_message_it_came_from(play: Stage) -> None:
    sent = await play.slack.chat_postMessage(channel=DM, text="a", blocks=BLOCKS)
    await play.control(f"/slack/{RIKU}/tap", channel=DM, ts=sent["ts"], block_id="page-1", action_id="coming")
    await AsyncWebhookClient(play.bot.slack[0]["response_url"]).send(text="b", replace_original=True)
    assert [row["text"] for row in play.platform.slack_messages(DM)] == ["b"]


async def test_people_are_found_by_their_address(play: Stage) -> None:
    found = await play.slack.users_lookupByEmail(email="RIKU@example.jp")
    assert found["user"]["id"] == RIKU
    assert (await play.slack.users_info(user=RIKU))["user"]["profile"]["email"] == "riku@example.jp"
    assert await refused(play.slack.users_lookupByEmail(email="nobody@example.jp")) == "users_not_found"
    assert (await play.slack.auth_test())["user_id"] == BOT_USER
    assert (await play.slack.team_info())["team"]["id"]
    assert (await play.slack.bots_info())["bot"]["user_id"] == BOT_USER


async def test_history_shows_metadata_when_asked_and_threads_apart(play: Stage) -> None:
    meta = {"event_type": "page", "event_payload": {"entry": "e1"}}
    parent = await play.slack.chat_postMessage(channel=CHANNEL, text="a", metadata=meta)
    await play.platform.advance(1)
    await play.slack.chat_postMessage(channel=CHANNEL, text="b", thread_ts=parent["ts"])
    plain = await play.slack.conversations_history(channel=CHANNEL)
    whole = await play.slack.conversations_history(channel=CHANNEL, include_all_metadata=True)
    replies = await play.slack.conversations_replies(channel=CHANNEL, ts=parent["ts"])
    assert [("metadata" in one, one["text"]) for one in plain["messages"]] == [(False, "a")]
    assert whole["messages"][0]["metadata"] == meta
    assert [one["text"] for one in replies["messages"]] == ["a", "b"]


async def test_an_ephemeral_to_somebody_away_is_lost_without_a_word(play: Stage) -> None:
    await play.slack.chat_postEphemeral(channel=CHANNEL, user=RIKU, text="a")
    await play.control(f"/slack/{RIKU}/presence", active=False)
    lost = await play.slack.chat_postEphemeral(channel=CHANNEL, user=RIKU, text="b")
    assert lost["ok"]
    assert [row["text"] for row in play.platform.slack_messages(CHANNEL)] == ["a"]


async def test_what_slack_refuses_has_slacks_words(play: Stage) -> None:
    await play.platform.slack_message(RIKU, "mine", CHANNEL)
    theirs = play.platform.slack_messages(CHANNEL)[0]["ts"]
    slack = play.slack
    assert await refused(slack.chat_postMessage(channel="C0NOWHERE", text="a")) == "channel_not_found"
    assert (await play.slack_call("chat.postMessage", channel=CHANNEL, text=""))["error"] == "no_text"
    assert await refused(slack.chat_postMessage(channel=CHANNEL, text="a" * 40_001)) == "msg_too_long"
    assert await refused(slack.chat_update(channel=CHANNEL, ts="1.000001", text="a")) == "message_not_found"
    assert await refused(slack.chat_update(channel=CHANNEL, ts=theirs, text="a")) == "cant_update_message"
    assert await refused(slack.chat_delete(channel=CHANNEL, ts=theirs)) == "cant_delete_message"
    assert await refused(slack.api_call("chat.nonsense")) == "unknown_method"
    odd = await play.slack_call("conversations.history", channel=CHANNEL, limit="many", oldest={"a": 1})
    assert odd["error"] == "invalid_arguments"
    assert await refused(slack.users_info(user="U0NOBODY")) == "user_not_found"
    stranger = AsyncWebClient("xoxb-other", slack.base_url, session=play.http, retry_handlers=[])
    assert await refused(stranger.auth_test()) == "invalid_auth"
    wrong_kind = AsyncWebClient("xapp-test", slack.base_url, session=play.http, retry_handlers=[])
    assert await refused(wrong_kind.auth_test()) == "not_allowed_token_type"


def bolt_app(slack: AsyncWebClient, heard: list[str]) -> AsyncApp:
    app = AsyncApp(client=slack, signing_secret=SETTINGS.slack_signing_secret, process_before_response=True)

    @app.event("message")
    async def on_message(event: dict[str, Any], say: Any) -> None:
        heard.append(event["text"])
        await say(text="受け取りました", blocks=BLOCKS)

    @app.action("coming")
    async def on_coming(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        heard.append(body["actions"][0]["value"])
        await respond(text="向かっています", replace_original=True)

    @app.command("/mamori")
    async def on_command(ack: Any) -> None:
        await ack(text="はい")

    @app.shortcut("note")
    async def on_shortcut(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("note")
    async def on_view(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        heard.append(view["state"]["values"]["n"]["t"]["value"])

    return app


async def play_with_bolt(running: Stage, heard: list[str]) -> None:
    platform = running.platform
    await platform.slack_message(RIKU, "助けて")
    row = platform.slack_messages(DM)[1]
    await platform.slack_tap(RIKU, DM, row["ts"], "page-1", "coming")
    await platform.slack_command(RIKU, "/mamori")
    await platform.slack_shortcut(RIKU, "note")
    view = platform.views.stack(RIKU)[0]
    await platform.slack_submit(RIKU, view["id"], {"n": {"t": {"type": "plain_text_input", "value": "メモ"}}})
    assert heard == ["助けて", "c1", "メモ"]
    assert [row["text"] for row in platform.slack_messages(DM)] == ["助けて", "向かっています", "はい"]
    assert platform.views.stack(RIKU) == []


async def test_an_official_bolt_app_plays_over_http_unchanged(play: Stage) -> None:
    heard: list[str] = []
    play.bot.bolt = AsyncSlackRequestHandler(bolt_app(play.slack, heard)).handle
    await play_with_bolt(play, heard)


async def test_an_official_bolt_app_plays_over_a_socket_unchanged(play: Stage) -> None:
    pytest.importorskip("websockets", reason="uvicorn speaks WebSocket only with this package")
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    heard: list[str] = []
    handler = AsyncSocketModeHandler(bolt_app(play.slack, heard), "xapp-test")
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        async with asyncio.timeout(5):
            while not play.platform.sockets.is_open:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await play_with_bolt(play, heard)
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
    assert play.bot.slack == []


async def test_a_socket_address_opens_once(play: Stage) -> None:
    pytest.importorskip("websockets", reason="uvicorn speaks WebSocket only with this package")
    opened = await AsyncWebClient("xapp-test", play.slack.base_url).apps_connections_open(
        app_token="xapp-test"
    )
    async with play.http.ws_connect(opened["url"]) as first:
        assert (await first.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await play.http.ws_connect(opened["url"])
