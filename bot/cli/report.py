"""`mamori report`: the figures of a period."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import fail, json_option, language_option, speaker

if TYPE_CHECKING:
    from datetime import date

    from bot.app.reporting import Report
    from bot.app.shelf import Shelf
    from bot.app.speaking import Speaker
    from bot.wiring.parts import Stores

LONGEST = timedelta(days=3660)
"""Ten years: each day is read on its own."""
FORMATS = ("table", "json", "csv")
day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=day, metavar="D", help="first day (default: the first of this month)")
@click.option("--to", "last", type=day, metavar="D", help="last day, included (default: today)")
@click.option("--site", default="", help="only this site")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="write to this file"
)
@click.option(
    "--rebuild", is_flag=True, help="recount from the incidents, and compare the counters with that"
)
@json_option
@language_option
def report(
    first: datetime | None,
    last: datetime | None,
    site: str,
    form: str,
    out: Path | None,
    rebuild: bool,
    as_json: bool,
    language: str,
) -> None:
    """The figures of a period: cases, levels, acts, times, calls for help; drills apart.

    Days are those of the organisation's time zone, both ends included.

    \b
    mamori report --from 2026-11-01 --to 2026-11-30
    mamori report --from 2026-04-01 --to 2027-03-31 --site 本庁舎 --format csv --out year.csv
    mamori report --from 2026-11-01 --to 2026-11-30 --rebuild
    """
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    say = speaker(language, "levels", "acts")

    async def work(stores: "Stores") -> "Report":
        return await _made(stores, await shelf_of(stores), say, first, last, site, rebuild)

    made = with_stores(work)
    _give(_laid_out(made, "json" if as_json else form, say), out, say)
    if made.wrong:
        fail()


async def _made(
    stores: "Stores",
    shelf: "Shelf",
    say: "Speaker",
    first: datetime | None,
    last: datetime | None,
    site: str,
    rebuild: bool,
) -> "Report":
    from bot.app.reporting import Period, report

    today = _today(shelf)
    period = Period(
        first.date() if first else today.replace(day=1), last.date() if last else today, shelf.zone
    )
    if period.first > period.last:
        backwards = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        raise click.UsageError(say.say("report_backwards", **backwards))
    if period.last - period.first > LONGEST:
        raise click.UsageError(say.say("report_too_long", days=LONGEST.days))
    return await report(stores.records, shelf.flow, period, site, rebuild)


def _today(shelf: "Shelf") -> "date":
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    return clock_of(load_settings()).now().astimezone(shelf.zone).date()


def _laid_out(made: "Report", form: str, say: "Speaker") -> str:
    import json

    from bot.reports.figures_document import as_json
    from bot.reports.figures_text import as_csv, as_lines

    match form:
        case "json":
            return json.dumps(as_json(made), ensure_ascii=False, indent=2) + "\n"
        case "csv":
            return as_csv(made, say)
        case _:
            return "".join(f"{line}\n" for line in as_lines(made, say))


def _give(text: str, out: Path | None, say: "Speaker") -> None:
    """To the file, or to standard output as the very same bytes."""
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        return
    try:
        out.write_bytes(text.encode())
    except OSError as error:
        raise click.UsageError(f"--out {out}: {error.strerror}") from None
    click.echo(say.say("report_written", file=str(out)), err=True)
