"""The lock: what pyproject.toml names is pinned with hashes, and nothing tells where it came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["embedded"],
    *PROJECT["dependency-groups"]["build"],
]
DEV = [*RUNTIME, *PROJECT["dependency-groups"]["dev"]]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def plain_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize(
    ("lock", "declared"), [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEV)]
)
def test_every_declared_package_is_in_the_lock(lock: str, declared: list[str]) -> None:
    assert {plain_name(line) for line in declared} <= set(pins(lock))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_test_tools_change_no_version_of_the_product() -> None:
    dev = pins("requirements-dev.lock")
    assert {
        name: version for name, version in pins("requirements.lock").items() if dev.get(name) != version
    } == {}


def test_the_build_backend_is_locked_so_that_setting_up_asks_nobody_for_it() -> None:
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]


def test_every_declared_package_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    product = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    lines = [line for line in product.splitlines() if line.startswith('    "')]
    assert lines
    assert [line for line in lines if "# " not in line] == []


def test_the_browser_packages_are_locked_by_hash_and_without_an_address() -> None:
    packages = yaml.safe_load((ROOT / "tests/browser/package-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    brought = {name: entry for name, entry in packages.items() if name}
    assert brought
    assert [name for name, entry in brought.items() if "resolved" in entry or "integrity" not in entry] == []
