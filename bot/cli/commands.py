"""Every command and its place, so that a test can count them against the documentation."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True)
class Place:
    """Where a command is written. `summary` stands in `mamori --help`, which loads none of them."""

    name: str
    module: str
    attribute: str
    summary: str


PLACES = (
    Place("demo", "demo", "demo", "Play with it in the browser; everything embedded."),
    Place("serve", "running", "serve", "One web process: webhooks, admin, health."),
    Place("work", "running", "work", "One worker process: deliveries, timers, schedules."),
    Place("doctor", "doctor", "doctor", "Check settings, database, platforms, webhook, clock, flows."),
    Place("setup", "setup", "group", "Register the rich menu and webhook; print the Slack manifest."),
    Place("flows", "revisions", "group", "Decision flows: prove, walk, publish, compare, roll back."),
    Place("understand", "understand", "understand", "Say what typed words mean, line by line."),
    Place("ask", "ask", "ask", "Answer a question from the knowledge articles."),
    Place("knowledge", "knowledge", "group", "Knowledge articles: prove, list, confirm."),
    Place("training", "training", "group", "Practice: list the made-up cases, show where people agree."),
    Place("report", "report", "report", "The figures of a period as table, JSON or CSV."),
    Place("incidents", "incidents", "group", "Incidents: list them, show one's timeline, export it."),
    Place("improvements", "improvements", "group", "What may be made better: list the tickets, settle one."),
    Place("people", "people", "group", "The directory: list, invite, import from CSV, deactivate."),
    Place("orgs", "orgs", "group", "Organisations: list, add."),
    Place("board", "board", "group", "The live board in the browser: make the link that opens it."),
    Place("rota", "rota", "group", "Who is on duty: show, check for gaps, stand-ins, absences."),
    Place("policy", "policy", "group", "Limits, waits and tiers: show, check, push."),
)


class Later(click.Command):
    """A command that is loaded when it is called, so that none has to wait for another's libraries."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.name, short_help=place.summary)
        self.place = place

    def load(self) -> click.Command:
        command: click.Command = getattr(import_module(f"bot.cli.{self.place.module}"), self.place.attribute)
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        return self.load().make_context(*args, **kwargs)


def add_commands(cli: click.Group) -> None:
    for place in PLACES:
        cli.add_command(Later(place))
