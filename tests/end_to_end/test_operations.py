"""For operators: alive, ready, what is missing; Socket Mode; settings that can't be used; all in real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bot.cli.demo import environment
from bot.stores.embedded import EmbeddedServer
from tests.end_to_end.cast import make_cast
from tests.end_to_end.phones import Playground, SlackPhone
from tests.end_to_end.stack import Part, Stack, eventually, free_port, seed, start_part


def test_healthz_readyz_and_metrics_say_that_all_is_well(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/healthz", timeout=5).text == "ok"
    eventually(lambda: answers(f"{stack.url}/readyz"), "a ready stack")
    ready = requests.get(f"{stack.url}/readyz", timeout=5).json()
    assert (ready["ready"], ready["missing"]) == (True, {})
    assert stack.metric("deeds_taken_total") >= 0
    assert stack.metric("deeds_failed_total") == 0


@contextmanager
def web_alone(folder: Path, database: str, port: int, **settings: str) -> Iterator[Part]:
    env = {**environment(folder, port, database), **settings}
    web = start_part("web", ["bot", "serve", "--port", str(port)], env, folder)
    try:
        yield web
    finally:
        web.stop()


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def test_with_an_app_token_taps_come_over_a_websocket_and_are_answered(tmp_path: Path) -> None:
    pytest.importorskip("websockets", reason="uvicorn can't serve the local Slack's WebSocket without it")
    cast = make_cast()
    port, play_port = free_port(), free_port()
    people = tmp_path / "people.yaml"
    site = cast.site("both")
    rows = [
        f"  - {{id: {p.id}, name: {p.name}, role: {p.role}, place: {p.place}, slack_user_id: {p.slack}}}"
        for p in site.people
    ]
    people.write_text("\n".join(["people:", *rows]), encoding="utf-8")
    platform = ["bot.playground", "--port", str(play_port), "--bot-url", "http://127.0.0.1:9"]
    platform += ["--people", str(people), "--no-rate-limits"]
    play = Playground(f"http://127.0.0.1:{play_port}/play")
    with EmbeddedServer.start(tmp_path, "--appendfsync", "no") as server:
        seed(tmp_path, server.url, cast)
        local = start_part("playground", platform, {}, tmp_path)
        socket = {
            "MAMORI_SLACK_APP_TOKEN": "xapp-playground",
            "MAMORI_SLACK_API_BASE": f"{play.url}/slack/api/",
        }
        try:
            with web_alone(tmp_path, server.url, port, **socket) as web:
                eventually(lambda: answers(f"{play.url}/control/state"), "the playground", 45)
                phone = SlackPhone(play, site.caller.slack)
                # The bot can be reached over its WebSocket alone: the address of its doors is nobody's.
                eventually(lambda: phone.types("応援").get("status") == 200, f"a socket, see {web.log}", 45)
                phone.waits_for("応援を呼びました")
                phone.presses("ない")
                phone.waits_for("どんな様子ですか")
                ways = {
                    row["path"]
                    for row in play.wire()
                    if row["direction"] == "to_bot" and row["status"] == 200
                }
                assert ways == {"(socket)"}
        finally:
            local.stop()


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [
        ("MAMORI_LINE_API_BASE", "api.line.me", {}),
        ("MAMORI_ORG", "Not An Org", {}),
        ("MAMORI_LINE_CHANNEL_SECRET", "", {}),
        ("MAMORI_SLACK_SIGNING_SECRET", "", {}),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line_that_names_it(
    tmp_path: Path, name: str, value: str, more: dict[str, str]
) -> None:
    env = {**os.environ, **environment(tmp_path, 9, "redis://127.0.0.1:9"), **more, name: value}
    command = [sys.executable, "-m", "bot", "serve", "--port", "0"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    assert name in lines[0]


def test_a_database_that_is_not_there_is_one_line_that_names_the_setting(tmp_path: Path) -> None:
    env = {**os.environ, **environment(tmp_path, 9, "redis://127.0.0.1:9")}
    command = [sys.executable, "-m", "bot", "work"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "MAMORI_REDIS_URL" in done.stderr
