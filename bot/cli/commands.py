"""Every command and its place, so that a test can count them against the documentation."""

import click


def add_commands(cli: click.Group) -> None:
    """Adds all commands. Imported here, so that `mamori --help` of one doesn't load the others' libraries twice."""
    from bot.cli import demo, flows, running

    cli.add_command(demo.demo)
    cli.add_command(running.serve)
    cli.add_command(running.work)
    cli.add_command(flows.group, "flows")
