"""Pages by telephone: a call that asks for a key, or a text message that asks for a digit.

Twilio takes a call as often as it is asked and knows no key for "the same one". So an attempt that may have gone through
is looked for before the next one, and a page that is late is given up: the next try of the same page has its own call.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.app.by_phone import Ring, Way
from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.platforms.phone.api import Answer, TwilioApi
from bot.platforms.phone.links import Links
from bot.platforms.phone.render import text_of

log = logging.getLogger(__name__)

LATE: Final = timedelta(seconds=90)
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 15.0
CALL_PATH: Final = "/phone/call"
KEY_PATH: Final = "/phone/key"
STATUS_PATH: Final = "/phone/status"
TEXT_PATH: Final = "/phone/sms"


class PhoneChannel:
    """The port's channel for calls; made inside a running loop, one for a process."""

    def __init__(self, api: TwilioApi, links: Links, now: Callable[[], datetime]) -> None:
        self._api = api
        self._links = links
        self._now = now

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        """Rings. Sent means that Twilio is dialling; how the call ends is told to the web process."""
        if (refused := _refusal(delivery, self._now(), "phone")) is not None:
            return refused
        number, ring = delivery.address.id, _ring(delivery, "phone")
        if delivery.attempts > 0:
            before = await self._api.has_called(number, delivery.created)
            if before.found or not before.is_ok:
                return Sent() if before.found else _outcome(before, delivery, "phone")
        url, status_url = self._links.to(CALL_PATH, ring), self._links.to(STATUS_PATH, ring)
        return _outcome(await self._api.call(number, url, status_url), delivery, "phone")

    async def close(self) -> None:
        await self._api.close()


class SmsChannel:
    """The port's channel for text messages."""

    def __init__(self, api: TwilioApi, links: Links, now: Callable[[], datetime]) -> None:
        self._api = api
        self._links = links
        self._now = now

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        if (refused := _refusal(delivery, self._now(), "sms")) is not None:
            return refused
        number, body = delivery.address.id, text_of(delivery.cards)
        if delivery.attempts > 0:
            before = await self._api.has_texted(number, body, delivery.created)
            if before.found or not before.is_ok:
                return Sent() if before.found else _outcome(before, delivery, "sms")
        status_url = self._links.to(STATUS_PATH, _ring(delivery, "sms"))
        return _outcome(await self._api.text(number, body, status_url), delivery, "sms")

    async def close(self) -> None:
        await self._api.close()


def _refusal(delivery: Delivery, now: datetime, way: Way) -> Refused | None:
    if not delivery.urgent or not delivery.cards:
        return Refused(f"{way}_takes_pages_only")
    if now - delivery.created > LATE:
        return Refused(f"{way}_late")
    return None


def _ring(delivery: Delivery, way: Way) -> Ring:
    """The try stands in the slot's name: page.2."""
    number = delivery.slot.rpartition(".")[2]
    return Ring(way, delivery.incident, delivery.person, int(number) if number.isdigit() else 1)


def _outcome(answer: Answer, delivery: Delivery, way: Way) -> Outcome:
    """A 4xx is Twilio's last word on this number or this account; its code tells which.

    https://www.twilio.com/docs/api/errors
    """
    if answer.is_ok:
        return Sent()
    wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(delivery.attempts, 10))
    if answer.status == 429:
        return Later(f"{way}_rate", wait)
    if 400 <= answer.status < 500:
        return Refused(f"{way}_refused_{answer.code or answer.status}")
    return Later(f"{way}_unanswered" if answer.status == 0 else f"{way}_{answer.status}", wait)
