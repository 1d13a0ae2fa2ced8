"""`mamori flows`, the commands that need the database: what is published, and what was before."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.flows import CONTENT, _means, group, pack_beside, pack_option
from bot.cli.speaking import Problem, fail, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from bot.app.proving import Told
    from bot.app.speaking import Speaker
    from bot.wiring.parts import Stores

__all__ = ["group"]

BY = "cli"
folder = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))


@group.command("list")
@json_option
@language_option
def list_flows(as_json: bool, language: str) -> None:
    """List the published flows with their live revision.

    \b
    mamori flows list --json
    """
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of
    from bot.reports.table import table

    async def work(stores: "Stores") -> "list[dict[str, str | int]]":
        live, zone = await stores.library.live(), (await shelf_of(stores)).zone
        return [
            {"flow": flow, **_live_note(await stores.library.revisions(flow), revision, zone)}
            for flow, revision in sorted(live.items())
        ]

    found = with_stores(work)
    if as_json:
        print_json(found)
        return
    say = speaker(language)
    columns = {"flow": "flow", "revision": "live", "at": "at", "by": "by", "note": "note"}
    header = [say.say(f"flows_{name}") for name in columns.values()]
    print_lines(table(header, [[row[name] for name in columns] for row in found]))


@group.command()
@click.argument("flow", metavar="ID")
@click.option("--revision", type=click.IntRange(1), help="(default: the live one)")
@language_option
def show(flow: str, revision: int | None, language: str) -> None:
    """Print a revision's text.

    \b
    mamori flows show default > default.yaml
    mamori flows show default --revision 2
    """
    from bot.cli.database import with_stores

    say = speaker(language)
    text = with_stores(lambda stores: _text(stores, flow, revision, say))
    click.echo(text, nl=not text.endswith("\n"))


@group.command()
@click.argument("flow", metavar="ID")
@click.argument("a", type=click.IntRange(1))
@click.argument("b", type=click.IntRange(1))
@json_option
@language_option
def diff(flow: str, a: int, b: int, as_json: bool, language: str) -> None:
    """Show what revision B says otherwise than revision A.

    \b
    mamori flows diff default 1 2
    """
    import difflib

    from bot.cli.database import with_stores

    say = speaker(language)

    async def work(stores: "Stores") -> tuple[str, str]:
        return await _text(stores, flow, a, say), await _text(stores, flow, b, say)

    before, after = (text.splitlines() for text in with_stores(work))
    lines = list(difflib.unified_diff(before, after, f"{flow}@{a}", f"{flow}@{b}", lineterm=""))
    counts = {
        "added": sum(line.startswith("+") for line in lines[2:]),
        "removed": sum(line.startswith("-") for line in lines[2:]),
    }
    if as_json:
        print_json({"flow": flow, "a": a, "b": b, **counts, "diff": lines})
    elif lines:
        print_lines([*lines, say.say("flow_diff_counts", **counts)])
    else:
        click.echo(say.say("flow_diff_same", a=a, b=b))


@group.command()
@folder
@click.option("--force", is_flag=True, help="overwrite files that differ")
@language_option
def pull(folder: Path, force: bool, language: str) -> None:
    """Write every live flow into DIR as files to be edited and pushed back: the flow, what it calls, its pack.

    \b
    mamori flows pull my-flows
    """
    from bot.app.flow_folder import files_of
    from bot.cli.database import with_stores

    say = speaker(language)

    async def work(stores: "Stores") -> "list[tuple[str, int, str]]":
        live = await stores.library.live()
        return [(f, n, await stores.library.text(f, n)) for f, n in sorted(live.items())]

    files: dict[Path, tuple[str, int, str]] = {}
    for flow, revision, text in with_stores(work):
        for name, part in files_of(text, flow).items():
            file = folder / name
            other, _, known = files.setdefault(file, (flow, revision, part))
            if known != part:
                raise Problem(say.say("flow_pull_differs", file=str(file), flow=other, other=flow))
            if not force and file.exists() and file.read_bytes() != part.encode():
                raise Problem(say.say("flow_pull_keeps", file=str(file)))
    for file, (_, revision, part) in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(part.encode())
        click.echo(say.say("flow_pulled", file=str(file), revision=revision))


@group.command()
@folder
@click.option("--note", default="", help="why; stands beside the revision")
@language_option
def push(folder: Path, note: str, language: str) -> None:
    """Prove every flow in DIR, then publish those that differ from their live revision: all of them, or none.

    A flow that is live with a pack keeps it: packs/ID.yaml in DIR.

    \b
    mamori flows push my-flows --note "退席の言い方を直した"
    """
    from bot.app.flow_folder import pack_of
    from bot.app.proving_folders import flow_files
    from bot.cli.database import with_stores

    say = speaker(language)
    files = flow_files(folder) if folder.is_dir() else []
    if not files:
        raise click.UsageError(say.say("flow_none_in", dir=str(folder)))

    async def work(stores: "Stores") -> dict[str, str]:
        live = await stores.library.live()
        return {f: pack_of(await stores.library.text(f, n)) for f, n in live.items()}

    packs = with_stores(work)
    _publish(_proven([(file, packs.get(file.stem, "")) for file in files], say), note, say)


@group.command()
@click.argument("flow", metavar="ID")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="why; stands beside the revision")
@pack_option
@language_option
def publish(flow: str, file: Path | None, note: str, pack: str, language: str) -> None:
    """Prove a flow and publish it as the next revision. FILE: by default the one that comes with Mamori.

    The revision holds the flows that it calls and its pack as they are now. Incidents that are under way stay with the
    revision they began with.

    \b
    mamori flows publish default my-flows/default.yaml --note "税務課の質問を足した"
    mamori flows publish default --pack city_hall
    """
    say = speaker(language)
    source = file or CONTENT / "flows" / f"{flow}.yaml"
    if not source.is_file():
        raise click.UsageError(say.say("flow_no_file", flow=flow))
    proven = _proven([(source, pack)], say)
    for written in proven:
        if written != flow:
            raise Problem(say.say("flow_other_id", file=str(source), written=written, flow=flow))
    _publish(proven, note, say)


@group.command()
@click.argument("flow", metavar="ID")
@click.argument("revision", metavar="N", type=click.IntRange(1))
@language_option
def rollback(flow: str, revision: int, language: str) -> None:
    """Publish the text of revision N once more, as the next revision. Nothing is lost.

    \b
    mamori flows rollback default 1
    """
    from bot.cli.database import with_stores
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    say = speaker(language)
    note = say.say("flow_rollback_note", old=revision)

    async def work(stores: "Stores") -> int:
        text = await _text(stores, flow, revision, say)
        return await stores.library.publish(flow, text, clock_of(load_settings()).now(), BY, note)

    new = with_stores(work)
    click.echo(say.say("flow_rolled_back", flow=flow, old=revision, revision=new))


def _proven(files: "Sequence[tuple[Path, str]]", say: "Speaker") -> dict[str, str]:
    """Flow id to the text to publish, for each file with its pack. Whatever is found is printed as by `flows check`;
    with an error it ends here, exit code 1.
    """
    from bot.app.proving import load_sentences
    from bot.app.proving_folders import prove_one

    sentences, ways = load_sentences(CONTENT), _means()
    texts: dict[str, str] = {}
    told: list[Told] = []
    for file, pack in files:
        read, found = prove_one(
            file, pack_beside(file, pack) if pack else None, ways, sentences, say.language
        )
        told += found
        if read is not None:
            texts[read.flow.id] = read.text
    for one in told:
        click.echo(one.as_line(), err=one.level == "error")
    if any(one.level == "error" for one in told):
        click.echo(say.say("flow_refused"), err=True)
        fail()
    return texts


def _publish(texts: "Mapping[str, str]", note: str, say: "Speaker") -> None:
    from bot.cli.database import with_stores
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    async def work(stores: "Stores") -> None:
        now = clock_of(load_settings()).now()
        live = await stores.library.live()
        for flow, text in texts.items():
            known = live.get(flow)
            if known and await stores.library.text(flow, known) == text:
                click.echo(say.say("flow_same", flow=flow, revision=known))
                continue
            revision = await stores.library.publish(flow, text, now, BY, note)
            click.echo(say.say("flow_published", flow=flow, revision=revision))

    with_stores(work)


async def _text(stores: "Stores", flow: str, revision: int | None, say: "Speaker") -> str:
    """Raises Problem for a flow or a revision that there isn't."""
    live = await stores.library.live()
    if flow not in live:
        raise Problem(say.say("flow_unknown", flow=flow, known=", ".join(sorted(live)) or "-"))
    last = max(int(one["revision"]) for one in await stores.library.revisions(flow))
    if revision and revision > last:
        raise Problem(say.say("revision_unknown", flow=flow, revision=revision, last=last))
    return await stores.library.text(flow, revision or live[flow])


def _live_note(revisions: "Sequence[Mapping[str, str]]", live: int, zone: "tzinfo") -> "dict[str, str | int]":
    """The live revision with who published it, when on the organisation's clock, and why."""
    note = next(one for one in revisions if int(one["revision"]) == live)
    at = datetime.fromisoformat(note["at"]).astimezone(zone).isoformat(timespec="seconds")
    return {"revision": live, "at": at, "by": note["by"], "note": note["note"]}
