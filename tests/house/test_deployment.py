"""The ways in: Makefile, README, settings and containers name what exists, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
VERBS = ("setup", "demo", "test", "check", "format", "bench", "lock", "clean", "help")
COMMANDS = ("serve", "work", "demo", "doctor")
SETTINGS = {
    "MAMORI_REDIS_URL", "MAMORI_DATA_DIR", "MAMORI_PUBLIC_URL",
    "MAMORI_LINE_CHANNEL_SECRET", "MAMORI_LINE_CHANNEL_ACCESS_TOKEN",
    "MAMORI_LINE_API_BASE", "MAMORI_LINE_DATA_API_BASE",
    "MAMORI_SLACK_SIGNING_SECRET", "MAMORI_SLACK_BOT_TOKEN", "MAMORI_SLACK_APP_TOKEN",
    "MAMORI_SLACK_API_BASE", "MAMORI_SECRET_KEY", "MAMORI_ORG",
    "MAMORI_TWILIO_ACCOUNT_SID", "MAMORI_TWILIO_AUTH_TOKEN", "MAMORI_TWILIO_FROM", "MAMORI_TWILIO_API_BASE",
    "MAMORI_SIREN_URL", "MAMORI_SIREN_SECRET",
}  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(read("docker-compose.yml"))
    return loaded


@pytest.mark.parametrize("verb", VERBS)
def test_the_makefile_has_a_verb_and_its_help(verb: str) -> None:
    assert re.search(rf"^{verb}:.*## \w", read("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_names_the_two_commands(command: str) -> None:
    assert command in read("README.md")


def test_the_example_settings_are_those_that_the_product_documents() -> None:
    assert set(re.findall(r"^#?(MAMORI_[A-Z_]+)=", read(".env.example"), re.MULTILINE)) == SETTINGS


def test_the_example_holds_no_secret() -> None:
    secrets = re.findall(r"^#?(MAMORI_\w*(?:SECRET|TOKEN|KEY)\w*)=(.+)$", read(".env.example"), re.MULTILINE)
    assert secrets == []


def test_the_containers_get_only_settings_that_exist() -> None:
    given = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    assert given <= SETTINGS
    assert set(re.findall(r"MAMORI_[A-Z_]+", read("Dockerfile"))) <= SETTINGS


def test_the_database_writes_to_disk_before_it_answers_and_drops_nothing() -> None:
    command = " ".join(compose()["services"]["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--appendfsync always" in command
    assert "--maxmemory-policy noeviction" in command
    assert any(volume.endswith(":/data") for volume in compose()["services"]["redis"]["volumes"])


def test_only_the_web_process_is_reached_from_outside() -> None:
    assert [name for name, service in compose()["services"].items() if "ports" in service] == ["web"]


@pytest.mark.parametrize("name", ["redis", "web", "worker"])
def test_a_container_comes_back_after_a_crash(name: str) -> None:
    assert compose()["services"][name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_container_runs_a_command_of_ours_once_the_database_is_well(name: str) -> None:
    service = compose()["services"][name]
    program, command = service["command"][:2]
    assert program == "mamori"
    assert command in COMMANDS
    assert service["depends_on"]["redis"] == {"condition": "service_healthy"}
    assert service["env_file"] == ".env"


def test_every_volume_that_is_mounted_is_declared() -> None:
    mounted = {
        volume.partition(":")[0]
        for service in compose()["services"].values()
        for volume in service["volumes"]
    }
    assert mounted == set(compose()["volumes"])


def test_the_image_copies_what_exists_and_what_the_ignore_file_lets_in() -> None:
    copies = re.findall(r"^COPY (?!--from)(\S+) ", read("Dockerfile"), re.MULTILINE)
    let_in = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert copies
    assert [source for source in copies if not (ROOT / source).exists()] == []
    assert set(copies) == let_in


def test_the_image_runs_as_nobody_special_and_tells_whether_it_lives() -> None:
    final = read("Dockerfile").rpartition("\nFROM ")[2]
    assert re.search(r"^USER mamori$", final, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\n.*/healthz", final, re.MULTILINE)


def test_the_image_takes_the_locked_packages_alone() -> None:
    installs = re.findall(r"pip install (.*)$", read("Dockerfile"), re.MULTILINE)
    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []
