"""`mamori flows`: proves flows, walks them from facts, prints their schema; none of it needs the database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from bot.app.proving_folders import PackFile, Proof
    from bot.core.checks import Means
    from bot.core.flow import Flow

CONTENT = Path(__file__).parents[2]
"""The folder that holds flows/ and knowledge/."""

flow_option = click.option(
    "--flow", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a flow's file"
)
pack_option = click.option(
    "--pack", default="", metavar="ID", help="packs/ID.yaml beside the flow lies over it"
)


@click.group("flows")
def group() -> None:
    """Decision flows: prove them, walk them, publish them, roll them back.

    \b
    mamori flows check                         all flows with their scenarios
    mamori flows check flows/default.yaml --json
    mamori flows walk --facts cases.jsonl      the level for each line of facts
    mamori flows packs                         what a sector or a channel does otherwise
    mamori flows schema > flows/schema.json    for your editor
    mamori flows list                          what is live, and since when
    mamori flows show default
    mamori flows diff default 1 2
    mamori flows pull my-flows                 the live flows as files
    mamori flows push my-flows                 and back, where they differ
    mamori flows publish default my-flows/default.yaml
    mamori flows rollback default 1
    """


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def check(paths: tuple[Path, ...], as_json: bool, language: str) -> None:
    """Prove flows and run their scenarios. PATH: files or folders (default: the flows that come with Mamori).

    Each finding is one line 「file:line: step: what and how to mend it」. Exit code 1 when there is an error.

    \b
    mamori flows check
    mamori flows check flows/packs/hospital.yaml --json
    """
    from bot.app.proving import load_sentences
    from bot.app.proving_folders import prove_files

    files = list(_files(paths or (CONTENT / "flows",)))
    proof = prove_files(files, _means(), load_sentences(CONTENT), language)
    if as_json:
        found = [told.as_json() for told in proof.told]
        counts = {"flows": proof.flows, "packs": proof.packs, "scenarios": proof.scenarios}
        whole = {"ok": proof.holds, **counts, "findings": found}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for told in proof.told:
            click.echo(told.as_line())
        click.echo(_summary(proof, language))
    if not proof.holds:
        raise click.exceptions.Exit(1)


@group.command()
@click.option(
    "--facts", "lines", type=click.File(encoding="utf-8"), required=True, help="JSON lines; - for stdin"
)
@flow_option
@pack_option
def walk(lines: TextIO, file: Path | None, pack: str) -> None:
    """Answer the flow's questions from facts; わからない where they don't say.

    A line that can't be read is told and left out, the others are answered; exit code 2 then.

    \b
    mamori flows walk --facts cases.jsonl
    mamori flows walk --facts cases.jsonl --pack hospital
    Each line in:  {"id": "1", "facts": {"loud_or_banging": "yes", "minutes_elapsed": 40}}
    Each line out: {"id": "1", "level": …, "acts": […], "steps": […], "path": […], "taps": N}
    """
    from bot.app.walking import walk_facts
    from bot.cli.facts import read_line, strangers

    flow = _flow(file or CONTENT / "flows" / "default.yaml", pack)
    mistakes, strange = 0, set[str]()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            key, facts = read_line(line)
        except ValueError as error:
            mistakes += 1
            click.echo(f"mamori: {lines.name}:{number}: {error}", err=True)
            continue
        for name in strangers(facts, strange):
            click.echo(f"mamori: {lines.name}:{number}: {name} is no fact of the flows: ignored", err=True)
        click.echo(json.dumps({"id": key, **walk_facts(flow, facts).as_json()}, ensure_ascii=False))
    if mistakes:
        raise click.exceptions.Exit(2)


@group.command()
@flow_option
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def packs(file: Path | None, as_json: bool) -> None:
    """List the packs beside the flows: what a sector or a channel does otherwise.

    \b
    mamori flows packs
    mamori flows packs --flow my-flows/default.yaml --json
    """
    from bot.app.proving_folders import pack_files

    found = pack_files(file.parent if file else CONTENT / "flows")
    if as_json:
        rows = [
            {"pack": one.id, "base": one.base, "title": one.title, "file": one.page.name} for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(f"{one.id}  {one.title}  ({one.base}: {one.page.name})")


@group.command()
@click.option("--pack", is_flag=True, help="of packs instead of flows")
def schema(pack: bool) -> None:
    """Print the JSON Schema of the flow language, for editors.

    \b
    mamori flows schema > flows/schema.json
    mamori flows schema --pack > flows/pack.schema.json
    """
    from bot.app.flow_schema import flow_schema, pack_schema

    click.echo(json.dumps(pack_schema() if pack else flow_schema(), ensure_ascii=False, indent=1))


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    from bot.app.proving_folders import flow_files

    for path in paths:
        found = flow_files(path) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"{path} holds no flow (a YAML file with `flow:` at its top)")
        yield from found


def _means() -> "Means":
    from functools import cache

    from bot.app.wording import load_words
    from bot.core import cards
    from bot.core.checks import Means
    from bot.platforms.line import fit as line
    from bot.platforms.slack import fit as slack

    # Packs share most cards with their flow: each is measured once.
    return Means(load_words(CONTENT), cards.compose, (cache(line.findings), cache(slack.findings)))


def _flow(file: Path, pack: str) -> "Flow":
    from bot.app.flow_reader import read_whole
    from bot.app.proving import finder, shown, text_of

    page = pack_beside(file, pack).page if pack else None
    return read_whole(text_of(file), shown(file), find=finder(file.parent), pack=page).flow


def pack_beside(file: Path, pack: str) -> "PackFile":
    """The pack of this name in packs/ beside the flow. Raises UsageError when there is none."""
    from bot.app.proving_folders import PACKS, pack_file

    wanted = file.parent / PACKS / f"{pack}.yaml"
    if not wanted.is_file():
        known = ", ".join(sorted(one.stem for one in wanted.parent.glob("*.yaml"))) or "-"
        raise click.UsageError(f"there is no pack {pack!r} in {wanted.parent} (there are: {known})")
    return pack_file(wanted)


def _summary(proof: "Proof", language: str) -> str:
    flows, packs, found = len(proof.flows), len(proof.packs), len(proof.told)
    if language == "en":
        return f"{flows} flow(s), {packs} pack(s), {proof.scenarios} scenario(s), {found} finding(s)"
    return f"判断フロー {flows}、パック {packs}、シナリオ {proof.scenarios}、指摘 {found}"
