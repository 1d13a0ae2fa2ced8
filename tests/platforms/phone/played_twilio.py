"""Twilio, played on loopback: takes calls and text messages over HTTP, then does what a telephone network does.

It signs its requests with the SDK's own validator, fetches our TwiML, presses keys and reports how calls end.
"""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "played-token"
NUMBER = "+815011112222"


@dataclass
class Said:
    """What is heard on the line: the status, the sentences, where a pressed key goes, whether it hangs up."""

    status: int
    sentences: list[str] = field(default_factory=list)
    key_url: str = ""
    languages: set[str] = field(default_factory=set)
    hangs_up: bool = False


@dataclass
class PlayedTwilio:
    """`answers` are given instead of taking the next requests: (status, body) or "drop"."""

    url: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    looked: int = 0
    token: str = TOKEN
    clock: Any = None

    # ---- its API ------------------------------------------------------------------------------------------

    def app(self) -> web.Application:
        app = web.Application()
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        for name, kept in (("Calls", self.calls), ("Messages", self.texts)):
            app.router.add_post(f"{base}/{name}.json", self._taker(name, kept))
            app.router.add_get(f"{base}/{name}.json", self._lister(name, kept))
        return app

    def _taker(self, name: str, kept: list[dict[str, str]]) -> Any:
        async def take(request: web.Request) -> web.Response:
            assert (
                b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
                == f"{ACCOUNT}:{TOKEN}"
            )
            form = {key: str(value) for key, value in (await request.post()).items()}
            answer = self.answers.pop(0) if self.answers else None
            if isinstance(answer, tuple):
                return web.json_response(answer[1], status=answer[0])
            one = {**form, "Sid": f"{name[:1]}A{len(kept):032d}", "Created": format_datetime(self._now())}
            kept.append(one)
            if answer == "drop":  # taken, and then the line goes dead
                assert request.transport is not None
                request.transport.abort()
            return web.json_response(_shown(one), status=201)

        return take

    def _lister(self, name: str, kept: list[dict[str, str]]) -> Any:
        async def show(request: web.Request) -> web.Response:
            self.looked += 1
            found = [_shown(one) for one in reversed(kept) if one["To"] == request.query["To"]]
            return web.json_response({name.lower(): found, "page": 0, "page_size": 50, "next_page_uri": None})

        return show

    def _now(self) -> datetime:
        return self.clock.now() if self.clock else datetime.now(UTC)

    # ---- what a telephone does ----------------------------------------------------------------------------

    async def picks_up(self, call: dict[str, str]) -> Said:
        return await self._heard(call["Url"], {**_about(call), "CallStatus": "in-progress"})

    async def presses(self, call: dict[str, str], said: Said, digit: str) -> Said:
        return await self._heard(said.key_url, {**_about(call), "CallStatus": "in-progress", "Digits": digit})

    async def ends(self, call: dict[str, str], status: str) -> int:
        return (
            await self.posts(call["StatusCallback"], {**_about(call), "CallStatus": status, "ToCity": ""})
        )[0]

    async def is_a_machine(self, call: dict[str, str]) -> int:
        form = {"CallSid": call["Sid"], "AccountSid": ACCOUNT, "AnsweredBy": "machine_start"}
        return (await self.posts(call["AsyncAmdStatusCallback"], form))[0]

    async def text_status(self, text: dict[str, str], status: str) -> int:
        return (
            await self.posts(text["StatusCallback"], {"MessageSid": text["Sid"], "MessageStatus": status})
        )[0]

    async def texts_back(self, url: str, number: str, body: str, sid: str = "SM1") -> str:
        """What the person reads in answer, or empty."""
        _, answer = await self.posts(url, {"MessageSid": sid, "From": number, "To": NUMBER, "Body": body})
        message = ElementTree.fromstring(answer).find("Message")
        return "" if message is None else str(message.text)

    async def posts(self, url: str, form: dict[str, str], signature: str | None = None) -> tuple[int, str]:
        if signature is None:
            signature = RequestValidator(self.token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=urlencode(form), headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def _heard(self, url: str, form: dict[str, str]) -> Said:
        status, text = await self.posts(url, form)
        if status != 200:
            return Said(status)
        twiml = ElementTree.fromstring(text)
        says, gather = list(twiml.iter("Say")), twiml.find("Gather")
        return Said(
            status,
            [str(say.text) for say in says],
            gather.attrib["action"] if gather is not None else "",
            {say.attrib["language"] for say in says},
            twiml.find("Hangup") is not None,
        )


def _shown(one: dict[str, str]) -> dict[str, Any]:
    return {
        "sid": one["Sid"],
        "account_sid": ACCOUNT,
        "to": one["To"],
        "from": one["From"],
        "body": one.get("Body"),
        "status": "queued",
        "date_created": one["Created"],
    }


def _about(call: dict[str, str]) -> dict[str, str]:
    return {"CallSid": call["Sid"], "AccountSid": ACCOUNT, "To": call["To"], "From": call["From"]}
