"""Links that only we can make, numbers as they are written, digits as they are typed, cards as they are spoken."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from bot.app.by_phone import Heard, Ring
from bot.app.people_reader import read_people
from bot.app.telephone import as_e164
from bot.app.yaml_text import Misread
from bot.core.messages import Card
from bot.core.plan import Person, takes_texts
from bot.platforms.phone.links import Expired, Links
from bot.platforms.phone.parse import digit_of, form_of, lost_reason, verify
from bot.platforms.phone.render import (
    LONGEST_SAID,
    LONGEST_TEXT,
    _phrases,
    asked,
    phrase,
    spoken,
    text_of,
    told,
)

NOON = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
RING = Ring("sms", "i1", "sato.k@city", 3)


def links(at: datetime = NOON, key: str = "key") -> Links:
    return Links("https://mamori.example.jp", key, lambda: at)


def token(made: Links = links()) -> str:  # noqa: B008
    return made.to("/phone/call", RING).partition("?t=")[2]


def test_a_link_says_which_page_it_is_for() -> None:
    assert links().read(token()) == RING


def test_a_link_ends_after_an_hour() -> None:
    assert links(NOON + timedelta(minutes=59)).read(token()) == RING
    assert isinstance(links(NOON + timedelta(minutes=61)).read(token()), Expired)


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "é.é", "YQ.YQ", "=.=", "\n"])
def test_what_isnt_ours_is_no_link(text: str) -> None:
    assert links().read(text) is None


def test_one_changed_letter_makes_a_link_worthless() -> None:
    good = token()
    for place in range(0, len(good), 7):
        changed = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        assert links().read(changed) is None
    assert links(key="another").read(good) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("090-1234-5678", "+819012345678"),
        ("090 1234 5678", "+819012345678"),
        ("(03) 1234-5678", "+81312345678"),
        ("0800‐1234‐567", "+818001234567"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(written: str, number: str) -> None:
    assert as_e164(written) == number


@pytest.mark.parametrize("written", ["12", "090-1234-567", "090-1234-56789", "内線 123", "+81", "0000000000"])
def test_a_number_that_cant_be_dialled_is_named_with_its_line(written: str) -> None:
    with pytest.raises(Misread) as raised:
        read_people(f"id,name,role,phone\nsato,佐藤,supervisor,{written}\n", "people.csv")
    assert raised.value.lines[0].startswith("people.csv:2: phone: ")
    assert written in raised.value.lines[0]


def test_only_a_mobile_number_takes_text_messages() -> None:
    assert takes_texts("+819012345678")
    assert not takes_texts("+81312345678")
    assert not takes_texts("")
    office = Person("kei", "恵", phone="+81312345678")
    assert office.addresses(("sms", "phone")) == ("phone:+81312345678",)
    assert Person("kei", "恵", phone="03-1234-5678").addresses(("sms", "phone")) == ()


@pytest.mark.parametrize(
    ("typed", "digit"), [("1", "1"), ("\uff12", "2"), (" 2。\n", "2"), ("①", "1"), ("12", ""), ("はい", "")]
)
def test_a_digit_is_understood_however_it_was_typed(typed: str, digit: str) -> None:
    assert digit_of(typed) == digit


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"CallStatus": "ringing"}, ""),
        ({"CallStatus": "no-answer"}, "phone_no_answer"),
        ({"CallStatus": "completed", "AnsweredBy": "human"}, "phone_no_key"),
        ({"CallStatus": "in-progress", "AnsweredBy": "machine_end_beep"}, "phone_machine"),
        ({"AnsweredBy": "unknown"}, ""),
        ({"MessageStatus": "delivered"}, ""),
        ({"MessageStatus": "failed"}, "sms_failed"),
        ({}, ""),
    ],
)
def test_an_end_is_named(form: dict[str, str], reason: str) -> None:
    assert lost_reason(form) == reason


def test_a_signature_counts_for_this_address_and_this_form_only() -> None:
    url, form = "https://mamori.example.jp/phone/key?t=a.b", {"Digits": "1", "ToCity": ""}
    signature = RequestValidator("token").compute_signature(url, form)
    assert verify("token", url, form, signature)
    assert not verify("other", url, form, signature)
    assert not verify("token", url, {**form, "Digits": "2"}, signature)
    assert not verify("token", url + "x", form, signature)
    assert not verify("token", url, form, "")
    assert not verify("token", url, form, "日本語")


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"=&=&", b"a" * 1000, b"&".join(b"a=1" for _ in range(300))]
)
def test_any_bytes_are_read_without_a_fault(body: bytes) -> None:
    assert isinstance(form_of(body), dict)


def test_a_drill_is_said_first() -> None:
    heard = Heard("asked", "ja", Card("alt", "3分・ひとり", ("2番窓口 愛子さん・応援",)), "愛子", drill=True)
    assert spoken(heard) == (
        "これは訓練です。",
        "守りから、応援の連絡です。",
        "2番窓口、愛子さん、応援。",
        "3分、ひとり。",
    )


def test_every_phrase_stands_in_every_language() -> None:
    books = _phrases()
    assert set(books["ja"]) == set(books["en"])
    assert phrase("xx", "keys") == books["ja"]["keys"]


HOSTILE = "愛\x00子\x0b\ud800\ufffe\n<Dial>+819000000000</Dial>&\u202e"


def test_whatever_a_name_holds_the_call_is_speech_that_twilio_can_read() -> None:
    """What isn't XML is an error tone in the ear of whoever picks up."""
    heard = Heard("asked", "ja", Card("alt", HOSTILE, (HOSTILE * 500,)), HOSTILE)
    for text in (asked(heard, "https://mamori.example.jp/phone/key?t=a&b=c"), told([HOSTILE], "ja")):
        root = ElementTree.fromstring(text.encode())
        assert [e.tag for e in root.iter() if e.tag not in ("Response", "Gather", "Say", "Hangup")] == []
        said = [str(e.text) for e in root.iter("Say")]
        assert all(len(one) <= LONGEST_SAID for one in said)
        assert any("愛 子" in one for one in said)


def test_a_text_message_stays_short_however_long_a_place_is() -> None:
    """Twilio refuses more than 1,600 letters, and each seventy cost as much as a message."""
    card = Card("alt", "応援", ("場所" * 2000 + "\x00",))
    body = text_of((card,))
    assert len(body) <= LONGEST_TEXT
    assert "\x00" not in body
