"""What `mamori doctor` looks at: settings, database, platforms, webhook, clock, flow, policy."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.app.inbound import CHATS
from bot.app.policy_proving import blocking, gaps
from bot.app.shelf import DEFAULT_FLOW, Shelf
from bot.app.speaking import Speaker
from bot.cli.asking import LOOPBACK, Answer, ask
from bot.config import CONTENT, Settings
from bot.stores.pipeline import Pipeline

LINE_WEBHOOK = "/line/webhook"
LINE_ENDPOINT = "/v2/bot/channel/webhook/endpoint"
OLDEST_MAJOR = 7
NAMES_SHOWN = 5
CLOCK_SECONDS = 2.0


@dataclass(frozen=True)
class Checked:
    """One thing looked at: fine, or a finding with how to mend it."""

    name: str
    ok: bool
    words: str


def check_settings(settings: Settings, say: Speaker) -> Iterator[Checked]:
    wrong: list[str] = []
    if not settings.has_line and not settings.has_slack:
        wrong.append(say.say("settings_no_platform"))
    if not settings.public_url and _needs_address(settings):
        wrong.append(say.say("settings_no_public_url"))
    elif settings.public_url and not _may_be_called(settings.public_url):
        wrong.append(say.say("settings_not_https", url=settings.public_url))
    if not wrong:
        yield Checked("settings", True, say.say("settings_fine"))
    yield from (Checked("settings", False, words) for words in wrong)


async def check_database(pipeline: Pipeline, say: Speaker) -> list[Checked]:
    """Reachable, new enough, and keeping every write."""
    server, kept = await asyncio.gather(_info(pipeline, "server"), _info(pipeline, "persistence"))
    name = server.get("server_name", "redis")
    version = server.get(f"{name}_version", server.get("redis_version", "0"))
    is_new = int(server.get("redis_version", "0").partition(".")[0] or 0) >= OLDEST_MAJOR
    key = "database_fine" if is_new else "database_old"
    found = [Checked("database", is_new, say.say(key, server=name.capitalize(), version=version))]
    match kept.get("aof_enabled"):
        case "1":
            found.append(Checked("keeping", True, say.say("keeping_fine")))
        case "0":
            found.append(Checked("keeping", False, say.say("keeping_off")))
        case _:
            found.append(Checked("keeping", True, say.say("keeping_unknown")))
    return found


def check_line(settings: Settings, say: Speaker) -> Iterator[Checked]:
    """The token, the address on record, and LINE's clock."""
    token, base = settings.line_channel_access_token.get_secret_value(), settings.line_api_base.rstrip("/")
    answer = ask("GET", f"{base}/v2/bot/info", token)
    name = {"name": str(answer.content.get("displayName", "")), "id": str(answer.content.get("basicId", ""))}
    if not answer.is_ok:
        yield Checked("line", False, _refused("LINE", base, "MAMORI_LINE_API_BASE", answer, say))
    else:
        yield Checked("line", True, say.say("line_fine", **name))
        yield _webhook(ask("GET", base + LINE_ENDPOINT, token), settings, say)
    if answer.status:
        yield check_clock("LINE", answer, datetime.now(UTC), say)


def check_slack(settings: Settings, say: Speaker) -> Iterator[Checked]:
    """The token and Slack's clock. https://docs.slack.dev/reference/methods/auth.test"""
    base = settings.slack_api_base.rstrip("/")
    answer = ask("POST", f"{base}/auth.test", settings.slack_bot_token.get_secret_value())
    if answer.is_ok and answer.content.get("ok") is True:
        who = {"name": str(answer.content.get("user", "")), "team": str(answer.content.get("team", ""))}
        yield Checked("slack", True, say.say("slack_fine", **who))
    else:
        yield Checked("slack", False, _refused("Slack", base, "MAMORI_SLACK_API_BASE", answer, say))
    if answer.status:
        yield check_clock("Slack", answer, datetime.now(UTC), say)


def check_clock(platform: str, answer: Answer, now: datetime, say: Speaker) -> Checked:
    """Both platforms sign with their time, and what is minutes old is refused. A date header has whole seconds."""
    if answer.date is None:
        return Checked("clock", True, say.say("clock_unknown", platform=platform))
    apart = max(0.0, abs((now - answer.date).total_seconds() - 0.5) - 0.5)
    key = "clock_fine" if apart < CLOCK_SECONDS else "clock_off"
    return Checked("clock", apart < CLOCK_SECONDS, say.say(key, platform=platform, seconds=f"{apart:.1f}"))


