"""`mamori understand learned`: what people ticked otherwise than was guessed, for an admin to add to the phrases."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.incidents import EARLIEST, LATEST, day
from bot.cli.speaking import json_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.phrases_learned import Learned
    from bot.wiring.parts import Stores


@click.command()
@click.option("--from", "first", type=day, metavar="D", help="first day")
@click.option("--to", "last", type=day, metavar="D", help="last day, included")
@json_option
@click.pass_obj
def learned(language: str, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """List typed words that people corrected, each with a line ready for knowledge/phrases.

    The words are people's own and may name somebody: read each line before it is added. Nothing is added by itself.

    \b
    mamori understand learned --from 2026-11-01 --to 2026-11-30
    mamori understand learned --json
    """
    from bot.app.phrases_learned import as_phrase
    from bot.app.understanding import load_understander
    from bot.app.wording import load_fact_acts
    from bot.cli.database import with_stores
    from bot.config import CONTENT

    found = with_stores(lambda stores: _found(stores, first, last))
    understander, meant = load_understander(CONTENT), load_fact_acts(CONTENT)
    phrases = [as_phrase(one, understander, meant) for one in found]
    if as_json:
        print_json([{**_as_json(one), "phrase": line} for one, line in zip(found, phrases, strict=True)])
        return
    say = speaker(language or "ja", "acts")
    labels = say.say("list_comma")
    for one, phrase in zip(found, phrases, strict=True):
        acts = {
            name: labels.join(say.label("acts", act) for act in codes) or "-"
            for name, codes in (("guessed", one.guessed), ("picked", one.picked))
        }
        cut = [f"  # {say.say('learned_cut')}"] if one.is_cut else []
        print_lines([f"# {one.incident}  {say.say('learned_row', **acts)}", *cut, phrase])
    click.echo(f"# {say.say('learned_count', count=len(found))}")


async def _found(stores: "Stores", first: datetime | None, last: datetime | None) -> "list[Learned]":
    from bot.app.phrases_learned import learned as read
    from bot.cli.shelf import shelf_of

    zone = (await shelf_of(stores)).zone
    start = first.replace(tzinfo=zone) if first else EARLIEST
    end = last.replace(tzinfo=zone) + timedelta(days=1) if last else LATEST
    return await read(stores.records, start, end)


def _as_json(one: "Learned") -> dict[str, object]:
    return {
        "incident": one.incident,
        "at": one.at.isoformat(),
        "words": one.words,
        "guessed": list(one.guessed),
        "picked": list(one.picked),
        "cut": one.is_cut,
    }
