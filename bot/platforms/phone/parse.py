"""Twilio's requests as our words: are they Twilio's, which key, which digit, how a call ended.

https://www.twilio.com/docs/usage/security#validating-requests
https://www.twilio.com/docs/voice/api/call-resource#statuscallback
"""

import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from bot.core.buttons import Reply

Form = Mapping[str, str]

REPLIES: Final[Mapping[str, Reply]] = {"1": "coming", "2": "declined"}
HEAR_AGAIN: Final = "3"

_CALL_ENDS: Final[Mapping[str, str]] = {
    "busy": "phone_busy",
    "no-answer": "phone_no_answer",
    "failed": "phone_failed",
    "canceled": "phone_canceled",
    "completed": "phone_no_key",
}
_TEXT_ENDS: Final[Mapping[str, str]] = {"failed": "sms_failed", "undelivered": "sms_undelivered"}


def form_of(body: bytes) -> Form:
    """The fields of a form; what isn't one has none, and no signature fits it."""
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return {}


def verify(auth_token: str, url: str, form: Form, signature: str) -> bool:
    """Whether Twilio sent this form to exactly this address: ours as the public knows it, with its query."""
    return bool(RequestValidator(auth_token).validate(url, dict(form), signature))


def digit_of(text: str) -> str:
    """The digit that a text message consists of, however it was typed; empty for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("。.!、,「」")
    return plain if len(plain) == 1 and plain.isdigit() else ""


def lost_reason(form: Form) -> str:
    """Why this call or text message reached nobody; empty while it still may, or did.

    A call that a person ended without a key counts as lost as well, unless the page has been answered meanwhile.
    """
    answered_by = form.get("AnsweredBy", "")
    if answered_by.startswith("machine") or answered_by == "fax":
        return "phone_machine"
    if "MessageStatus" in form:
        return _TEXT_ENDS.get(form["MessageStatus"], "")
    return _CALL_ENDS.get(form.get("CallStatus", ""), "") if "CallStatus" in form else ""
