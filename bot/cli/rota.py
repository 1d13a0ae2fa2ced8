"""`mamori rota`: who is on duty, where nobody is, who stands in, who is away."""

from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, fail, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.shelf import Shelf
    from bot.app.speaking import Speaker
    from bot.core.coverage import Uncovered, Watch
    from bot.core.rota import Absence, Override
    from bot.wiring.parts import Stores

LONGEST_DAYS = 366
LOOKED_AHEAD = timedelta(days=31)
"""So far gaps are looked for when an absence is written down; it may be meant to last for years."""
YEARS = range(2000, 2101)
"""Of times that can be meant; a slip of the finger is four digits, too, and the calendar ends somewhere."""

START_HELP = "2026-11-24, or with a time: '2026-11-24 08:30'"
END_HELP = "a day alone counts whole"

start_option = click.option("--from", "start", required=True, metavar="TIME", help=START_HELP)
end_option = click.option("--to", "end", required=True, metavar="TIME", help=END_HELP)


@click.group("rota")
def group() -> None:
    """Who is on duty. The weekly pattern stands in the policy; stand-ins and absences are told here.

    \b
    mamori rota show
    mamori rota check --days 14
    mamori rota override mori --from 2026-11-24 --to 2026-11-24 --instead-of sato
    mamori rota absent sato --from 2026-11-24 --to 2026-11-28
    mamori rota clear a12
    """


@group.command()
@click.option("--week", metavar="DATE", help="a day of the week that is meant (default: this week)")
@json_option
@language_option
def show(week: str | None, as_json: bool, language: str) -> None:
    """Show a week of every rota, from Monday, and all stand-ins and absences.

    \b
    mamori rota show
    mamori rota show --week 2026-12-28
    """
    from bot.core.coverage import watches

    say, shelf = speaker(language), _shelf()
    start, end = _week(week, shelf, say)
    calendar = shelf.calendar(start.date(), end.date())
    rotas = {name: watches(rota, calendar, start, end) for name, rota in shelf.policy.rotas.items()}
    if as_json:
        shown = [
            {"name": name, "watches": [_watch_as_json(w) for w in found]} for name, found in rotas.items()
        ]
        print_json({"rotas": shown, "changes": [_change_as_json(c, shelf) for c in calendar.changes]})
        return
    lines = [say.say("rota_none")] if not rotas else []
    for name, found in rotas.items():
        lines += [f"【{name}】", *_as_table(found, shelf, say)]
    lines += [say.say("rota_changes")] if calendar.changes else []
    print_lines([*lines, *(_change_line(c, shelf, say) for c in calendar.changes)])


@group.command()
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, LONGEST_DAYS), help="from now on"
)
@json_option
@language_option
def check(days: int, as_json: bool, language: str) -> None:
    """Find the times at which a call would meet nobody on duty. Exit code 1 when there are some.

    \b
    mamori rota check
    mamori rota check --days 30 --json
    """
    from bot.core.coverage import coverage, rotas_called

    say, shelf = speaker(language), _shelf()
    start = _now().astimezone(shelf.zone).replace(second=0, microsecond=0)
    end = datetime.combine(start.date() + timedelta(days=days), time(), shelf.zone)
    calendar = shelf.calendar(start.date(), end.date())
    found = coverage(shelf.policy, shelf.people, calendar, start, end)
    if as_json:
        print_json({"ok": not found, "gaps": [_gap_as_json(gap) for gap in found]})
    elif not rotas_called(shelf.policy):
        click.echo(say.say("rota_none"))
    else:
        print_lines([_gap_line(gap, shelf, say) for gap in found] or [say.say("rota_fine", days=days)])
    if found:
        fail()


