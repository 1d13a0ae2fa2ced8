"""The command `mamori`: joins the commands, and turns every known error into one line."""

import logging
import sys

import click

from bot.app.yaml_text import Misread
from bot.config import SettingsMistake


class OneLineErrors(click.Group):
    """0: done. 1: findings, or it can't be done now. 2: wrong use. Errors are one line each on standard error."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Misread as error:
            _say(error.lines)
            ctx.exit(1)
        except SettingsMistake as error:
            _say([str(error)])
            ctx.exit(2)
        except _unavailable() as error:
            _say([str(error)])
            ctx.exit(1)


def _say(lines: tuple[str, ...] | list[str]) -> None:
    for line in lines:
        click.echo(f"mamori: {line}", err=True)


def _unavailable() -> tuple[type[Exception], ...]:
    from bot.stores.connection import StoreUnavailable, WrongAddress
    from bot.stores.embedded import EmbeddedServerError

    return StoreUnavailable, WrongAddress, EmbeddedServerError


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mamori")
@click.option("--org", envvar="MAMORI_ORG", help="organisation (default: MAMORI_ORG, else 'default')")
@click.option("-v", "--verbose", is_flag=True, help="say more about what happens")
@click.pass_context
def cli(ctx: click.Context, org: str | None, verbose: bool) -> None:
    """Mamori (守り): stands beside frontline staff on LINE and Slack.

    \b
    Try it:            mamori demo
    One web process:   mamori serve --port 8000
    One worker:        mamori work
    """
    if org:
        import os

        os.environ["MAMORI_ORG"] = org
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )


def main() -> None:
    from bot.cli.commands import add_commands

    add_commands(cli)
    cli(prog_name="mamori")
