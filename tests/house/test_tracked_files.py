"""What every file of the repository keeps to: it stands alone, on any machine, and stays readable."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together from parts, so that this file doesn't name what it forbids.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("deb", "debian", "org"), ("security", "debian", "org"), ("crates", "io"), ("rubygems", "org"),
        ("proxy", "golang", "org"), ("repo", "maven", "apache", "org"),
    )
)  # fmt: skip
MACHINE_PATHS = tuple(re.compile(r"(?<![\w.])/" + place + r"/[\w.]") for place in ("root", "work", "home"))
CODE = sorted((ROOT / "bot").rglob("*.py"))
CORE = sorted((ROOT / "bot" / "core").rglob("*.py"))
IMPURE = ("now", "utcnow", "today", "open", "print")
LONGEST_FILE = 450
LONGEST_FUNCTION = 60
ROOMS = ("bot", "bot/core", "bot/app", "bot/platforms", "bot/stores", "bot/web", "bot/reports")


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is, or is about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout.decode()
    if not listed:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            yield name, (ROOT / name).read_bytes().decode("utf-8", errors="ignore")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_names_the_address_of_a_package_registry() -> None:
    assert [(name, host) for name, text in texts() for host in REGISTRIES if host in text] == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    found = [(name, hit[0]) for name, text in texts() for path in MACHINE_PATHS if (hit := path.search(text))]
    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_is_here_what_never_and_where_to_start(room: str) -> None:
    words = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    lines = words.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Here", "Never here", "Start with"]


def test_a_file_says_first_why_it_exists() -> None:
    silent = [
        name_of(path) for path in CODE if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_a_file_stays_short() -> None:
    sizes = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in CODE}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = {f"{name_of(path)}: {name}": lines for path in CODE for name, lines in functions(path)}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FUNCTION} == {}


def test_the_core_waits_for_nothing_and_asks_no_clock() -> None:
    found = [(name_of(path), line) for path in CORE for line in impure_lines(path)]
    assert found == []


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in walk(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def impure_lines(path: Path) -> Iterator[int]:
    for node in walk(path):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await) or (
            isinstance(node, ast.Call) and called(node) in IMPURE
        ):
            yield node.lineno


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def walk(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_ci_may_be_run_as_it_lies_there() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
