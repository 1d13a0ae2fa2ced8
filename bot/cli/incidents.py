"""`mamori incidents`: list them, read one's timeline, export one."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.incident_reading import Told
    from bot.app.shelf import Shelf
    from bot.app.speaking import Speaker
    from bot.core.incident import Incident
    from bot.wiring.parts import Stores

day = click.DateTime(["%Y-%m-%d"])
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
PRIVATE = 0o600
"""An exported incident is its owner's to read."""


@click.group("incidents")
def group() -> None:
    """Incidents: what happened, when, who was called and who came.

    \b
    mamori incidents list --open
    mamori incidents show 1kj3m0a9xq2fz
    mamori incidents export 1kj3m0a9xq2fz --out incident.json
    """


@group.command("list")
@click.option("--from", "first", type=day, metavar="D", help="first day")
@click.option("--to", "last", type=day, metavar="D", help="last day, included")
@click.option("--open", "only_open", is_flag=True, help="only those that aren't closed")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="the newest so many")
@json_option
@language_option
def list_incidents(
    first: datetime | None,
    last: datetime | None,
    only_open: bool,
    limit: int,
    as_json: bool,
    language: str,
) -> None:
    """List incidents, oldest first. Days are those of the organisation's time zone.

    \b
    mamori incidents list --from 2026-11-01 --to 2026-11-30
    mamori incidents list --open --json
    """
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    async def work(stores: "Stores") -> "tuple[list[Told], int]":
        shelf = await shelf_of(stores)
        start = first.replace(tzinfo=shelf.zone) if first else EARLIEST
        end = last.replace(tzinfo=shelf.zone) + timedelta(days=1) if last else LATEST
        known = (
            (await stores.records.open()).incidents
            if only_open
            else await stores.records.incidents(start, end)
        )
        found = [i for i in known if start <= i.opened < end]
        return [await _told(stores, shelf, i, journal=False) for i in found[-limit:]], len(found)

    told, count = with_stores(work)
    if as_json:
        from bot.reports.incident_document import summary

        print_json([summary(one) for one in told])
    else:
        print_lines(_as_table(told, count, speaker(language, "levels")))


@group.command()
@click.argument("incident", metavar="ID")
@json_option
@language_option
def show(incident: str, as_json: bool, language: str) -> None:
    """Show one incident: its level and why, who was called, and its timeline line by line.

    \b
    mamori incidents show 1kj3m0a9xq2fz
    """
    from bot.reports.incident_document import as_json as document
    from bot.reports.incident_text import as_lines

    say = speaker(language, "levels", "acts")
    told = _read(incident, say)
    if as_json:
        print_json(document(told, language))
    else:
        print_lines(as_lines(told, say))


@group.command()
@click.argument("incident", metavar="ID")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="the file (default: standard output)"
)
@language_option
def export(incident: str, out: Path | None, language: str) -> None:
    """Write one incident with everything that is recorded of it as a JSON document.

    \b
    mamori incidents export 1kj3m0a9xq2fz --out incident.json
    """
    import json

    from bot.reports.incident_document import as_json

    say = speaker(language)
    document = as_json(_read(incident, say), language)
    if out is None:
        print_json(document)
        return
    try:
        _write(out, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise click.UsageError(f"--out {out}: {error.strerror}") from None
    click.echo(say.say("incident_exported", file=str(out)), err=True)


def _read(incident_id: str, say: "Speaker") -> "Told":
    """The incident with its journal. Raises Problem for an id that nobody knows."""
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    async def work(stores: "Stores") -> "Told":
        found = await stores.records.incident(incident_id)
        if found is None:
            raise Problem(say.say("incident_unknown", incident=incident_id))
        return await _told(stores, await shelf_of(stores), found)

    return with_stores(work)


async def _told(stores: "Stores", shelf: "Shelf", incident: "Incident", journal: bool = True) -> "Told":
    from bot.app.incident_reading import Told, flows_before

    entries = await stores.records.journal(incident.id) if journal else ()
    flow = await shelf.flow(incident.walk.flow, incident.walk.revision)
    earlier = tuple([await shelf.flow(*before) for before in flows_before(incident, entries)])
    return Told(incident, entries, flow, shelf.people, shelf.zone, earlier)


def _as_table(told: "list[Told]", count: int, say: "Speaker") -> list[str]:
    from bot.reports.incident_text import summary_row
    from bot.reports.table import table

    if not told:
        return [say.say("incidents_none")]
    columns = ("id", "opened", "state", "level", "site", "place", "caller", "help")
    lines = table([say.say(f"incidents_{name}") for name in columns], [summary_row(one, say) for one in told])
    hidden = count - len(told)
    return [*lines, say.say("incidents_more", shown=len(told), hidden=hidden)] if hidden else lines


def _write(out: Path, text: str) -> None:
    with os.fdopen(
        os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w", encoding="utf-8"
    ) as file:
        file.write(text)
