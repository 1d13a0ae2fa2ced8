"""`mamori doctor`: looks whether everything that must work does."""

from typing import TYPE_CHECKING

import click

from bot.cli.speaking import fail, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app.speaking import Speaker
    from bot.cli.checkups import Checked
    from bot.config import Settings


@click.command()
@json_option
@language_option
def doctor(as_json: bool, language: str) -> None:
    """Check settings, database, platform credentials, webhook, telephone, siren, clock, the live flow and the policy.

    One line each; exit code 1 when there is a finding.

    \b
    mamori doctor
    mamori doctor --json
    """
    from bot.config import SettingsMistake, load_settings

    say = speaker(language)
    try:
        found = list(_examined(load_settings(), say))
    except SettingsMistake as error:
        found = [_finding("settings", str(error))]
    if as_json:
        checks = [{"check": one.name, "ok": one.ok, "words": one.words} for one in found]
        print_json({"ok": all(one.ok for one in found), "checks": checks})
    else:
        print_lines(_lines(found, say))
    if not all(one.ok for one in found):
        fail()


def _examined(settings: "Settings", say: "Speaker") -> "Iterator[Checked]":
    from bot.cli.checkups import check_line, check_settings, check_slack
    from bot.cli.ways_checked import check_phone, check_siren

    yield from check_settings(settings, say)
    yield from _kept(settings, say)
    if settings.has_line:
        yield from check_line(settings, say)
    if settings.has_slack:
        yield from check_slack(settings, say)
    if settings.has_phone:
        yield from check_phone(settings, say)
    if settings.has_siren:
        yield from check_siren(settings, say)


def _kept(settings: "Settings", say: "Speaker") -> "list[Checked]":
    """The database and what lies in it; without it, one finding says why."""
    import asyncio

    from bot.app.yaml_text import Misread
    from bot.cli.checkups import check_contacts, check_database, check_flow, check_policy
    from bot.cli.database import database_url, stores_at
    from bot.cli.shelf import shelf_of
    from bot.cli.ways_checked import check_ways
    from bot.stores.connection import StoreUnavailable, WrongAddress
    from bot.stores.embedded import EmbeddedServerError

    found: list[Checked] = []

    async def work(url: str) -> None:
        async with stores_at(settings, url) as stores:
            found.extend(await check_database(stores.pipeline, say))
            shelf = await shelf_of(stores)
            found.append(await check_flow(shelf, say))
            found.extend(check_policy(shelf, say))
            found.extend(check_ways(shelf, settings, say))
            found.append(check_contacts(shelf, await stores.contacts.confirmed(), say))

    try:
        with database_url(settings) as url:
            asyncio.run(work(url))
    except (StoreUnavailable, WrongAddress, EmbeddedServerError) as error:
        found.append(_finding("database", say.say("database_away", reason=str(error))))
    except Misread as error:
        found.append(_finding("policy", say.say("policy_faulty", reason=error.lines[0])))
    return found


def _finding(name: str, words: str) -> "Checked":
    from bot.cli.checkups import Checked

    return Checked(name, False, words)


def _lines(found: "list[Checked]", say: "Speaker") -> list[str]:
    from bot.reports.table import clean, padded, width

    names = {one.name: say.say(f"check_{one.name}") for one in found}
    words = {ok: say.say("doctor_ok" if ok else "doctor_finding") for ok in (True, False)}
    widest, longest = max(map(width, names.values())), max(map(width, words.values()))
    lines = [
        f"{padded(words[one.ok], longest)}  {padded(names[one.name], widest)}  {clean(one.words)}"
        for one in found
    ]
    count = sum(not one.ok for one in found)
    return [*lines, say.say("doctor_count", count=count) if count else say.say("doctor_fine")]
