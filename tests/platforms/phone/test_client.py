"""Sending through Twilio's SDK: one call for one page, whatever the line does; every refusal named."""

import logging
import logging.config
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.app.inbound import Address
from bot.core.buttons import ReplyTap, encode
from bot.core.messages import Button, Card
from bot.platforms.phone.api import TwilioApi
from bot.platforms.phone.client import PhoneChannel, SmsChannel
from bot.platforms.phone.links import Links
from tests.platforms.phone.played_twilio import ACCOUNT, NUMBER, TOKEN

pytestmark = pytest.mark.anyio

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
SATO = "+819011112222"
CALLS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
TEXTS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CARD = Card(
    alt="2番窓口から連絡",
    title="0分・ひとり",
    body=("2番窓口 愛子さん・応援",),
    choices=(
        Button("向かう", encode(ReplyTap("i1", "coming"))),
        Button("行けない", encode(ReplyTap("i1", "declined"))),
    ),
)
PAGE = Delivery("d-1", Address("phone", SATO), (CARD,), START, "i1", "sato", slot="page.2", urgent=True)
TEXT = replace(PAGE, address=Address("sms", SATO))
AGAIN = replace(PAGE, attempts=1)


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twilio() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as played:
        yield played


@pytest.fixture
async def api(anyio_backend: str) -> AsyncIterator[TwilioApi]:
    made = TwilioApi(ACCOUNT, TOKEN, NUMBER)
    yield made
    await made.close()


@pytest.fixture
def phone(api: TwilioApi, clock: Clock) -> PhoneChannel:
    return PhoneChannel(api, Links("https://mamori.example.jp/", "key", clock), clock)


@pytest.fixture
def sms(api: TwilioApi, clock: Clock) -> SmsChannel:
    return SmsChannel(api, Links("https://mamori.example.jp/", "key", clock), clock)


def call(at: datetime = START, **fields: Any) -> dict[str, Any]:
    return {
        "sid": "CA1",
        "to": SATO,
        "from": NUMBER,
        "status": "queued",
        "date_created": format_datetime(at),
        **fields,
    }


def listed(name: str, *found: dict[str, Any]) -> dict[str, Any]:
    return {name: list(found), "page": 0, "page_size": 50, "next_page_uri": None}


async def test_a_page_becomes_one_call_with_our_links_in_it(
    phone: PhoneChannel, twilio: responses.RequestsMock
) -> None:
    twilio.post(CALLS, json=call(), status=201)
    assert await phone.send(PAGE, "") == Sent()
    form = parse_qs(str(twilio.calls[0].request.body))
    assert form["To"] == [SATO]
    assert form["From"] == [NUMBER]
    assert form["Url"][0].startswith("https://mamori.example.jp/phone/call?t=")
    assert form["StatusCallback"] == form["AsyncAmdStatusCallback"]
    assert form["StatusCallback"][0].startswith("https://mamori.example.jp/phone/status?t=")
    assert int(form["Timeout"][0]) < 30


async def test_the_telephone_takes_pages_only(
    phone: PhoneChannel, sms: SmsChannel, twilio: responses.RequestsMock
) -> None:
    assert await phone.send(replace(PAGE, urgent=False), "") == Refused("phone_takes_pages_only")
    assert await sms.send(replace(TEXT, urgent=False), "") == Refused("sms_takes_pages_only")
    assert not twilio.calls


async def test_a_page_that_is_late_is_given_up_so_that_calls_never_pile_up(
    phone: PhoneChannel, clock: Clock, twilio: responses.RequestsMock
) -> None:
    clock.time += timedelta(seconds=91)
    assert await phone.send(AGAIN, "") == Refused("phone_late")
    assert not twilio.calls


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (
            400,
            {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400},
            Refused("phone_refused_21211"),
        ),
        (401, {"code": 20003, "message": "Authenticate", "status": 401}, Refused("phone_refused_20003")),
        (403, {}, Refused("phone_refused_403")),
        (429, {"code": 20429, "message": "Too Many Requests", "status": 429}, Later("phone_rate", 1.0)),
        (500, {"message": "oops"}, Later("phone_500", 1.0)),
        (503, {}, Later("phone_503", 1.0)),
    ],
)
async def test_what_twilio_refuses_is_named_and_what_may_pass_comes_later(
    phone: PhoneChannel, twilio: responses.RequestsMock, status: int, body: dict[str, Any], outcome: Outcome
) -> None:
    twilio.post(CALLS, json=body, status=status)
    assert await phone.send(PAGE, "") == outcome
    assert len(twilio.calls) == 1


