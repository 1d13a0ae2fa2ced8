"""`mamori people`: the directory."""

from typing import TYPE_CHECKING, BinaryIO

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.app.importing import Import
    from bot.app.speaking import Speaker
    from bot.core.plan import HelpKind, Person
    from bot.wiring.parts import Stores

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
LONGEST_DAYS = 90


@click.group("people")
def group() -> None:
    """The directory: who works here, how they are reached, whom they may call.

    \b
    mamori people import staff.csv
    mamori people list
    mamori people invite aiko --days 7
    mamori people test aiko
    mamori people deactivate aiko
    """


@group.command("list")
@json_option
@language_option
def list_people(as_json: bool, language: str) -> None:
    """List everyone in the directory. An address is untested (未確認) until its person has tapped a test page there.

    \b
    mamori people list
    mamori people list --json
    """
    from bot.app.rollcall import unconfirmed
    from bot.cli.database import with_stores

    async def work(stores: "Stores") -> "tuple[Mapping[str, Person], Mapping[str, str]]":
        return await stores.directory.people(), await stores.contacts.confirmed()

    people, confirmed = with_stores(work)
    untested = unconfirmed(people, confirmed)
    if as_json:
        print_json([_as_json(p) | {"untested": list(untested.get(p.id, ()))} for p in people.values()])
    else:
        print_lines(_as_table(list(people.values()), untested, speaker(language)))


@group.command()
@click.argument("person")
@click.option(
    "--days", default=14, show_default=True, type=click.IntRange(1, LONGEST_DAYS), help="valid so long"
)
@json_option
@language_option
def invite(person: str, days: int, as_json: bool, language: str) -> None:
    """Make an invitation code with which PERSON links their LINE or Slack.

    \b
    mamori people invite aiko
    mamori people invite aiko --days 7 --json
    """
    from bot.cli.database import with_stores

    say = speaker(language)
    code = new_code()

    async def work(stores: "Stores") -> "Person":
        found = _find(await stores.directory.people(), person, say)
        if not found.active:
            raise Problem(say.say("person_inactive", name=found.name, person=person))
        await stores.directory.invite(code, person, days)
        return found

    invited = with_stores(work)
    if as_json:
        print_json({"person": person, "name": invited.name, "code": code, "days": days})
        return
    click.echo(say.say("invited", name=invited.name, person=person, code=code))
    click.echo(say.say("invited_how", days=days))


@group.command("import")
@click.argument("file", metavar="CSV", type=click.File("rb"))
@json_option
@language_option
def import_people(file: BinaryIO, as_json: bool, language: str) -> None:
    """Add or change people from a CSV file (- for standard input): all rows, or none when one is wrong.

    Columns: id, name, role, site, place, line_user_id, slack_user_id, phone, email, language; id, name and role are
    needed. People who aren't in the file stay as they are; an empty address leaves the one that is known.

    \b
    mamori people import staff.csv
    mamori people import - < staff.csv
    """
    from bot.app.importing import columns_of, decoded, plan_import
    from bot.app.people_reader import read_people
    from bot.cli.database import with_stores

    say = speaker(language)
    try:
        text = decoded(file.read())
    except UnicodeDecodeError:
        raise Problem(say.say("import_not_text", file=file.name)) from None
    people = read_people(text, file.name)
    if not people:
        raise Problem(say.say("import_empty", file=file.name))

    async def work(stores: "Stores") -> "Import":
        plan = plan_import(people, columns_of(text), await stores.directory.people())
        _refuse_taken(plan, say)
        await _put(stores, plan, say)
        return plan

    plan = with_stores(work)
    counts = {"added": len(plan.added), "changed": len(plan.changed), "unchanged": len(plan.unchanged)}
    print_json(counts) if as_json else click.echo(say.say("imported", **counts))


