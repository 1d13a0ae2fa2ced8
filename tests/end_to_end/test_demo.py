"""Two commands for a new user: play, stop with Ctrl-C, start again and find everything as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo_run import DemoRun, demo_run, is_running
from tests.end_to_end.phones import LinePhone, SlackPhone
from tests.end_to_end.stack import eventually, free_port

AIKO, SATO = "Ua1c0a1c0a1c0a1c0a1c0a1c0a1c0a1c0", "U0SATO"

pytestmark = pytest.mark.timeout(150)


def test_the_demo_can_be_played_stopped_and_found_again(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with demo_run(folder, port) as first:
        aiko, sato = LinePhone(first.play, AIKO), SlackPhone(first.play, SATO)
        aiko.asks("help")
        sato.presses("向かう")
        aiko.waits_for("佐藤係長が向かっています")
        assert report(folder)["real"]["total"]["opened"] == 1
        family = first.family()
        assert len(family) >= 4, "demo, database, web, worker"
        first.press_ctrl_c()
        assert "Traceback" not in first.words()
        eventually(lambda: not any(map(is_running, family)), "the end of every process", 10)

    with demo_run(folder, port) as second:
        aiko, sato = LinePhone(second.play, AIKO), SlackPhone(second.play, SATO)
        assert aiko.sees("佐藤係長が向かっています")
        assert {person["name"] for person in second.play.state()["people"]} >= {"愛子", "佐藤係長"}
        aiko.presses("来てくれた")
        aiko.waits_for("佐藤係長が着きました")
        sato.waits_for("あなたが着きました")
        assert report(folder)["real"]["total"]["opened"] == 1
        stops_quietly(second)


def stops_quietly(run: DemoRun) -> None:
    run.press_ctrl_c()
    assert "止めました" in run.words()
    assert "Traceback" not in run.words()


def report(folder: Path) -> dict[str, Any]:
    """`mamori report` of the last days, beside the running demo."""
    now = datetime.now(UTC)
    days = ["--from", f"{now - timedelta(days=2):%Y-%m-%d}", "--to", f"{now + timedelta(days=2):%Y-%m-%d}"]
    command = [sys.executable, "-m", "bot", "report", *days, "--format", "json"]
    env = {**os.environ, "MAMORI_DATA_DIR": str(folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "bot", "demo", "--port", port, "--data-dir", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert port in done.stderr
