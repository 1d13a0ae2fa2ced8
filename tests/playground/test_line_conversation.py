"""LINE through its own SDK: webhooks in, replies and pushes out, and what LINE refuses."""

import base64
import uuid

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.messaging import (
    ApiException,
    CreateRichMenuAliasRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
)
from linebot.v3.webhooks import (
    FollowEvent,
    ImageMessageContent,
    MessageEvent,
    PostbackEvent,
    StickerMessageContent,
)

from bot.playground.line.webhooks import sign
from bot.playground.world.json_data import compact
from tests.playground.stage import HANA, KEN, SETTINGS, Stage

pytestmark = pytest.mark.anyio
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
AREA = {
    "bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686},
    "action": {"type": "postback", "label": "危険", "data": "mine", "displayText": "危険"},
}
MENU = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "n",
    "chatBarText": "メニュー",
    "areas": [AREA],
}


def reply(token: str, text: str = "はい") -> ReplyMessageRequest:
    return ReplyMessageRequest(replyToken=token, messages=[TextMessage(text=text)])


def push(to: str, text: str = "至急") -> PushMessageRequest:
    return PushMessageRequest(to=to, messages=[TextMessage(text=text)])


async def test_a_text_reaches_the_bot_signed_and_the_reply_stands_in_the_chat(play: Stage) -> None:
    told = await play.control(f"/line/{HANA}/text", text="怒鳴られている")
    event = play.bot.events[0]
    sent = await play.line.reply_message(reply(event["replyToken"]))
    assert told["status"] == 200
    assert event["message"]["text"] == "怒鳴られている"
    said = [
        (row["from"], row["message"].get("text"), row["via"]) for row in play.platform.line_messages(HANA)
    ]
    assert said == [("user", "怒鳴られている", None), ("bot", "はい", "reply")]
    assert sent.sent_messages[0].id == play.platform.line_messages(HANA)[1]["id"]


async def test_the_sdk_reads_every_kind_of_event(play: Stage) -> None:
    await play.platform.line_follow(HANA)
    await play.platform.line_text(HANA, "a")
    await play.platform.line_sticker(HANA)
    for kind in ("image", "video", "audio", "file"):
        await play.platform.line_media(HANA, kind, "写真")
    await play.platform.line_location(HANA, "市役所", "江別市", 43.1, 141.5)
    await play.platform.line_menu(HANA, 0)
    await play.platform.line_join("C" + "c" * 32)
    await play.platform.line_text(HANA, "b", group="C" + "c" * 32)
    await play.platform.line_unfollow(HANA)
    raw = compact({"destination": "U", "events": play.bot.events}).decode()
    parser = WebhookParser(SETTINGS.line_channel_secret)
    events = parser.parse(raw, sign(SETTINGS.line_channel_secret.encode(), raw.encode()))
    assert [event.type for event in events] == [sent["type"] for sent in play.bot.events]
    assert isinstance(events[0], FollowEvent)
    assert isinstance(events[1], MessageEvent)
    assert isinstance(events[2].message, StickerMessageContent)
    assert isinstance(events[3].message, ImageMessageContent)
    assert isinstance(events[8], PostbackEvent)
    assert events[8].postback.data == "m1.danger"
    assert events[10].source.type == "group"
    assert "replyToken" not in play.bot.events[-1]


async def test_a_reply_token_works_once(play: Stage) -> None:
    await play.platform.line_text(HANA, "a")
    token = play.bot.events[0]["replyToken"]
    await play.line.reply_message(reply(token))
    with pytest.raises(ApiException) as caught:
        await play.line.reply_message(reply(token))
    assert (caught.value.status, "Invalid reply token" in caught.value.body) == (400, True)


async def test_a_refused_reply_leaves_the_token_good(play: Stage) -> None:
    await play.platform.line_text(HANA, "a")
    token = play.bot.events[0]["replyToken"]
    status, _, _ = await play.line_call("/message/reply", {"replyToken": token, "messages": []})
    assert status == 400
    await play.line.reply_message(reply(token))


@pytest.mark.parametrize(("seconds", "works"), [(59, True), (61, False)])
async def test_a_reply_token_lives_a_minute(play: Stage, seconds: int, works: bool) -> None:
    await play.platform.line_text(HANA, "a")
    await play.platform.advance(seconds)
    body = {"replyToken": play.bot.events[0]["replyToken"], "messages": [{"type": "text", "text": "x"}]}
    assert (await play.line_call("/message/reply", body))[0] == (200 if works else 400)


@pytest.mark.parametrize(("minutes", "works"), [(19, True), (21, False)])
async def test_a_redelivery_revives_the_token_up_to_twenty_minutes(
    play: Stage, minutes: int, works: bool
) -> None:
    done = await play.platform.line_text(HANA, "a")
    await play.platform.advance(minutes * 60)
    await play.control("/redeliver", platform="line", event_id=done.event_id, times=1)
    first, again = play.bot.events
    assert again == {**first, "deliveryContext": {"isRedelivery": True}}
    body = {"replyToken": first["replyToken"], "messages": [{"type": "text", "text": "x"}]}
    assert (await play.line_call("/message/reply", body))[0] == (200 if works else 400)