@group.command()
@click.argument("person")
@json_option
@language_option
def test(person: str, as_json: bool, language: str) -> None:
    """Send PERSON a test page to every address at which they haven't tapped one yet.

    \b
    mamori people test aiko
    """
    from bot.app.rollcall import test_pages
    from bot.cli.database import with_stores
    from bot.cli.shelf import content_words
    from bot.config import load_settings
    from bot.wiring.parts import clock_of, new_ids

    say = speaker(language)

    async def work(stores: "Stores") -> tuple[str, ...]:
        found = _find(await stores.directory.people(), person, say)
        now = clock_of(load_settings()).now()
        pages = test_pages(found, await stores.contacts.confirmed(), content_words(), now, new_ids().delivery)
        if pages:
            await stores.turns.remember("", pages, now)
        return tuple(page.address.platform for page in pages)

    sent = with_stores(work)
    if as_json:
        print_json({"person": person, "sent": list(sent)})
        return
    where = say.say("list_comma").join(say.say(f"channels_{channel}") for channel in sent)
    click.echo(say.say("test_sent" if sent else "test_needless", person=person, where=where))


@group.command()
@click.argument("person")
@json_option
@language_option
def deactivate(person: str, as_json: bool, language: str) -> None:
    """PERSON has left: no pages, no buttons any more. What is recorded stays.

    \b
    mamori people deactivate aiko
    """
    from dataclasses import replace

    from bot.app.policy_proving import tiers_naming
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    say = speaker(language)

    async def work(stores: "Stores") -> "tuple[Person, list[tuple[HelpKind, int]]]":
        shelf = await shelf_of(stores)
        found = _find(shelf.people, person, say)
        gone = replace(found, active=False, line_user_id="", slack_user_id="")
        await stores.directory.put_people([gone])
        return found, tiers_naming(shelf.policy, person)

    before, named = with_stores(work)
    if as_json:
        tiers = [{"kind": kind, "tier": tier} for kind, tier in named]
        print_json({"person": person, "was_active": before.active, "still_named_in": tiers})
        return
    key = "deactivated" if before.active else "deactivated_already"
    click.echo(say.say(key, name=before.name, person=person))
    if named:
        where = [say.say("tier_of", kind=say.say(f"kind_{kind}"), tier=tier) for kind, tier in named]
        click.echo(say.say("deactivated_named", where=say.say("list_comma").join(where)))


def new_code() -> str:
    """An invitation code as bot/app/enrolling.py reads it: nothing that is mistaken for something else."""
    import secrets

    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _find(people: "Mapping[str, Person]", person: str, say: "Speaker") -> "Person":
    if person not in people:
        raise Problem(say.say("person_unknown", person=person))
    return people[person]


def _refuse_taken(plan: "Import", say: "Speaker") -> None:
    if not plan.taken:
        return
    first = plan.taken[0]
    names = {"name": first.person.name, "person": first.person.id}
    owner = {"owner_name": first.owner.name, "owner": first.owner.id}
    channel = say.say(f"channels_{first.channel}")
    raise Problem(say.say("address_taken", channel=channel, **names, **owner))


async def _put(stores: "Stores", plan: "Import", say: "Speaker") -> None:
    """Somebody may have linked an address since the plan was made."""
    from bot.app.ports import AddressTaken

    try:
        await stores.directory.put_people(plan.people)
    except AddressTaken as error:
        raise Problem(str(error)) from None


def _as_json(person: "Person") -> dict[str, object]:
    from dataclasses import asdict

    return asdict(person)


def _as_table(people: "list[Person]", untested: "Mapping[str, tuple[str, ...]]", say: "Speaker") -> list[str]:
    from bot.reports.table import table

    def state(person: "Person", channel: str, address: str) -> str:
        if not address:
            return say.say("people_not_linked")
        is_open = channel in untested.get(person.id, ())
        return say.say("people_unconfirmed" if is_open else "people_linked")

    if not people:
        return [say.say("people_none")]
    columns = ("id", "name", "role", "site", "place", "line", "slack", "state")
    rows = [
        (
            *(p.id, p.name, say.say(f"role_{p.role}"), p.site, p.place),
            *(state(p, "line", p.line_user_id), state(p, "slack", p.slack_user_id)),
            say.say("people_active" if p.active else "people_inactive"),
        )
        for p in people
    ]
    return table([say.say(f"people_{name}") for name in columns], rows)
