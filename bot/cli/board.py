"""`mamori board`: the link that opens the live board in a browser."""

from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, speaker

if TYPE_CHECKING:
    from bot.app.speaking import Speaker
    from bot.wiring.parts import Stores


@click.group("board")
def group() -> None:
    """The live board in the browser: who has called for help, and who is coming.

    \b
    mamori board link
    mamori board link --days 7 --site 本庁舎
    """


@group.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="how long it works")
@click.option("--site", default="", help="only this site's calls (default: all sites)")
@json_option
@language_option
def link(days: int, site: str, as_json: bool, language: str) -> None:
    """Make the link that opens the board, for a screen on the wall or a supervisor's phone.

    It is signed with MAMORI_SECRET_KEY, or with secret.key in the data directory; a new key ends all links.

    \b
    mamori board link
    mamori board link --days 7 --site 本庁舎
    """
    from bot.config import load_settings
    from bot.wiring.board import board_link

    say = speaker(language)
    if site:
        _check_site(site, say)
    settings = load_settings()
    url, until = board_link(settings, days, site)
    if as_json:
        print_json({"url": url, "until": until.isoformat(timespec="seconds"), "site": site or None})
        return
    key = "board_link_site" if site else "board_link_until"
    click.echo(url)
    click.echo(say.say(key, until=f"{until.astimezone():%Y-%m-%d %H:%M %Z}", site=site), err=True)
    click.echo(say.say("board_link_wall"), err=True)
    if not settings.public_url:
        click.echo(say.say("board_link_guess"), err=True)


def _check_site(site: str, say: "Speaker") -> None:
    """A link for a site that nobody belongs to would show an empty board for ever. Raises Problem."""
    from bot.cli.database import with_stores

    async def sites(stores: "Stores") -> set[str]:
        return {p.site for p in (await stores.directory.people()).values() if p.site}

    known = with_stores(sites)
    if site not in known:
        names = say.say("list_comma").join(sorted(known)) or "-"
        raise Problem(say.say("board_no_site", site=site, known=names))