async def test_a_failed_webhook_is_not_sent_again_by_itself(play: Stage) -> None:
    play.bot.statuses = [500]
    done = await play.platform.line_text(HANA, "a")
    await play.platform.advance(3600)
    assert done.answer is not None
    assert (done.answer.status, len(play.bot.events)) == (500, 1)


async def test_line_hangs_up_after_two_seconds(play: Stage) -> None:
    play.bot.keeps_silent = True
    told = await play.control(f"/line/{HANA}/text", text="a")
    assert (told["ok"], told["trouble"]) == (False, "timeout")
    assert 1900 < told["ms"] < 2900


async def test_a_retry_key_on_a_reply_is_refused(play: Stage) -> None:
    await play.platform.line_text(HANA, "a")
    body = {"replyToken": play.bot.events[0]["replyToken"], "messages": [{"type": "text", "text": "x"}]}
    assert (await play.line_call("/message/reply", body, x_line_retry_key=str(uuid.uuid4())))[0] == 400


async def test_a_push_with_a_known_retry_key_is_not_sent_twice(play: Stage) -> None:
    key = str(uuid.uuid4())
    first = await play.line.push_message_with_http_info(push(HANA), x_line_retry_key=key)
    with pytest.raises(ApiException) as caught:
        await play.line.push_message(push(HANA, "別の文"), x_line_retry_key=key)
    assert caught.value.status == 409
    accepted = caught.value.headers["x-line-accepted-request-id"]
    assert accepted == first.headers["x-line-request-id"]
    assert first.data.sent_messages[0].id in caught.value.body
    assert len(play.platform.line_messages(HANA)) == 1


async def test_a_retry_key_is_forgotten_after_a_day(play: Stage) -> None:
    key = str(uuid.uuid4())
    await play.line.push_message(push(HANA), x_line_retry_key=key)
    await play.platform.advance(24 * 3600 + 1)
    await play.line.push_message(push(HANA), x_line_retry_key=key)
    assert len(play.platform.line_messages(HANA)) == 2


async def test_a_push_over_the_quota_is_refused_and_may_go_later_with_the_same_key(play: Stage) -> None:
    key = str(uuid.uuid4())
    await play.control("/quota", limit=1)
    await play.line.push_message(push(HANA))
    with pytest.raises(ApiException) as caught:
        await play.line.push_message(push(HANA), x_line_retry_key=key)
    assert (caught.value.status, "monthly limit" in caught.value.body) == (429, True)
    quota, used = await play.line.get_message_quota(), await play.line.get_message_quota_consumption()
    assert (quota.value, used.total_usage) == (1, 1)
    await play.control("/quota", limit=None)
    await play.line.push_message(push(HANA), x_line_retry_key=key)


async def test_a_new_month_starts_a_new_count(play: Stage) -> None:
    await play.control("/quota", limit=1)
    await play.line.push_message(push(HANA))
    await play.platform.advance(32 * 86400)
    await play.line.push_message(push(HANA))


async def test_a_push_to_somebody_who_blocked_says_ok_and_costs_nothing(play: Stage) -> None:
    await play.platform.line_unfollow(HANA)
    answer = await play.line.push_message(push(HANA))
    assert len(answer.sent_messages) == 1
    assert (play.platform.line_messages(HANA), play.platform.sending.used()) == ([], 0)


async def test_a_push_to_nobody_is_refused(play: Stage) -> None:
    for to in ("U" + "f" * 32, "nobody"):
        with pytest.raises(ApiException) as caught:
            await play.line.push_message(push(to))
        assert caught.value.status == 400


async def test_a_multicast_reaches_each_friend_once(play: Stage) -> None:
    body = {"to": [HANA, HANA, KEN, "U" + "f" * 32], "messages": [{"type": "text", "text": "x"}]}
    assert (await play.line_call("/message/multicast", body))[0] == 200
    assert (len(play.platform.line_messages(HANA)), play.platform.sending.used()) == (1, 2)


async def test_a_wrong_token_is_401_and_every_answer_has_a_request_id(play: Stage) -> None:
    status, headers, _ = await play.line_call("/message/push", {}, authorization="Bearer other")
    assert status == 401
    assert uuid.UUID(headers["x-line-request-id"]).version == 4


async def test_the_rate_limit_says_so_and_can_be_switched_off(play: Stage) -> None:
    body = {"to": [HANA], "messages": [{"type": "text", "text": "x"}]}
    codes = [(await play.line_call("/message/broadcast", body))[0] for _ in range(61)]
    assert codes == [200] * 60 + [429]
    await play.control("/limits", line=False)
    assert (await play.line_call("/message/broadcast", body))[0] == 200


