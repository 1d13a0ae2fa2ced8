"""docs/paging.md names a test for each promise: each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line for line in (ROOT / "docs/paging.md").read_text("utf-8").splitlines() if re.match(r"\| [^-]", line)
]
WRITTEN = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "tests").rglob("test_*.py")))


@pytest.mark.parametrize("row", [row for row in ROWS if "確かめているもの" not in row])
def test_every_promise_names_tests_that_exist(row: str) -> None:
    named = re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])
    assert named
    for name in named:
        exists = (ROOT / name).is_file() if name.startswith("tests/") else f"def {name}(" in WRITTEN
        assert exists, name


def test_the_whole_table_stands_there() -> None:
    """The eleven ways in which comparable systems let people down."""
    first = (ROOT / "docs/paging.md").read_text("utf-8").split("## そのほかの約束")[0]
    assert len([line for line in first.splitlines() if re.match(r"\| [^-]", line)]) == 12
