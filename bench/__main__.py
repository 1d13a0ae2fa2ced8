"""`python -m bench`: measures, and prints one table."""

import json
import sys

import click
import uvloop

from bench.meters import NotHere
from bench.processes import NotStarted
from bench.run import Wish, run
from bench.table import as_json, as_lines
from bot.stores.embedded import EmbeddedServerError


@click.command(context_settings={"show_default": True})
@click.option(
    "--seconds", default=Wish.seconds, type=click.FloatRange(0.1), help="length of each measurement"
)
@click.option(
    "--rounds", default=Wish.rounds, type=click.IntRange(1), help="each: both bots, closed and open loop"
)
@click.option("--people", default=Wish.people, type=click.IntRange(1), help="staff members who tap")
@click.option("--timers", default=Wish.timers, type=click.IntRange(0), help="timers that lie in the database")
@click.option("--json", "wants_json", is_flag=True, help="print one JSON document")
def main(seconds: float, rounds: int, people: int, timers: int, wants_json: bool) -> None:
    """What a step costs in the running server, beside the plainest bot that does the same. Takes about 75 s."""
    try:
        figures = uvloop.run(run(Wish(seconds, rounds, people, timers)))
    except (NotHere, NotStarted, EmbeddedServerError) as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
    if wants_json:
        print(json.dumps(as_json(figures), ensure_ascii=False, indent=1))
        return
    for line in as_lines(figures):
        print(line)


if __name__ == "__main__":
    main()
