"""The bench runs from end to end and tells every figure; which figures is the machine's matter, so none is judged here."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TINY = ("--seconds", "0.3", "--rounds", "1", "--people", "12", "--timers", "20", "--json")
ROWS = 20
COMPARED = 11
FAILURES = ("steps that failed", "alarms that failed")

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        not Path("/proc/self/stat").exists(), reason="the bench reads /proc, which only Linux has"
    ),
]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """One run with tiny numbers, in a process of its own as `make bench` starts it."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench", *TINY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    loaded: dict[str, Any] = json.loads(ran.stdout)
    return loaded


def test_every_row_has_finite_figures(report: dict[str, Any]) -> None:
    rows = report["rows"]
    figures = [row[part] for row in rows for part in ("mamori", "baseline", "ratio") if row[part] is not None]
    assert len(rows) == ROWS
    assert len([row for row in rows if row["baseline"] is not None]) == COMPARED
    assert all(math.isfinite(figure) and figure >= 0 for figure in figures)


def test_every_step_and_every_alarm_is_answered_by_both_bots(report: dict[str, Any]) -> None:
    failed = {
        row["name"]: (row["mamori"], row["baseline"]) for row in report["rows"] if row["name"] in FAILURES
    }
    assert failed == {"steps that failed": (0, 0), "alarms that failed": (0, None)}, report["faults"]


def test_what_was_measured_took_time_and_commands(report: dict[str, Any]) -> None:
    """Processor time is counted in hundredths of a second, of which a run as short as this may hold none."""
    rows = [row for row in report["rows"] if row["name"] not in FAILURES and "processor" not in row["name"]]
    assert [row["name"] for row in rows if not row["mamori"] > 0] == []
