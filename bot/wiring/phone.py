"""The telephone and the siren, joined: their channels where they are set up, and the doors that a call comes back through."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.app.by_phone import ByPhone
from bot.app.inbound import PlatformName
from bot.app.ports import Channel, Clock
from bot.config import Settings

if TYPE_CHECKING:
    from bot.platforms.phone.links import Links
    from bot.web.webhooks import Receiver
    from bot.wiring.parts import Mamori


def phone_channels(settings: Settings, clock: Clock) -> Mapping[PlatformName, Channel]:
    """Calls and text messages over one account. The SDK is imported only here, and only if an account is set."""
    if not settings.has_phone:
        return {}
    from bot.platforms.phone.api import TwilioApi
    from bot.platforms.phone.client import PhoneChannel, SmsChannel

    token = settings.twilio_auth_token.get_secret_value()
    api = TwilioApi(settings.twilio_account_sid, token, settings.twilio_from, settings.twilio_api_base)
    links = links_of(settings, clock)
    return {"phone": PhoneChannel(api, links, clock.now), "sms": SmsChannel(api, links, clock.now)}


def siren_channels(settings: Settings, clock: Clock) -> Mapping[PlatformName, Channel]:
    if not settings.has_siren:
        return {}
    from bot.platforms.siren.client import SirenChannel

    secret = settings.siren_secret.get_secret_value()
    return {"siren": SirenChannel(settings.siren_url, secret, settings.org, clock.now)}


def phone_routes(mamori: "Mamori", receiver: "Receiver") -> list[Route]:
    """The doors of /phone, where an account is set."""
    settings = mamori.settings
    if not settings.has_phone:
        return []
    from bot.web.phone import PhoneDoor

    by_phone = ByPhone(
        mamori.stores.turns, mamori.stores.records, mamori.shelf, mamori.clock, mamori.turn.failed
    )
    links = links_of(settings, mamori.clock)
    token = settings.twilio_auth_token.get_secret_value()
    return PhoneDoor(receiver, by_phone, links, token, mamori.clock).routes()


def links_of(settings: Settings, clock: Clock) -> "Links":
    """Without a key of the application's own, the provider's token stands in: web and worker both know it."""
    from bot.platforms.phone.links import Links

    key = settings.secret_key.get_secret_value() or settings.twilio_auth_token.get_secret_value()
    return Links(settings.public_url, key, clock.now)
