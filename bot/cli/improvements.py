"""`mamori improvements`: what may be made better, as incidents left it; settle one."""

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.improving import Improvement, Improvements, Settled
    from bot.app.shelf import Shelf
    from bot.app.speaking import Speaker
    from bot.wiring.parts import Stores

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
COLUMNS = ("id", "date", "site", "place", "level", "acts", "line", "state")


@click.group("improvements")
def group() -> None:
    """What may be made better: tickets of incidents that ended as a fair request, or where our side was at fault.

    \b
    mamori improvements list --open
    mamori improvements close 1kj3m0a9xq2fz --note 案内板を直した
    """


@group.command("list")
@click.option("--open", "only_open", is_flag=True, help="only those that nobody has settled")
@json_option
@language_option
def list_improvements(only_open: bool, as_json: bool, language: str) -> None:
    """List the tickets, oldest first, with the line that the caller wrote, if they did.

    \b
    mamori improvements list
    mamori improvements list --open --json
    """
    from bot.cli.database import with_stores

    async def work(stores: "Stores") -> "tuple[list[Improvement], Shelf]":
        improvements = await _improvements(stores)
        return await improvements.all(EARLIEST, LATEST), improvements.shelf

    found, shelf = with_stores(work)
    shown = [one for one in found if one.state == "open" or not only_open]
    if as_json:
        print_json([_document(one, shelf) for one in shown])
    else:
        print_lines(_as_table(shown, shelf, speaker(language, "levels", "acts")))


@group.command()
@click.argument("incident", metavar="ID")
@click.option("--note", default="", help="what was done about it")
@language_option
def close(incident: str, note: str, language: str) -> None:
    """Settle one: it was looked into, and what was to be done is done.

    \b
    mamori improvements close 1kj3m0a9xq2fz --note 案内板を直した
    """
    from bot.app.improving import LONGEST
    from bot.cli.database import with_stores

    say = speaker(language)
    if len(note) > LONGEST:
        raise click.UsageError(say.say("improvement_note_long", most=LONGEST))

    async def work(stores: "Stores") -> "Settled":
        return await (await _improvements(stores)).settle(incident, note, _user())

    done = with_stores(work)
    if done == "unknown":
        raise Problem(say.say("improvement_unknown", incident=incident))
    print_lines([say.say(f"improvement_closed_{done}", incident=incident)])


async def _improvements(stores: "Stores") -> "Improvements":
    from bot.app.improving import Improvements
    from bot.cli.shelf import shelf_of
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    shelf = await shelf_of(stores)
    return Improvements(stores.turns, stores.records, shelf, clock_of(load_settings()))


def _user() -> str:
    """Whoever runs the command; a machine without names has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "admin"


def _document(one: "Improvement", shelf: "Shelf") -> dict[str, object]:
    caller = one.incident.caller
    return {
        "id": one.incident.id,
        "date": one.opened.astimezone(shelf.zone).isoformat(),
        "site": caller.site,
        "place": caller.place,
        "level": one.level,
        "acts": list(one.acts),
        "line": one.line,
        "state": one.state,
        "note": one.note,
    }


def _as_table(shown: "list[Improvement]", shelf: "Shelf", say: "Speaker") -> list[str]:
    from bot.reports.table import table

    if not shown:
        return [say.say("improvements_none")]
    return table([say.say(f"improvements_{name}") for name in COLUMNS], [_row(i, shelf, say) for i in shown])


def _row(one: "Improvement", shelf: "Shelf", say: "Speaker") -> tuple[str, ...]:
    caller = one.incident.caller
    return (
        one.incident.id,
        f"{one.opened.astimezone(shelf.zone):%Y-%m-%d}",
        caller.site,
        caller.place,
        say.label("levels", one.level),
        say.say("list_comma").join(say.label("acts", act) for act in one.acts) or "-",
        one.line or "-",
        say.say(f"improvement_{one.state}"),
    )
