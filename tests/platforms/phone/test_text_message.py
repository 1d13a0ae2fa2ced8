"""A page as a text message, and the digit that comes back."""

import pytest

from bot.stores.connection import Client
from bot.stores.keys import Keys
from tests.platforms.phone.conftest import MORI, SATO, Office

pytestmark = pytest.mark.anyio


async def test_a_text_message_is_short_and_says_which_digit_means_what(office: Office) -> None:
    await office.calls_for_help("m1.danger")
    bodies = {text["To"]: text["Body"] for text in office.twilio.texts}
    assert bodies[SATO] == "2番窓口 愛子さん・至急 0分・ひとりかは不明\n返信: 1=向かう 2=行けない"
    assert bodies[MORI].splitlines()[1].startswith("Reply: 1=")
    assert all("http" not in body and len(body) <= 160 for body in bodies.values())


@pytest.mark.parametrize(("typed", "reach"), [("1", "coming"), (" 1。", "coming"), ("2", "declined")])
async def test_a_digit_answers_the_newest_page_of_this_number(office: Office, typed: str, reach: str) -> None:
    await office.calls_for_help()
    said = await office.twilio.texts_back(f"{office.url}/phone/sms", SATO, typed)
    assert await office.reach("sato") == reach
    assert (
        said
        == {
            "coming": "ありがとうございます。愛子さんに伝えました。",
            "declined": "わかりました。ほかの人を呼びます。",
        }[reach]
    )


async def test_anything_else_is_asked_again_and_changes_nothing(office: Office) -> None:
    await office.calls_for_help()
    assert (
        await office.twilio.texts_back(f"{office.url}/phone/sms", SATO, "12")
        == "1か2だけを返信してください。"
    )
    assert await office.reach("sato") == "paged"


async def test_a_number_that_nobody_is_calling_hears_so_and_an_unknown_one_hears_nothing(
    office: Office,
) -> None:
    await office.calls_for_help()
    url = f"{office.url}/phone/sms"
    assert await office.twilio.texts_back(url, MORI, "1") == "Nobody is calling you at the moment."
    assert await office.twilio.texts_back(url, "+819099999999", "1") == ""
    assert await office.reach("sato") == "paged"


async def test_an_incident_that_can_not_be_read_does_not_stop_the_answer_to_another(
    office: Office, store_connection: Client
) -> None:
    await office.calls_for_help()
    broken = Keys("default").incident("0broken")
    await store_connection.hset(broken, "body", "{")
    opened = Keys("default").opened
    (row,) = await store_connection.zrange(opened, 0, -1, withscores=True)
    await store_connection.zadd(opened, {"0broken": row[1]})
    await office.twilio.texts_back(f"{office.url}/phone/sms", SATO, "1")
    assert await office.reach("sato") == "coming"
    await store_connection.delete(broken)
    await store_connection.zrem(opened, "0broken")
