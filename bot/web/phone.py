"""The doors for the telephone: what a call says, which key was pressed, how it ended, and text messages that come back.

Every request carries Twilio's signature and, but for a text message, a link of ours that says which page it is for.
Answers are TwiML; a person on the line always hears a sentence, also when something is away.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app.by_phone import ByPhone, Heard, Ring
from bot.app.inbound import Address, Inbound, Tapped
from bot.app.ports import Clock
from bot.core.buttons import Reply, ReplyTap, encode
from bot.platforms.phone.client import CALL_PATH, KEY_PATH, STATUS_PATH, TEXT_PATH
from bot.platforms.phone.links import Expired, Links
from bot.platforms.phone.parse import HEAR_AGAIN, REPLIES, Form, digit_of, form_of, lost_reason, verify
from bot.platforms.phone.render import asked, confirmed, phrase, text_answer, told
from bot.web.bodies import body_of
from bot.web.webhooks import Receiver

log = logging.getLogger(__name__)

MAX_BODY = 100_000

OnLine = Callable[[Form, Ring], Awaitable[str]]


@dataclass(frozen=True)
class PhoneDoor:
    """Twilio's four requests."""

    receiver: Receiver
    by_phone: ByPhone
    links: Links
    auth_token: str
    clock: Clock

    def routes(self) -> list[Route]:
        return [
            Route(CALL_PATH, self._spoken(self._ask), methods=["POST"]),
            Route(KEY_PATH, self._spoken(self._key), methods=["POST"]),
            Route(STATUS_PATH, self.status, methods=["POST"]),
            Route(TEXT_PATH, self.text, methods=["POST"]),
        ]

    # ---- a call -------------------------------------------------------------------------------------------

    def _spoken(self, work: OnLine) -> Callable[[Request], Awaitable[Response]]:
        """Signature, link, then the words; whatever goes wrong after that is said aloud, never as an error tone."""

        async def answer(request: Request) -> Response:
            form = await self._signed(request)
            ring = self.links.read(request.query_params.get("t", "")) if form is not None else None
            if form is None or ring is None:
                return self._unsigned()
            if isinstance(ring, Expired):
                return _twiml(told([phrase("ja", "expired")], "ja"))
            try:
                return _twiml(await work(form, ring))
            except Exception:
                log.exception("a call about incident %s could not be answered", ring.incident)
                return _twiml(told([phrase("ja", "trouble")], "ja"))

        return answer

    async def _ask(self, form: Form, ring: Ring) -> str:
        heard = await self.by_phone.hear(ring)
        return self._asked(heard, ring) if heard.standing == "asked" else _told(heard)

    async def _key(self, form: Form, ring: Ring) -> str:
        digit = form.get("Digits", "")
        heard = await self.by_phone.hear(ring)
        if heard.standing == "unknown":
            return _told(heard)
        if digit in REPLIES:
            await self._answer(
                ring, Address("phone", form.get("To", "")), f"{form.get('CallSid')}.{digit}", REPLIES[digit]
            )
            return _told(await self.by_phone.hear(ring))
        unclear = "" if digit == HEAR_AGAIN else phrase(heard.language, "unclear")
        return self._asked(heard, ring, unclear) if heard.standing == "asked" else _told(heard)

    def _asked(self, heard: Heard, ring: Ring, first: str = "") -> str:
        return asked(heard, self.links.to(KEY_PATH, ring), first)

    # ---- how it ended -------------------------------------------------------------------------------------

    async def status(self, request: Request) -> Response:
        """An end without an answer, of a call or a text message: the page failed at this address."""
        form = await self._signed(request)
        ring = self.links.read(request.query_params.get("t", "")) if form is not None else None
        if form is None or ring is None:
            return self._unsigned()
        reason = lost_reason(form)
        if reason and isinstance(ring, Ring):
            deliveries = await self.by_phone.lost(ring, reason)
            if deliveries:
                self.receiver.tasks.start(self.receiver.deliver_all(deliveries))
        return PlainTextResponse("ok")

    # ---- a text message -----------------------------------------------------------------------------------

    async def text(self, request: Request) -> Response:
        """A digit from a number that is being paged; a number that nobody has gets no answer."""
        form = await self._signed(request)
        if form is None:
            return self._unsigned()
        try:
            return _twiml(text_answer(await self._read_text(form)))
        except Exception:
            log.exception("a text message could not be answered")
            return _twiml(text_answer(phrase("ja", "trouble")))

    async def _read_text(self, form: Form) -> str:
        """What is said back; empty: nothing."""
        number = form.get("From", "")
        ring = await self.by_phone.newest(number)
        language = self.by_phone.language_of(number)
        if ring is None:
            return phrase(language, "sms_nothing") if language else ""
        reply = REPLIES.get(digit_of(form.get("Body", "")))
        if reply is None:
            return phrase(language, "sms_unclear")
        await self._answer(ring, Address("sms", number), form.get("MessageSid", ""), reply)
        return " ".join(confirmed(await self.by_phone.hear(ring)))

    # ---- common to both -----------------------------------------------------------------------------------

    async def _answer(self, ring: Ring, sender: Address, event: str, reply: Reply) -> None:
        data = encode(ReplyTap(ring.incident, reply))
        await self.receiver.take(Inbound(event, sender, self.clock.now(), Tapped(data), person=ring.person))

    async def _signed(self, request: Request) -> Form | None:
        """The form, if Twilio signed it for this very address; None otherwise."""
        body = await body_of(request, MAX_BODY)
        if body is None:
            return None
        form = form_of(body)
        query = f"?{request.url.query}" if request.url.query else ""
        url = f"{self.links.public_url.rstrip('/')}{request.url.path}{query}"
        signature = request.headers.get("x-twilio-signature", "")
        return form if verify(self.auth_token, url, form, signature) else None

    def _unsigned(self) -> Response:
        self.receiver.counts["unsigned"] += 1
        return PlainTextResponse("wrong or missing signature", 401)


def _told(heard: Heard) -> str:
    return told(confirmed(heard), heard.language)


def _twiml(text: str) -> Response:
    return Response(text, media_type="text/xml; charset=utf-8")