@group.command()
@click.argument("person")
@start_option
@end_option
@click.option("--instead-of", metavar="PERSON", default="", help="whose duty it is; without it, everybody's")
@click.option(
    "--rota", "name", default="", help="its name (default: every rota of the person who is replaced)"
)
@json_option
@language_option
def override(
    person: str, start: str, end: str, instead_of: str, name: str, as_json: bool, language: str
) -> None:
    """PERSON stands in from one time up to another.

    \b
    mamori rota override mori --from 2026-11-24 --to 2026-11-24 --instead-of sato
    mamori rota override mori --from '2026-11-24 12:00' --to '2026-11-24 13:00' --rota 窓口当番
    """
    from bot.core.rota import Override

    say, shelf = speaker(language), _shelf()
    for one in filter(None, (person, instead_of)):
        _known(one, shelf, say)
    if person == instead_of:
        raise Problem(say.say("rota_same", name=shelf.people[person].name))
    rota = _rota_meant(name, instead_of, shelf, say)
    times = _times(start, end, shelf.zone, say)
    _put(Override("", person, *times, instead_of, rota), shelf, say, as_json)


@group.command()
@click.argument("person")
@start_option
@end_option
@json_option
@language_option
def absent(person: str, start: str, end: str, as_json: bool, language: str) -> None:
    """PERSON is away: on duty in no rota and called by no tier.

    \b
    mamori rota absent sato --from 2026-11-24 --to 2026-11-28
    """
    from bot.core.rota import Absence

    say, shelf = speaker(language), _shelf()
    _known(person, shelf, say)
    _put(Absence("", person, *_times(start, end, shelf.zone, say)), shelf, say, as_json)


@group.command()
@click.argument("change")
@json_option
@language_option
def clear(change: str, as_json: bool, language: str) -> None:
    """Take back a stand-in or an absence, by the id that `show` tells.

    \b
    mamori rota clear a12
    """
    from bot.cli.database import with_stores

    say = speaker(language)
    if not with_stores(lambda stores: stores.rotas.clear(change)):
        raise Problem(say.say("rota_no_change", change=change))
    print_json({"cleared": change}) if as_json else click.echo(say.say("rota_cleared", change=change))


def _shelf() -> "Shelf":
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    return with_stores(shelf_of)


def _now() -> datetime:
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    return clock_of(load_settings()).now()


def _put(change: "Override | Absence", shelf: "Shelf", say: "Speaker", as_json: bool) -> None:
    """Keeps it, and says at once if nobody is left on duty meanwhile."""
    from dataclasses import replace

    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of
    from bot.core.coverage import coverage

    async def work(stores: "Stores") -> "tuple[str, Shelf]":
        return await stores.rotas.put(change, _now()), await shelf_of(stores)

    change_id, after = with_stores(work)
    start = max(change.start, _now()).astimezone(after.zone)
    end = max(start, min(change.end.astimezone(after.zone), start + LOOKED_AHEAD))
    found = coverage(after.policy, after.people, after.calendar(start.date(), end.date()), start, end)
    kept = replace(change, id=change_id)
    if as_json:
        print_json({**_change_as_json(kept, after), "gaps": [_gap_as_json(gap) for gap in found]})
    else:
        print_lines([_change_line(kept, after, say), *(_gap_line(gap, after, say) for gap in found)])


def _known(person: str, shelf: "Shelf", say: "Speaker") -> None:
    if person not in shelf.people:
        raise Problem(say.say("person_unknown", person=person))
    if not shelf.people[person].active:
        raise Problem(say.say("person_inactive", name=shelf.people[person].name, person=person))


def _rota_meant(name: str, instead_of: str, shelf: "Shelf", say: "Speaker") -> str:
    """Without a name, the only rota there is, or every rota of the person who is replaced."""
    known = tuple(shelf.policy.rotas)
    if not known:
        raise Problem(say.say("rota_none"))
    if name and name not in known:
        raise Problem(say.say("rota_unknown", rota=name, known=say.say("list_comma").join(known)))
    if not name and not instead_of and len(known) > 1:
        raise Problem(say.say("rota_which", known=say.say("list_comma").join(known)))
    return name or (known[0] if len(known) == 1 else "")


def _times(start: str, end: str, zone: tzinfo, say: "Speaker") -> tuple[datetime, datetime]:
    begins, ends = _time(start, zone, say), _time(end, zone, say, is_end=True)
    if ends <= begins:
        raise Problem(say.say("rota_backwards", start=start, end=end))
    if ends <= _now():
        raise Problem(say.say("rota_past", end=end))
    return begins, ends


