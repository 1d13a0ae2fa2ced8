"""A whole call over HTTP: it rings, it is heard, a key is pressed, it ends; and everything that can go wrong with that."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.stores.connection import Client
from bot.stores.keys import Keys
from tests.platforms.phone.conftest import MORI, SATO, Office
from tests.platforms.phone.played_twilio import ACCOUNT, NUMBER

pytestmark = pytest.mark.anyio


async def test_a_call_says_who_and_where_and_what_each_key_does(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    assert (call["To"], call["From"], call["MachineDetection"], call["AsyncAmd"]) == (
        SATO,
        NUMBER,
        "Enable",
        "true",
    )
    assert said.sentences[:3] == [
        "守りから、応援の連絡です。",
        "2番窓口、愛子さん、応援。",
        "0分、ひとりかは不明。",
    ]
    assert said.sentences[3] == "向かうときは1、行けないときは2、もう一度聞くときは3を押してください。"
    assert said.sentences.count(said.sentences[3]) == 2
    assert said.languages == {"ja-JP"}
    assert said.hangs_up


async def test_a_call_is_heard_in_the_language_of_the_person(office: Office) -> None:
    await office.calls_for_help("m1.danger")
    (call,) = office.calls_to(MORI)
    said = await office.twilio.picks_up(call)
    assert said.languages == {"en-US"}
    assert said.sentences[0] == "This is Mamori, with a call for backup."


async def test_pressing_1_is_going_and_is_confirmed_aloud(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.presses(call, await office.twilio.picks_up(call), "1")
    assert said.sentences == ["ありがとうございます。愛子さんに伝えました。"]
    assert said.hangs_up
    assert await office.reach("sato") == "coming"
    assert await office.twilio.ends(call, "completed") == 200
    assert await office.reach("sato") == "coming"
    assert await office.reasons() == []


async def test_the_same_key_sent_twice_changes_nothing_the_second_time(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    first = await office.twilio.presses(call, said, "1")
    version = (await office.incident()).version
    assert (await office.twilio.presses(call, said, "1")).sentences == first.sentences
    assert (await office.incident()).version == version


async def test_pressing_2_calls_the_next_person_at_once(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.presses(call, await office.twilio.picks_up(call), "2")
    assert said.sentences == ["わかりました。ほかの人を呼びます。"]
    assert await office.reach("sato") == "declined"
    assert len(office.calls_to(MORI)) == 1


async def test_pressing_3_or_a_wrong_key_says_it_again_and_changes_nothing(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    first = await office.twilio.picks_up(call)
    again = await office.twilio.presses(call, first, "3")
    assert again.sentences == first.sentences
    wrong = await office.twilio.presses(call, again, "9")
    assert wrong.sentences == ["1、2、3のどれかを押してください。", *first.sentences]
    assert await office.reach("sato") == "paged"
    assert (await office.twilio.presses(call, wrong, "1")).sentences == [
        "ありがとうございます。愛子さんに伝えました。"
    ]


async def test_whoever_picks_up_after_the_end_hears_that_it_is_over(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    incident = await office.incident()
    await office.calls_for_help_ends(incident.id)
    over = ["この連絡は終わりました。いまは向かわなくて大丈夫です。"]
    assert (await office.twilio.picks_up(call)).sentences == over
    assert (await office.twilio.presses(call, said, "1")).sentences == over


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("no-answer", "phone_no_answer"),
        ("busy", "phone_busy"),
        ("failed", "phone_failed"),
        ("canceled", "phone_canceled"),
        ("completed", "phone_no_key"),
    ],
)
async def test_a_call_that_ends_without_an_answer_is_a_failed_page(
    office: Office, status: str, reason: str
) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    assert await office.twilio.ends(call, status) == 200
    assert await office.reasons() == [f"sato {reason}"]
    assert await office.twilio.ends(call, status) == 200
    assert await office.reasons() == [f"sato {reason}"]


async def test_when_call_and_text_message_both_fail_the_next_person_is_called_at_once(office: Office) -> None:
    await office.calls_for_help()
    await office.twilio.is_a_machine(office.twilio.calls[0])
    assert await office.reach("sato") == "paged"
    await office.twilio.text_status(office.twilio.texts[0], "undelivered")
    assert await office.reasons() == ["sato phone_machine", "sato sms_undelivered"]
    assert await office.reach("sato") == "unreachable"
    assert len(office.calls_to(MORI)) == 1


async def test_a_call_of_an_earlier_try_says_nothing_about_the_later_one(office: Office) -> None:
    await office.calls_for_help()
    first = office.twilio.calls[0]
    office.clock.time += timedelta(seconds=46)
    worker = office.mamori.worker()
    while (due := await worker.round()).deliveries or due.timers:
        await worker.settled()
    assert len(office.calls_to(SATO)) == 2
    await office.twilio.ends(first, "no-answer")
    assert await office.reasons() == []
    await office.twilio.ends(office.calls_to(SATO)[1], "no-answer")
    assert await office.reasons() == ["sato phone_no_answer"]


async def test_without_twilios_signature_nothing_is_told_and_nothing_happens(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    office.twilio.token = "somebody-else"
    assert (await office.twilio.picks_up(call)).status == 401
    assert (await office.twilio.presses(call, said, "1")).status == 401
    assert await office.twilio.ends(call, "no-answer") == 401
    assert (await office.twilio.posts(f"{office.url}/phone/sms", {"From": SATO, "Body": "1"}))[0] == 401
    assert (await office.twilio.posts(call["Url"], {}, signature=""))[0] == 401
    assert await office.reach("sato") == "paged"
    assert office.receiver.counts["unsigned"] == 5


async def test_a_link_that_somebody_has_changed_is_not_ours(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    for url in (
        call["Url"][:-2] + "xx",
        call["Url"].replace("?t=", "?t=A"),
        f"{office.url}/phone/call",
        f"{office.url}/phone/key?t=é.x",
    ):
        form = {"CallSid": "CA1", "AccountSid": ACCOUNT, "To": SATO, "Digits": "1"}
        assert (await office.twilio.posts(url.encode("ascii", "ignore").decode(), form))[0] == 401


async def test_an_old_link_is_answered_kindly_and_changes_nothing(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    office.clock.time += timedelta(hours=1, seconds=1)
    late = await office.twilio.presses(call, said, "1")
    assert late.sentences == ["時間がたったので、この電話では答えられません。画面を見てください。"]
    assert await office.twilio.ends(call, "no-answer") == 200
    assert await office.reach("sato") == "paged"


async def test_a_link_holds_no_telephone_number_and_no_name(office: Office) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    assert SATO.removeprefix("+") not in call["Url"]
    assert "愛子" not in call["Url"]


async def test_a_call_that_went_through_although_the_line_died_is_not_placed_twice(office: Office) -> None:
    office.twilio.answers.append("drop")
    await office.calls_for_help()
    assert len(office.calls_to(SATO)) == 1
    office.clock.time += timedelta(seconds=5)
    worker = office.mamori.worker()
    while (due := await worker.round()).deliveries or due.timers:
        await worker.settled()
    assert office.twilio.looked >= 1
    assert len(office.calls_to(SATO)) == 1
    assert len([text for text in office.twilio.texts if text["To"] == SATO]) == 1


async def test_an_incident_that_can_not_be_read_is_a_kind_sentence_and_no_error_tone(
    office: Office, store_connection: Client
) -> None:
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    await store_connection.hset(Keys("default").incident((await office.incident()).id), "body", "{")
    trouble = ["いま記録できません。行けるときは、そのまま向かってください。"]
    assert (await office.twilio.picks_up(call)).sentences == trouble
    assert (await office.twilio.presses(call, said, "1")).sentences == trouble


async def test_somebody_who_has_left_the_directory_hears_that_it_is_not_theirs_any_more(
    office: Office,
) -> None:
    """Neither their key counts, nor are they asked for one again and again."""
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    await office.deactivates("sato")
    unknown = ["この連絡は、もうわかりません。画面を見てください。"]
    assert (await office.twilio.presses(call, said, "1")).sentences == unknown
    assert (await office.twilio.picks_up(call)).sentences == unknown
    assert await office.reach("sato") == "paged"


async def test_the_same_key_of_a_call_does_not_bring_back_an_answer_that_was_taken_back(
    office: Office,
) -> None:
    """A request that Twilio (or somebody who has read one) sends again is the same deed, also after others."""
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    await office.twilio.presses(call, said, "1")
    assert await office.reach("sato") == "coming"
    await office.twilio.texts_back(f"{office.url}/phone/sms", SATO, "2")
    assert await office.reach("sato") == "declined"
    await office.twilio.presses(call, said, "1")
    assert await office.reach("sato") == "declined"


@pytest.mark.parametrize("spoken", ["はい", "向かいます", "もしもし佐藤です"])
async def test_what_is_said_into_the_call_is_no_answer_and_the_keys_are_asked_for_again(
    office: Office, spoken: str
) -> None:
    """Whoever picks up says their name; only a key is meant."""
    await office.calls_for_help()
    (call,) = office.twilio.calls
    said = await office.twilio.picks_up(call)
    form = {"CallSid": call["Sid"], "AccountSid": ACCOUNT, "To": SATO, "SpeechResult": spoken}
    status, words = await office.twilio.posts(said.key_url, form)
    assert (status, "1、2、3のどれかを押してください。" in words) == (200, True)
    assert await office.reach("sato") == "paged"


async def test_a_body_that_never_ends_is_not_kept_in_memory(office: Office) -> None:
    """The door stands open to the internet; what isn't signed may be of any size."""

    async def letters() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"a" * 10_000

    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.post(f"{office.url}/phone/sms", data=letters()) as answer:
                assert answer.status == 401
    assert (await office.twilio.texts_back(f"{office.url}/phone/sms", "+819099999999", "1")) == ""
