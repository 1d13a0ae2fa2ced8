"""`mamori policy`: limits, waits and tiers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import click

from bot.cli.speaking import fail, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.policy_proving import Change, Gap
    from bot.app.speaking import Speaker
    from bot.wiring.parts import Stores

LONGEST_LETTER = 4
"""Bytes of UTF-8."""


@dataclass(frozen=True)
class _Judged:
    """What was found in a policy. unread: sites whose address nobody would ever read."""

    wrong: "list[Gap]"
    warnings: "list[Gap]"
    unread: list[str]
    changed: "list[Change]"
    is_same: bool


policy_file = click.argument("file", type=click.File("rb"))


@click.group("policy")
def group() -> None:
    """Whom a call for help reaches, in which order and after which waits.

    \b
    mamori policy show > policy.yaml
    mamori policy check policy.yaml
    mamori policy push policy.yaml
    """


@group.command()
@json_option
@language_option
def show(as_json: bool, language: str) -> None:
    """Print the policy that holds now, ready to be edited.

    \b
    mamori policy show > policy.yaml
    """
    from bot.cli.database import with_stores
    from bot.cli.shelf import default_policy

    own = with_stores(lambda stores: stores.library.policy())
    text = own or default_policy()
    if as_json:
        print_json({"own": bool(own), "text": text})
        return
    click.echo(text, nl=not text.endswith("\n"))
    if not own:
        click.echo(speaker(language).say("policy_default"), err=True)


@group.command()
@policy_file
@json_option
@language_option
def check(file: BinaryIO, as_json: bool, language: str) -> None:
    """Say whether FILE can be used, and what would change. Nothing is changed.

    \b
    mamori policy check policy.yaml
    """
    _judge(file, as_json, speaker(language), push=False)


@group.command()
@policy_file
@json_option
@language_option
def push(file: BinaryIO, as_json: bool, language: str) -> None:
    """Use FILE from now on, if it can be used. Calls that are under way go on as they began.

    \b
    mamori policy push policy.yaml
    """
    _judge(file, as_json, speaker(language), push=True)


def _judge(file: BinaryIO, as_json: bool, say: "Speaker", push: bool) -> None:
    """1. Read it; 2. look whom it reaches; 3. compare it; 4. keep it, if that is asked and nothing stands against it."""
    from bot.app.policy_proving import blocking, changes, gaps, sites_of_nobody
    from bot.app.policy_reader import lines_of_last_tiers, lines_of_sites, read_policy
    from bot.cli.database import with_stores
    from bot.cli.shelf import default_policy, shelf_of

    text = _text_of(file)

    async def work(stores: "Stores") -> _Judged:
        shelf = await shelf_of(stores)
        wanted = read_policy(text, file.name, frozenset(shelf.people))
        found = gaps(wanted, shelf.people)
        wrong = blocking(found, shelf.people)
        is_same = text == (await stores.library.policy() or default_policy())
        if push and not wrong and not is_same:
            await stores.library.put_policy(text)
        warnings = [gap for gap in found if gap not in wrong]
        unread = sites_of_nobody(wanted, shelf.people)
        return _Judged(wrong, warnings, unread, list(changes(shelf.policy, wanted)), is_same)

    judged = with_stores(work)
    if as_json:
        _print_as_json(judged, say, push)
    else:
        at, sites = lines_of_last_tiers(text, file.name), lines_of_sites(text, file.name)
        found = [(at[gap.kind], gap_line(gap, say)) for gap in [*judged.wrong, *judged.warnings]]
        found += [(sites[site], say.say("policy_site_unread", site=site)) for site in judged.unread]
        told = [f"{file.name}:{line}: {words}" for line, words in found]
        lines = _lines(file.name, say, bool(judged.wrong), judged.changed, judged.is_same, push)
        print_lines([*told, *lines])
    if judged.wrong:
        fail()


def _print_as_json(judged: _Judged, say: "Speaker", push: bool) -> None:
    told = [
        *(_gap_as_json(gap, "error", say) for gap in judged.wrong),
        *(_gap_as_json(gap, "warning", say) for gap in judged.warnings),
        *(_site_as_json(site, say) for site in judged.unread),
    ]
    done = {"pushed": not judged.wrong and not judged.is_same} if push else {}
    lines = [_change_line(change, say) for change in judged.changed]
    print_json({"ok": not judged.wrong, **done, "findings": told, "changes": lines})


def _text_of(file: BinaryIO) -> str:
    """No more than a policy can have: what is named may also be a device that never ends."""
    from bot.app.yaml_text import LARGEST, Misread

    try:
        return file.read(LARGEST * LONGEST_LETTER + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misread([f"{file.name}:1: UTF-8 の文字ではありません。UTF-8 で保存してください"]) from None


def _lines(
    name: str,
    say: "Speaker",
    is_refused: bool,
    changed: "list[Change]",
    is_same: bool,
    push: bool,
) -> list[str]:
    if is_refused:
        return [say.say("policy_refused")]
    if is_same:
        return [say.say("policy_same")]
    lines = [say.say("policy_changes"), *(f"  {_change_line(c, say)}" for c in changed)] if changed else []
    return [*lines, say.say("policy_pushed" if push else "policy_fine", file=name)]


def gap_line(gap: "Gap", say: "Speaker") -> str:
    key = "policy_gap_alone" if gap.alone else "policy_gap_last"
    return say.say(key, kind=say.say(f"kind_{gap.kind}"), site=gap.site or say.say("policy_no_site"))


def _gap_as_json(gap: "Gap", level: str, say: "Speaker") -> dict[str, object]:
    code = "nobody_reached" if gap.alone else "last_tier_reaches_nobody"
    return {"level": level, "code": code, "kind": gap.kind, "site": gap.site, "words": gap_line(gap, say)}


def _site_as_json(site: str, say: "Speaker") -> dict[str, object]:
    words = say.say("policy_site_unread", site=site)
    return {"level": "warning", "code": "site_of_nobody", "site": site, "words": words}


def _change_line(change: "Change", say: "Speaker") -> str:
    key = f"name_{change.name}"
    return say.say(
        f"change_{change.key}",
        kind=say.say(f"kind_{change.kind}") if change.kind else "",
        tier=change.tier,
        name=say.say(key) if say.knows(key) else change.name,
        before=change.before,
        after=change.after,
    )