def _time(text: str, zone: tzinfo, say: "Speaker", is_end: bool = False) -> datetime:
    """A day, or a day with a time; in the organisation's zone where no offset is written."""
    is_day = len(text) <= len("2026-11-24")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(say.say("rota_no_time", text=text)) from None
    if found.year not in YEARS:
        raise Problem(say.say("rota_far", text=text, first=YEARS[0], last=YEARS[-1]))
    if is_day:
        return datetime.combine(found.date() + timedelta(days=is_end), time(), zone)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _week(text: str | None, shelf: "Shelf", say: "Speaker") -> tuple[datetime, datetime]:
    at = _time(text, shelf.zone, say) if text else _now().astimezone(shelf.zone)
    monday = at.date() - timedelta(days=at.weekday())
    ends = (datetime.combine(monday + timedelta(days=n), time(), shelf.zone) for n in (0, 7))
    start, end = ends
    return start, end


def _as_table(found: "tuple[Watch, ...]", shelf: "Shelf", say: "Speaker") -> list[str]:
    from bot.reports.table import table

    rows = [
        (_moment(w.start, say), _moment(w.end, say), _names(w.people, shelf, say) or say.say("rota_nobody"))
        for w in found
    ]
    return table([say.say(f"rota_{name}") for name in ("from", "to", "people")], rows)


def _moment(at: datetime, say: "Speaker") -> str:
    """With its year where that isn't this one: 「12-31 から 12-31」 may be a day or ten years."""
    year = "" if at.year == _now().astimezone(at.tzinfo).year else f"{at:%Y}-"
    return f"{year}{at:%m-%d} {say.say('rota_days').split()[at.weekday()]} {at:%H:%M}"


def _names(people: tuple[str, ...], shelf: "Shelf", say: "Speaker") -> str:
    return say.say("list_comma").join(shelf.people[p].name if p in shelf.people else p for p in people)


def _gap_line(gap: "Uncovered", shelf: "Shelf", say: "Speaker") -> str:
    times = {"start": _moment(gap.start, say), "end": _moment(gap.end, say)}
    if gap.unreachable:
        names = _names(gap.unreachable, shelf, say)
        return say.say("rota_gap_unreachable", rota=gap.rota, names=names, **times)
    return say.say("rota_gap", rota=gap.rota, **times)


def _change_line(change: "Override | Absence", shelf: "Shelf", say: "Speaker") -> str:
    from bot.core.rota import Override

    start, end = (at.astimezone(shelf.zone) for at in (change.start, change.end))
    told: dict[str, str] = {
        "change": change.id,
        "name": _names((change.person,), shelf, say),
        "start": _moment(start, say),
        "end": _moment(end, say),
    }
    if not isinstance(change, Override):
        return say.say("rota_absence", **told)
    told["rota"] = change.rota or say.say("rota_every")
    if change.instead_of:
        return say.say("rota_override_of", instead_of=_names((change.instead_of,), shelf, say), **told)
    return say.say("rota_override", **told)


def _watch_as_json(watch: "Watch") -> dict[str, object]:
    return {"from": watch.start.isoformat(), "to": watch.end.isoformat(), "people": list(watch.people)}


def _gap_as_json(gap: "Uncovered") -> dict[str, object]:
    times = {"from": gap.start.isoformat(), "to": gap.end.isoformat()}
    return {"rota": gap.rota, **times, "unreachable": list(gap.unreachable)}


def _change_as_json(change: "Override | Absence", shelf: "Shelf") -> dict[str, object]:
    from bot.core.rota import Override

    start, end = (at.astimezone(shelf.zone).isoformat() for at in (change.start, change.end))
    about: dict[str, object] = {"id": change.id, "person": change.person, "from": start, "to": end}
    if isinstance(change, Override):
        return {"kind": "override", **about, "instead_of": change.instead_of, "rota": change.rota}
    return {"kind": "absence", **about}
