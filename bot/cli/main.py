"""The command `mamori`: joins the commands, and turns every known error into one line."""

import logging
import sys
from collections.abc import Iterable
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError


class OneLineErrors(click.Group):
    """0: done. 1: findings, or it can't be done now. 2: wrong use. Errors are one line each on standard error."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """As click's, but a wrong use is told in one line, too."""
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            _say([_in_one_line(error)])
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(130)
        except Exception as error:
            logging.getLogger(__name__).info("a fault of ours", exc_info=True)
            _say(
                [f"{type(error).__name__}: {' '.join(str(error).split())} (a fault of ours; -v tells where)"]
            )
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> object:
        """What the commands raise is told by whose fault it was; the libraries behind it are loaded only then."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except _misread() as error:
            _say(error.lines)
            ctx.exit(1)
        except _settings_mistake() as error:
            _say([str(error)])
            ctx.exit(2)
        except _unavailable() as error:
            _say([str(error)])
            ctx.exit(1)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"mamori: {line}", err=True)


def _in_one_line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message} (see {ctx.command_path} --help)" if ctx else message


def _misread() -> Any:
    from bot.app.yaml_text import Misread

    return Misread


def _settings_mistake() -> Any:
    from bot.config import SettingsMistake

    return SettingsMistake


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
