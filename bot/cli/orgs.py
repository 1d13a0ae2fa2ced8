"""`mamori orgs`: the organisations of this installation."""

import re
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.wiring.parts import Stores


@click.group("orgs")
def group() -> None:
    """Organisations: each has its own people, flows, policy and records.

    \b
    mamori orgs add ebetsu 江別市
    mamori --org ebetsu people import staff.csv
    """


@group.command("list")
@json_option
@language_option
def list_organisations(as_json: bool, language: str) -> None:
    """List the organisations.

    \b
    mamori orgs list --json
    """
    from bot.cli.database import with_stores
    from bot.reports.table import table

    found = with_stores(lambda stores: stores.organisations.list())
    if as_json:
        print_json([{"id": org, "name": name} for org, name in found.items()])
        return
    say = speaker(language)
    rows = list(found.items())
    print_lines(table([say.say("orgs_id"), say.say("orgs_name")], rows) if rows else [say.say("orgs_none")])


@group.command()
@click.argument("org", metavar="ID")
@click.argument("name")
@json_option
@language_option
def add(org: str, name: str, as_json: bool, language: str) -> None:
    """Add the organisation ID with its NAME. The same once more changes nothing.

    \b
    mamori orgs add ebetsu 江別市
    """
    from bot.cli.database import with_stores
    from bot.stores.keys import ORGANISATION_ID

    say = speaker(language)
    if not re.fullmatch(ORGANISATION_ID, org):
        raise click.UsageError(say.say("org_wrong_id", org=org))
    if not name.strip():
        raise click.UsageError(say.say("org_empty_name"))

    async def work(stores: "Stores") -> "tuple[bool, Mapping[str, str]]":
        is_new = await stores.organisations.add(org, name.strip())
        return is_new, await stores.organisations.list()

    is_new, found = with_stores(work)
    if not is_new and found[org] != name.strip():
        raise Problem(say.say("org_taken", org=org, name=found[org]))
    if as_json:
        print_json({"id": org, "name": found[org], "added": is_new})
    else:
        click.echo(say.say("org_added" if is_new else "org_there", org=org, name=found[org]))