async def test_the_typing_sign_ends_with_the_next_message_or_its_time(play: Stage) -> None:
    await play.line.show_loading_animation(ShowLoadingAnimationRequest(chatId=HANA, loadingSeconds=10))
    assert play.platform.chats.is_typing(HANA)
    await play.line.push_message(push(HANA))
    assert not play.platform.chats.is_typing(HANA)
    await play.line.show_loading_animation(ShowLoadingAnimationRequest(chatId=HANA, loadingSeconds=10))
    await play.platform.advance(11)
    assert not play.platform.chats.is_typing(HANA)
    assert (await play.line_call("/chat/loading/start", {"chatId": HANA, "loadingSeconds": 7}))[0] == 400


async def test_a_tap_shows_its_words_and_only_buttons_that_exist_can_be_tapped(play: Stage) -> None:
    action = {"type": "postback", "label": "向かう", "data": "go", "displayText": "向かいます"}
    bubble = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": action}]},
    }
    message = {"type": "flex", "altText": "応援要請", "contents": bubble}
    _, _, sent = await play.line_call("/message/push", {"to": HANA, "messages": [message]})
    shown = sent["sentMessages"][0]["id"]
    told = await play.control(f"/line/{HANA}/tap", message_id=shown, action=action)
    wrong = await play.control(f"/line/{HANA}/tap", message_id=shown, action={**action, "data": "other"})
    assert (told["status"], wrong["ok"]) == (200, False)
    assert [event["postback"]["data"] for event in play.bot.events] == ["go"]
    assert play.platform.line_messages(HANA)[-1]["display"] == "向かいます"


async def test_content_is_prepared_then_there_then_gone(play: Stage) -> None:
    await play.platform.line_media(HANA, "video", "v.mp4", b"moving")
    message_id = play.bot.events[0]["message"]["id"]
    first = await play.blob.get_message_content_with_http_info(message_id)
    await play.platform.advance(2)
    second = await play.blob.get_message_content(message_id)
    await play.control("/line/content", message_id=message_id, state="gone")
    with pytest.raises(ApiException) as caught:
        await play.blob.get_message_content(message_id)
    assert (first.status_code, bytes(second), caught.value.status) == (202, b"moving", 410)


async def test_a_registered_rich_menu_takes_the_place_of_the_default_four(play: Stage) -> None:
    state = await play.get(f"/state?line={HANA}")
    own = [area["action"]["data"] for area in state["line"][HANA]["rich_menu"]["areas"]]
    assert own == ["m1.danger", "m1.help", "m1.unsure", "m1.record"]
    made = await play.line.create_rich_menu(RichMenuRequest.from_dict(MENU))
    with pytest.raises(ApiException):
        await play.line.set_default_rich_menu(made.rich_menu_id)
    kind = {"Content-Type": "image/png"}
    await play.blob.set_rich_menu_image(made.rich_menu_id, body=bytearray(PNG), _headers=kind)
    await play.line.set_default_rich_menu(made.rich_menu_id)
    alias = CreateRichMenuAliasRequest(richMenuAliasId="big-four", richMenuId=made.rich_menu_id)
    await play.line.create_rich_menu_alias(alias)
    await play.platform.line_menu(HANA, 0)
    assert play.bot.events[-1]["postback"] == {"data": "mine"}
    assert bytes(await play.blob.get_rich_menu_image(made.rich_menu_id)) == PNG
    await play.line.delete_rich_menu(made.rich_menu_id)
    assert len(play.platform.menus.shown_to(HANA)["areas"]) == 4


async def test_the_webhook_test_calls_the_bot_with_no_events(play: Stage) -> None:
    found = await play.line.test_webhook_endpoint()
    play.bot.statuses = [500]
    failed = await play.line.test_webhook_endpoint()
    assert (found.success, failed.success, failed.reason, play.bot.events) == (
        True,
        False,
        "ERROR_STATUS_CODE",
        [],
    )
    assert (await play.line.get_webhook_endpoint()).endpoint.endswith("/line/webhook")


async def test_profiles_are_of_friends_only(play: Stage) -> None:
    assert (await play.line.get_profile(HANA)).display_name == "佐藤 花"
    await play.platform.line_unfollow(HANA)
    with pytest.raises(ApiException) as caught:
        await play.line.get_profile(HANA)
    assert caught.value.status == 404
    assert (await play.line.get_bot_info()).chat_mode == "bot"


async def test_events_of_tomorrow_can_be_sent_in_one_batch_in_any_order(play: Stage) -> None:
    first = await play.platform.line_raw_event(HANA, {"type": "somethingNew", "mode": "quiet"})
    second = await play.platform.line_text(HANA, "a")
    await play.control("/redeliver", platform="line", event_ids=[second.event_id, first.event_id])
    assert [event["type"] for event in play.bot.events[2:]] == ["message", "somethingNew"]