@pytest.mark.parametrize(
    "trouble", [requests.ConnectTimeout(), requests.ReadTimeout(), requests.ConnectionError()]
)
async def test_a_dead_line_is_tried_once_and_left_to_the_outbox(
    phone: PhoneChannel, twilio: responses.RequestsMock, trouble: Exception
) -> None:
    twilio.post(CALLS, body=trouble)
    assert await phone.send(PAGE, "") == Later("phone_unanswered", 1.0)
    assert len(twilio.calls) == 1


async def test_an_answer_that_isnt_twilios_leaves_it_in_doubt(
    phone: PhoneChannel, twilio: responses.RequestsMock
) -> None:
    twilio.post(CALLS, body="<html>", status=200)
    assert await phone.send(PAGE, "") == Later("phone_unanswered", 1.0)


async def test_a_call_that_may_have_gone_through_is_looked_for_before_the_next(
    phone: PhoneChannel, twilio: responses.RequestsMock
) -> None:
    twilio.get(CALLS, json=listed("calls", call()))
    assert await phone.send(AGAIN, "") == Sent()
    assert [c.request.method for c in twilio.calls] == ["GET"]


async def test_an_older_call_to_the_same_number_is_not_this_one(
    phone: PhoneChannel, twilio: responses.RequestsMock
) -> None:
    twilio.get(CALLS, json=listed("calls", call(START - timedelta(seconds=30))))
    twilio.post(CALLS, json=call(), status=201)
    assert await phone.send(AGAIN, "") == Sent()
    assert [c.request.method for c in twilio.calls] == ["GET", "POST"]


async def test_while_it_cant_be_looked_for_it_isnt_called_again(
    phone: PhoneChannel, twilio: responses.RequestsMock
) -> None:
    twilio.get(CALLS, status=503, json={})
    assert await phone.send(AGAIN, "") == Later("phone_unanswered", 2.0)
    assert [c.request.method for c in twilio.calls] == ["GET"]


async def test_a_text_message_is_known_again_by_its_words(
    sms: SmsChannel, twilio: responses.RequestsMock
) -> None:
    twilio.post(TEXTS, json={"sid": "SM1", "date_created": format_datetime(START)}, status=201)
    assert await sms.send(TEXT, "") == Sent()
    body = parse_qs(str(twilio.calls[0].request.body))["Body"][0]
    assert body == "2番窓口 愛子さん・応援 0分・ひとり\n返信: 1=向かう 2=行けない"
    twilio.get(TEXTS, json=listed("messages", call(body="other"), call(body=body)))
    assert await sms.send(replace(TEXT, attempts=1), "") == Sent()
    assert [c.request.method for c in twilio.calls] == ["POST", "GET"]


async def test_a_drill_says_so_first(sms: SmsChannel, twilio: responses.RequestsMock) -> None:
    twilio.post(TEXTS, json={"sid": "SM1"}, status=201)
    drill = replace(CARD, title="【訓練】" + CARD.title, alt="【訓練】" + CARD.alt)
    await sms.send(replace(TEXT, cards=(drill,)), "")
    body = parse_qs(str(twilio.calls[0].request.body))["Body"][0]
    assert body.startswith("【訓練】2番窓口 愛子さん・応援 0分・ひとり")


async def test_no_number_and_no_words_stand_in_the_log(
    phone: PhoneChannel, sms: SmsChannel, twilio: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    logging.config.dictConfig(
        {"version": 1, "disable_existing_loggers": False}
    )  # as uvicorn does at its start
    caplog.set_level(logging.DEBUG)
    twilio.post(CALLS, json={"code": 21211, "message": f"{SATO} is no number"}, status=400)
    twilio.get(TEXTS, json=listed("messages"))
    twilio.post(TEXTS, json={"sid": "SM1"}, status=201)
    await phone.send(PAGE, "")
    await sms.send(replace(TEXT, attempts=1), "")
    assert caplog.records
    assert SATO.removeprefix("+") not in caplog.text
    assert "愛子" not in caplog.text


async def test_another_base_is_used_as_it_stands(clock: Clock, twilio: responses.RequestsMock) -> None:
    api = TwilioApi(ACCOUNT, TOKEN, NUMBER, "http://127.0.0.1:9/")
    twilio.post(f"http://127.0.0.1:9/2010-04-01/Accounts/{ACCOUNT}/Calls.json", json=call(), status=201)
    assert (
        await PhoneChannel(api, Links("https://m.example.jp", "key", clock), clock).send(PAGE, "") == Sent()
    )
    await api.close()