async def check_flow(shelf: Shelf, say: Speaker) -> Checked:
    from bot.app.proving import load_sentences, prove_text
    from bot.cli.flows import _means

    revision = shelf.versions.live[DEFAULT_FLOW]
    text = await shelf.library.text(DEFAULT_FLOW, revision)
    name: dict[str, str | int] = {"flow": DEFAULT_FLOW, "revision": revision}
    _, told = prove_text(text, f"{DEFAULT_FLOW}@{revision}", _means(), load_sentences(CONTENT), say.language)
    errors = [one for one in told if one.level == "error"]
    if not errors:
        return Checked("flow", True, say.say("flow_fine", **name))
    return Checked(
        "flow", False, say.say("flow_faulty", **name, count=len(errors), first=errors[0].as_line())
    )


def check_policy(shelf: Shelf, say: Speaker) -> Iterator[Checked]:
    """A call from any site reaches somebody."""
    from bot.cli.policy import gap_line

    wrong = blocking(gaps(shelf.policy, shelf.people), shelf.people)
    yield from (Checked("policy", False, gap_line(gap, say)) for gap in wrong)
    if not wrong:
        reached = [p for p in shelf.people.values() if p.active and p.addresses(shelf.policy.channels)]
        yield Checked("policy", True, say.say("policy_reaches", count=len(reached)))


def check_contacts(shelf: Shelf, confirmed: Mapping[str, str], say: Speaker) -> Checked:
    """Whether everybody's address was tried. Told, but no finding: a new directory has nobody who tapped yet."""
    from bot.app.rollcall import unconfirmed

    names = [shelf.people[person].name for person in unconfirmed(shelf.people, confirmed)]
    if not any(p.active and p.addresses(CHATS) for p in shelf.people.values()):
        return Checked("contacts", True, say.say("contacts_none"))
    if not names:
        return Checked("contacts", True, say.say("contacts_fine"))
    shown = say.say("list_comma").join(names[:NAMES_SHOWN]) + ("…" if len(names) > NAMES_SHOWN else "")
    return Checked("contacts", True, say.say("contacts_open", count=len(names), names=shown))


def webhook_address(settings: Settings) -> str:
    """Where LINE sends events to."""
    return settings.public_url.rstrip("/") + LINE_WEBHOOK


def _needs_address(settings: Settings) -> bool:
    """In Socket Mode Slack calls nobody."""
    by_http = settings.has_slack and not settings.slack_app_token.get_secret_value()
    return settings.has_line or by_http


def _may_be_called(url: str) -> bool:
    """http only for a platform on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _webhook(answer: Answer, settings: Settings, say: Speaker) -> Checked:
    found, wanted = str(answer.content.get("endpoint", "")), webhook_address(settings)
    if answer.status == 404 or (answer.is_ok and not found):
        return Checked("line_webhook", False, say.say("webhook_none"))
    if not answer.is_ok:
        said = {"status": str(answer.status or ""), "reason": answer.reason}
        return Checked("line_webhook", False, say.say("webhook_unknown", **said))
    if found != wanted:
        return Checked("line_webhook", False, say.say("webhook_other", found=found, wanted=wanted))
    if answer.content.get("active") is False:
        return Checked("line_webhook", False, say.say("webhook_off"))
    return Checked("line_webhook", True, say.say("webhook_fine", url=found))


def _refused(platform: str, url: str, setting: str, answer: Answer, say: Speaker) -> str:
    if not answer.status:
        return say.say("platform_away", url=url, reason=answer.reason, setting=setting)
    return say.say("platform_refused", platform=platform, status=answer.status, reason=answer.reason)


async def _info(pipeline: Pipeline, section: str) -> Mapping[str, str]:
    """A section of INFO; empty where a managed database doesn't tell. A cluster's client has read it already, by node."""
    from redis.exceptions import ResponseError

    try:
        reply: Any = await pipeline.call("INFO", section)
    except ResponseError:
        return {}
    if isinstance(reply, bytes):
        lines = (line.partition(":") for line in reply.decode().splitlines())
        return {name: value for name, colon, value in lines if colon}
    values = next((v for v in reply.values() if isinstance(v, dict)), reply)
    return {str(name): str(value) for name, value in values.items()}
