"""Every command and its place, so that a test can count them against the documentation."""

import click


def add_commands(cli: click.Group) -> None:
    """Adds all commands. Each module loads what it needs only when its command runs."""
    from bot.cli import demo, running

    cli.add_command(demo.demo)
    cli.add_command(running.serve)
    cli.add_command(running.work)
