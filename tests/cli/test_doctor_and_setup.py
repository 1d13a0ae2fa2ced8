"""`doctor` and `setup` against a local LINE and Slack."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.cli.conftest import CONTENT, Ended, Program

PEOPLE = (CONTENT / "flows" / "demo" / "people.csv").read_text("utf-8")


@dataclass(frozen=True)
class Platform:
    """A running playground, in place of both platforms."""

    url: str

    def settings(self) -> dict[str, str]:
        return {
            "public_url": self.url,
            "line_channel_secret": "playground-line-secret",
            "line_channel_access_token": "playground-line-token",
            "line_api_base": f"{self.url}/play/line",
            "line_data_api_base": f"{self.url}/play/line-data",
            "slack_signing_secret": "playground-slack-secret",
            "slack_bot_token": "xoxb-playground",
            "slack_api_base": f"{self.url}/play/slack/api/",
        }

    def menu(self) -> dict[str, Any]:
        """What LINE says of the default rich menu."""
        path = "/play/line/v2/bot/user/all/richmenu"
        request = Request(self.url + path, headers={"Authorization": "Bearer playground-line-token"})
        with urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bot.playground", "--port", str(port), "--bot-url", url]
    with subprocess.Popen(command, cwd=CONTENT) as process:
        _await(port, process)
        yield Platform(url)
        process.terminate()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the playground did not start")


@pytest.fixture
def linked(mamori: Program, platform: Platform) -> Program:
    """Everything set, people in the directory."""
    mamori.well("people", "import", "-", stdin=PEOPLE)
    return mamori.with_settings(**platform.settings())


def checks(ended: Ended) -> dict[str, bool]:
    """Each check, and whether all of its lines are fine."""
    found: dict[str, bool] = {}
    for one in ended.document["checks"]:
        found[one["check"]] = found.get(one["check"], True) and one["ok"]
    return found


def test_setup_line_registers_menu_and_webhook_and_again_changes_nothing(
    linked: Program, platform: Platform
) -> None:
    first = linked("setup", "line", "--json")
    menu = first.document["rich_menu"]
    assert platform.menu() == {"richMenuId": menu}
    assert first.document["webhook"] == f"{platform.url}/line/webhook"
    assert first.document["reached"] is False, "no bot listens there"
    assert first.code == 1
    assert "mamori serve" in first.error
    assert linked("setup", "line", "--json").document["rich_menu"] == menu


def test_the_doctor_finds_all_well_once_everything_is_set_up(linked: Program) -> None:
    linked("setup", "line")
    ended = linked("doctor", "--json")
    names = {"settings", "database", "keeping", "line", "line_webhook", "slack", "clock", "flow", "policy"}
    names.add("contacts")
    assert checks(ended) == dict.fromkeys(names, True), ended.out
    assert ended.code == 0


def test_the_doctor_names_wrong_tokens_and_a_webhook_that_points_elsewhere(
    linked: Program, platform: Platform
) -> None:
    linked("setup", "line")
    moved = linked.with_settings(public_url="https://mamori.example.jp")
    found = {c["check"]: c for c in moved("doctor", "--json").document["checks"]}
    assert not found["line_webhook"]["ok"]
    assert f"{platform.url}/line/webhook" in found["line_webhook"]["words"]
    wrong = linked.with_settings(line_channel_access_token="nonsense", slack_bot_token="xoxb-nonsense")
    ended = wrong("doctor")
    assert ended.code == 1
    assert [line.split()[1] for line in ended.out.splitlines() if line.startswith("要確認 ")] == [
        "LINE",
        "Slack",
    ]
    assert ended.out.splitlines()[-1] == "要確認が 2 件あります。"
    assert "nonsense" not in ended.out + ended.err, "a credential is never printed"


def test_the_doctor_tells_what_is_missing_on_a_new_machine(program: Program) -> None:
    """No settings, nobody in the directory; the embedded database starts for this one command."""
    ended = program("doctor", "--json")
    assert ended.code == 1
    found = checks(ended)
    assert (found["settings"], found["policy"]) == (False, False)
    assert (found["database"], found["keeping"], found["flow"]) == (True, True, True)


def test_a_dead_database_is_one_finding_and_the_rest_is_still_checked(linked: Program) -> None:
    ended = linked.with_settings(redis_url="redis://127.0.0.1:1")("doctor", "--json")
    assert ended.code == 1
    assert checks(ended)["database"] is False
    assert checks(ended)["slack"] is True


def test_a_setting_that_can_not_be_used_is_a_finding_that_names_it(mamori: Program) -> None:
    ended = mamori.with_settings(slack_bot_token="xoxb-1")("doctor", "--json")
    assert ended.code == 1
    assert "MAMORI_SLACK_SIGNING_SECRET" in ended.document["checks"][0]["words"]


def test_the_manifest_for_slack_carries_this_installation_s_address(program: Program) -> None:
    printed = program.with_settings(public_url="https://mamori.example.jp").well("setup", "slack")
    manifest = json.loads(printed.out)
    address = "https://mamori.example.jp/slack/events"
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    by_socket = program.with_settings(slack_app_token="xapp-1").well("setup", "slack").out
    assert json.loads(by_socket)["settings"]["socket_mode_enabled"] is True
    assert "MAMORI_PUBLIC_URL" in program("setup", "slack").error


def test_line_is_not_set_up_without_its_settings(program: Program, tmp_path: Path) -> None:
    assert "MAMORI_LINE_CHANNEL_ACCESS_TOKEN" in program("setup", "line").error
