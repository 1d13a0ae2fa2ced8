"""What `mamori doctor` looks at besides the chats: the telephone, the siren, and whether the policy's ways are set up.

Nothing rings and nothing howls: Twilio is asked about the account and the number, the siren only whether it is there.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from bot.app.shelf import Shelf
from bot.app.speaking import Speaker
from bot.cli.asking import LOOPBACK, Answer, ask
from bot.cli.checkups import Checked
from bot.config import Settings
from bot.core.plan import Policy

ACCOUNTS = "/2010-04-01/Accounts/"
TEXTS_COME_TO = "/phone/sms"
ALIVE = ("active", "")
REDIRECTED = range(300, 400)


def check_phone(settings: Settings, say: Speaker) -> Iterator[Checked]:
    """The account, the number that calls, and where a digit by text message comes in.

    https://www.twilio.com/docs/iam/api/account
    https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
    """
    base, sid = settings.twilio_api_base.rstrip("/"), settings.twilio_account_sid
    token = settings.twilio_auth_token.get_secret_value()
    account = ask("GET", f"{base}{ACCOUNTS}{quote(sid, safe='')}.json", token, user=sid)
    if not account.is_ok:
        yield Checked("phone", False, _refused(account, base, say))
        return
    status = str(account.content.get("status", ""))
    if status not in ALIVE:
        yield Checked("phone", False, say.say("phone_account_closed", status=status))
        return
    yield Checked("phone", True, say.say("phone_fine", number=settings.twilio_from))
    if account.content.get("type") == "Trial":
        yield Checked("phone", False, say.say("phone_trial"))
    where = f"{base}{ACCOUNTS}{quote(sid, safe='')}/IncomingPhoneNumbers.json"
    numbers = ask("GET", f"{where}?PhoneNumber={quote(settings.twilio_from, safe='')}", token, user=sid)
    yield from _number(numbers, settings, say)


def check_siren(settings: Settings, say: Speaker) -> Iterator[Checked]:
    """Only whether something answers there: a call that isn't one must never wake a security desk."""
    parts = urlsplit(settings.siren_url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        yield Checked("siren", False, say.say("siren_not_https"))
    answer = ask("HEAD", settings.siren_url, "")
    where = str(parts.hostname)
    if not answer.status:
        yield Checked("siren", False, say.say("siren_away", host=where, reason=answer.reason))
    elif answer.status in REDIRECTED:
        yield Checked("siren", False, say.say("siren_redirects", host=where, status=answer.status))
    else:
        yield Checked("siren", True, say.say("siren_there", host=where, status=answer.status))


def check_ways(shelf: Shelf, settings: Settings, say: Speaker) -> Iterator[Checked]:
    """A way that the policy names and nobody has set up is a page that goes nowhere; the other way round is told only."""
    named = ways_named(shelf.policy)
    has = {"phone": settings.has_phone, "sms": settings.has_phone, "siren": settings.has_siren}
    for way, is_set in has.items():
        if way in named and not is_set:
            key = "policy_siren_unset" if way == "siren" else "policy_phone_unset"
            yield Checked("policy", False, say.say(key, way=way))
    if settings.has_phone and not {"phone", "sms"} & named:
        yield Checked("policy", True, say.say("policy_way_unused", way="phone"))
    if settings.has_siren and "siren" not in named:
        yield Checked("policy", True, say.say("policy_way_unused", way="siren"))
    without = [p.name for p in shelf.people.values() if p.active and p.role == "supervisor" and not p.phone]
    if "phone" in named and without:
        names = say.say("list_comma").join(without[:5]) + ("…" if len(without) > 5 else "")
        yield Checked("policy", True, say.say("policy_without_number", count=len(without), names=names))


def ways_named(policy: Policy) -> frozenset[str]:
    tiers = (*policy.standard.tiers, *policy.danger.tiers)
    return frozenset(way for tier in tiers for way in tier.channels or policy.channels)


def _number(answer: Answer, settings: Settings, say: Speaker) -> Iterator[Checked]:
    found: Any = answer.content.get("incoming_phone_numbers")
    if not answer.is_ok or not isinstance(found, list):
        yield Checked("phone_number", False, say.say("phone_number_unknown", status=answer.status))
        return
    if not found or not isinstance(found[0], dict):
        yield Checked("phone_number", False, say.say("phone_number_other", number=settings.twilio_from))
        return
    able: Any = found[0].get("capabilities") or {}
    if not able.get("voice"):
        yield Checked("phone_number", False, say.say("phone_number_mute", number=settings.twilio_from))
    wanted, texts = settings.public_url.rstrip("/") + TEXTS_COME_TO, str(found[0].get("sms_url") or "")
    if not able.get("sms"):
        yield Checked("phone_number", True, say.say("phone_no_texts", number=settings.twilio_from))
    elif texts != wanted:
        yield Checked(
            "phone_number", False, say.say("phone_texts_elsewhere", found=texts or "-", wanted=wanted)
        )
    elif able.get("voice"):
        yield Checked("phone_number", True, say.say("phone_number_fine"))


def _refused(answer: Answer, base: str, say: Speaker) -> str:
    if not answer.status:
        return say.say("platform_away", url=base, reason=answer.reason, setting="MAMORI_TWILIO_API_BASE")
    if answer.status in (401, 403, 404):
        return say.say("phone_refused", status=answer.status)
    return say.say("platform_refused", platform="Twilio", status=answer.status, reason=answer.reason)
