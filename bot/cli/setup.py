"""`mamori setup`: tells the platforms about this installation."""

from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, json_option, language_option, print_json, speaker

if TYPE_CHECKING:
    from bot.app.speaking import Speaker
    from bot.config import Settings

LINE_TEST = "/v2/bot/channel/webhook/test"


@click.group("setup")
def group() -> None:
    """Tell LINE and Slack about this installation.

    \b
    mamori setup line
    mamori setup slack > manifest.json
    """


@group.command()
@json_option
@language_option
def line(as_json: bool, language: str) -> None:
    """Register the rich menu and the webhook at LINE, then let LINE test it. Again changes nothing.

    \b
    mamori setup line
    """
    import asyncio

    from bot.cli.checkups import webhook_address
    from bot.config import load_settings
    from bot.platforms.line.richmenu import RichMenuRefused

    say, settings = speaker(language), load_settings()
    if not settings.has_line:
        raise Problem(say.say("setup_no_line"))
    if not settings.public_url:
        raise Problem(say.say("setup_no_url"))
    try:
        menu = asyncio.run(_register_menus(settings, _line_users()))
    except RichMenuRefused as error:
        raise Problem(str(error)) from None
    _register_webhook(settings, say)
    reached, how = _test(settings)
    if as_json:
        print_json({"rich_menu": menu, "webhook": webhook_address(settings), "reached": reached, **how})
    else:
        click.echo(say.say("setup_menu", menu=menu))
        click.echo(say.say("setup_endpoint", url=webhook_address(settings)))
    if not reached:
        raise Problem(say.say("setup_test_failed", url=webhook_address(settings), **how))
    if not as_json:
        click.echo(say.say("setup_test_fine"))


@group.command()
@language_option
def slack(language: str) -> None:
    """Print the manifest (JSON) from which Slack makes the app, for MAMORI_PUBLIC_URL, or for Socket Mode with an app token.

    \b
    mamori setup slack > manifest.json
    """
    from bot.config import load_settings
    from bot.platforms.slack.manifest import manifest

    say, settings = speaker(language), load_settings()
    try:
        made = manifest(settings.public_url, bool(settings.slack_app_token.get_secret_value()))
    except ValueError:
        raise Problem(say.say("setup_no_url")) from None
    print_json(made)
    click.echo(say.say("setup_slack_how"), err=True)


def _line_users() -> dict[str, list[str]]:
    """The LINE users of the directory, by their language."""
    from bot.cli.database import with_stores

    users: dict[str, list[str]] = {}
    for person in with_stores(lambda stores: stores.directory.people()).values():
        if person.active and person.line_user_id:
            users.setdefault(person.language, []).append(person.line_user_id)
    return users


async def _register_menus(settings: "Settings", users: dict[str, list[str]]) -> str:
    """The default one for all, and for each person whose language has its own that one."""
    from bot.platforms.line.api import LineApi
    from bot.platforms.line.richmenu import LANGUAGES, give, give_default, register

    token = settings.line_channel_access_token.get_secret_value()
    api = LineApi(token, settings.line_api_base, settings.line_data_api_base)
    own = {language: users.pop(language) for language in LANGUAGES[1:] if language in users}
    try:
        menu = await register(api)
        for language, theirs in own.items():
            await give(api, language, theirs)
        await give_default(api, [user for theirs in users.values() for user in theirs])
    finally:
        await api.close()
    return menu


def _register_webhook(settings: "Settings", say: "Speaker") -> None:
    """https://developers.line.biz/en/reference/messaging-api/#set-webhook-endpoint-url"""
    from bot.cli.asking import ask
    from bot.cli.checkups import LINE_ENDPOINT, webhook_address

    url = settings.line_api_base.rstrip("/") + LINE_ENDPOINT
    token = settings.line_channel_access_token.get_secret_value()
    answer = ask("PUT", url, token, {"endpoint": webhook_address(settings)})
    if not answer.is_ok:
        said = {"status": str(answer.status or ""), "reason": answer.reason}
        raise Problem(say.say("setup_endpoint_refused", **said))


def _test(settings: "Settings") -> tuple[bool, dict[str, str]]:
    """Whether LINE reaches the webhook, and what it says of that."""
    from bot.cli.asking import ask

    token = settings.line_channel_access_token.get_secret_value()
    answer = ask("POST", settings.line_api_base.rstrip("/") + LINE_TEST, token, {})
    said = answer.content if answer.is_ok else {"reason": answer.status, "detail": answer.reason}
    how = {name: str(said.get(name, "")) for name in ("reason", "detail")}
    return answer.is_ok and bool(answer.content.get("success")), how
