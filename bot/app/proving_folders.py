"""Proves a folder of flows: every flow by itself and under each of its packs, with the scenarios that belong to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.bundle import Page, pages
from bot.app.flow_reader import Read
from bot.app.proving import Sentences, Told, finder, misread, prove_text, shown, text_of
from bot.app.walking import Scenario, read_scenario, run_scenario
from bot.app.yaml_text import Document, Misread, Mistake, Place
from bot.core.checks import Means

PACKS = "packs"
SCENARIOS = "scenarios"
SCENARIO = "scenario_fails"
"""The code of a scenario that comes out otherwise."""


@dataclass(frozen=True)
class Proof:
    """What came of it: the flows that could be read, how many scenarios were run, everything found."""

    flows: tuple[str, ...] = ()
    scenarios: int = 0
    told: tuple[Told, ...] = field(default=())
    packs: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return all(told.level != "error" for told in self.told)


@dataclass(frozen=True)
class PackFile:
    """A pack beside its flow."""

    id: str
    base: str
    title: str
    page: Page
    file: Path


def flow_files(folder: Path) -> list[Path]:
    """The flows of a folder: YAML files that begin a line with `flow:`."""
    return [file for file in sorted(folder.glob("*.yaml")) if _begins_line(file, b"flow:")]


def pack_files(folder: Path) -> list[PackFile]:
    """The packs of a folder of flows. Raises Misread for one that can't be read at all."""
    files = sorted((folder / PACKS).glob("*.yaml"))
    return [pack_file(file) for file in files if is_pack(file)]


def is_pack(file: Path) -> bool:
    return _begins_line(file, b"pack:")


def pack_file(file: Path) -> PackFile:
    """What of a pack must be known before it lies over its flow; the flow's reader looks at the rest."""
    page = Page(text_of(file), shown(file))
    data = Document(page.text, page.name).data
    title = data.get("title")
    japanese = title.get("ja", "") if isinstance(title, dict) else ""
    return PackFile(str(data.get("pack")), str(data.get("base")), str(japanese), page, file)


def prove_files(files: list[Path], means: Means, sentences: Sentences, language: str = "ja") -> Proof:
    """Every flow and every pack among the files; with a flow also its packs (packs/*.yaml beside it) and scenarios.

    What can't be read never stops the rest.
    """
    work = _Work(means, sentences, language)
    for file in files:
        try:
            if is_pack(file):
                pack = pack_file(file)
                work.prove(_base_of(pack), [pack], alone=False)
            else:
                work.prove(file, _packs_beside(file, work), alone=True)
        except Misread as error:
            work.told += misread(error, shown(file), language)
    return Proof(tuple(work.flows), work.count, tuple(dict.fromkeys(work.told)), tuple(work.packs))


def prove_one(
    file: Path, pack: PackFile | None, means: Means, sentences: Sentences, language: str = "ja"
) -> tuple[Read | None, list[Told]]:
    """One flow as it would be published, with the scenarios beside it that belong to it. Raises Misread for no text."""
    work = _Work(means, sentences, language)
    return work.read(text_of(file), file, pack), work.told


@dataclass
class _Work:
    """One proof under way; each folder's scenarios are read once."""

    means: Means
    sentences: Sentences
    language: str
    flows: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    count: int = 0
    scenarios: dict[Path, list[tuple[Place, Scenario]]] = field(default_factory=dict)

    def prove(self, file: Path, packs: list[PackFile], alone: bool) -> None:
        """1. the flow by itself; 2. under each pack that is laid over it; 3. no scenario waits for a pack in vain."""
        text = text_of(file)
        read = self.read(text, file, None) if alone else None
        if read:
            self.flows.append(read.flow.id)
            packs = [pack for pack in packs if pack.base == read.flow.id]
            self._miss_packs(file, read, {"", *(pack.id for pack in packs)})
        for pack in packs if read or not alone else ():
            if self.read(text, file, pack):
                self.packs.append(pack.id)

    def read(self, text: str, file: Path, pack: PackFile | None) -> Read | None:
        """The flow under this pack, proved, its scenarios run."""
        read, found = prove_text(
            text,
            shown(file),
            self.means,
            self.sentences,
            self.language,
            finder(file.parent),
            pack.page if pack else None,
        )
        self.told += found
        for (name, line), scenario in self._scenarios(file.parent) if read else ():
            if read and (scenario.flow, scenario.pack) == (read.flow.id, pack.id if pack else ""):
                self.count += 1
                problems = run_scenario(read.flow, scenario, (name, line))
                self.told += [self._failed(scenario, why) for why in problems]
        return read

    def _scenarios(self, folder: Path) -> list[tuple[Place, Scenario]]:
        if folder not in self.scenarios:
            files = sorted((folder / SCENARIOS).glob("*.yaml"))
            self.scenarios[folder] = [found for file in files for found in self._scenarios_of(file)]
        return self.scenarios[folder]

    def _scenarios_of(self, file: Path) -> Iterator[tuple[Place, Scenario]]:
        """Those of one file, each with the line it begins at; one that can't be read never stops the others."""
        try:
            parts = pages(text_of(file), shown(file))
        except Misread as error:
            self.told += misread(error, shown(file), self.language)
            return
        for part in parts:
            try:
                yield (part.name, part.before + 1), read_scenario(part.text, part.name, part.before)
            except Misread as error:
                self.told += misread(error, part.name, self.language)

    def _failed(self, scenario: Scenario, why: Mistake) -> Told:
        return Told(*why.place, scenario.name, "error", SCENARIO, why.words(self.language))

    def _miss_packs(self, file: Path, read: Read, known: set[str]) -> None:
        for (name, line), scenario in self._scenarios(file.parent):
            if scenario.flow == read.flow.id and scenario.pack not in known:
                why = Mistake((name, line), "scenario_no_pack", "", {"pack": scenario.pack})
                self.told.append(self._failed(scenario, why))


def _packs_beside(file: Path, work: _Work) -> list[PackFile]:
    found: list[PackFile] = []
    for one in sorted((file.parent / PACKS).glob("*.yaml")):
        try:
            pack = pack_file(one) if is_pack(one) else None
            if pack:
                _base_of(pack)
                found.append(pack)
        except Misread as error:
            work.told += misread(error, shown(one), work.language)
    return found


def _base_of(pack: PackFile) -> Path:
    base = pack.file.parent.parent / f"{pack.base}.yaml"
    if not base.is_file():
        why = {"base": pack.base, "file": shown(base)}
        raise Misread([Mistake((pack.page.name, 1), "pack_no_base", "base", why)])
    return base


def _begins_line(file: Path, word: bytes) -> bool:
    try:
        first, *_ = [line for line in file.read_bytes().splitlines() if line.startswith((b"flow:", b"pack:"))]
    except (ValueError, OSError):
        return False
    return first.startswith(word)
