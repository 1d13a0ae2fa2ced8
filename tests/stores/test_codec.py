"""Stored state comes back exactly, old forms are brought up to date, and newer ones are refused with a hint."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.app import codec
from bot.app.codec import Codec, TooNew, Unreadable
from bot.app.delivering import Delivery
from bot.app.inbound import Address
from bot.core.alert import Alert
from bot.core.incident import Incident
from bot.core.matter import Sending
from bot.core.plan import Person
from bot.core.walk import Walk
from bot.stores.instants import from_micros, to_micros
from tests.stores.samples import NOW, delivery, incident

ANY_TIME = st.datetimes(
    min_value=datetime(1980, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)
st.register_type_strategy(datetime, ANY_TIME)
st.register_type_strategy(timedelta, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
st.register_type_strategy(int, st.integers(-(2**53), 2**53))

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(st.from_type(Incident))
def test_an_incident_comes_back_exactly(state: Incident) -> None:
    assert codec.load_incident(codec.dump_incident(state)) == state


@QUICK
@given(st.from_type(Delivery))
def test_a_delivery_comes_back_exactly(row: Delivery) -> None:
    assert codec.load_delivery(codec.dump_delivery(row)) == row


@QUICK
@given(st.from_type(Person))
def test_a_person_comes_back_exactly(person: Person) -> None:
    assert codec.load_person(codec.dump_person(person)) == person


def test_times_come_back_aware_and_in_utc() -> None:
    read = codec.load_incident(codec.dump_incident(incident()))
    assert read.opened.utcoffset() == timedelta(0)
    assert read.opened.isoformat() == NOW.isoformat()


@given(ANY_TIME)
def test_microseconds_come_back_exactly(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at


def test_a_body_says_its_form() -> None:
    assert json.loads(codec.dump_incident(incident()))["v"] == codec.INCIDENTS.form
    assert json.loads(codec.dump_delivery(delivery()))["v"] == codec.DELIVERIES.form


def test_an_incident_of_the_first_form_keeps_its_pages() -> None:
    """Then a page was known by its id alone."""
    written = json.loads(codec.dump_incident(incident()))
    written["body"]["sends"] = ["0b0e-1", "0b0e-2"]
    old = json.dumps({"v": 1, "body": written["body"]}).encode()
    assert codec.load_incident(old).sends == (Sending("", "0b0e-1"), Sending("", "0b0e-2"))


def test_a_body_is_read_whatever_its_spacing() -> None:
    """As an operator's tool or an upgrade by hand would write it."""
    text = json.dumps(json.loads(codec.dump_incident(incident())), indent=1).encode()
    assert codec.load_incident(text) == incident()


def test_a_newer_form_names_this_program_and_the_way_out() -> None:
    text = codec.dump_incident(incident()).replace(b'"v":2', b'"v":7', 1)
    with pytest.raises(TooNew, match=r"form 7, .*this is Mamori .+, which reads up to form 2: update"):
        codec.load_incident(text)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"v":1}', b'{"v":1,"body":{}}', b'{"v":1,"body":[', b"\xff"]
)
def test_what_is_no_body_is_told_by_its_kind(text: bytes) -> None:
    with pytest.raises(Unreadable, match="stored incident"):
        codec.load_incident(text)


def test_an_unreadable_body_is_told_without_its_words() -> None:
    text = codec.dump_delivery(delivery()).replace(b'"urgent":false', '"urgent":"秘密の言葉"'.encode())
    with pytest.raises(Unreadable, match=r"urgent: ") as told:
        codec.load_delivery(text)
    assert "秘密" not in str(told.value)


@dataclass(frozen=True)
class Lamp:
    brightness: int
    colour: str


def in_tenths(body: dict[str, Any]) -> dict[str, Any]:
    return {"brightness": body["percent"] // 10}


def with_colour(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "colour": "white"}


def test_old_forms_are_brought_up_to_date_step_by_step() -> None:
    lamps = Codec("lamp", TypeAdapter(Lamp), form=3, upgrades={1: in_tenths, 2: with_colour})
    assert lamps.load(b'{"v":1,"body":{"percent":70}}') == Lamp(7, "white")
    assert lamps.load(b'{"v":2,"body":{"brightness":4}}') == Lamp(4, "white")
    assert lamps.load(lamps.dump(Lamp(1, "red"))) == Lamp(1, "red")


def test_a_form_that_nothing_upgrades_is_told() -> None:
    with pytest.raises(Unreadable, match="nothing upgrades form 1"):
        Codec("lamp", TypeAdapter(Lamp), form=2).load(b'{"v":1,"body":{}}')


def test_samples_hold_every_nested_kind() -> None:
    """The exact copies above are worth something only if the states reach down to walks, alerts and addresses."""
    assert isinstance(incident().walk, Walk)
    assert isinstance(incident().alert, Alert)
    assert isinstance(delivery().address, Address)
