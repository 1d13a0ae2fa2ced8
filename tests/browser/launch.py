"""Says which Chromium the screen tests drive and how it is started, or why there is none."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

FETCHED = Path(sys.prefix) / "browser"
INSTALLED = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = (
    "--no-sandbox",  # CI runs as root, where the sandbox refuses to start
    "--disable-gpu",
    "--disable-background-networking",  # the tests' network is loopback alone
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-first-run",
    "--font-render-hinting=none",  # the same letters on every machine
)


@dataclass(frozen=True)
class Browser:
    """What playwright's `chromium.launch` wants: `launch(**browser.options())`."""

    executable: Path
    env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ARGUMENTS

    def options(self) -> dict[str, object]:
        """Keyword arguments for playwright's `chromium.launch`, headless."""
        return {
            "executable_path": str(self.executable),
            "env": {**os.environ, **self.env},
            "args": list(self.arguments),
            "headless": True,
        }


def browser_or_reason() -> Browser | str:
    """The browser to drive, or one line to skip with.

    In this order: `MAMORI_TEST_BROWSER`, the one that `make test` fetched, one that is installed.
    """
    named = os.environ.get("MAMORI_TEST_BROWSER")
    if named:
        return (
            Browser(Path(named)) if Path(named).is_file() else f"MAMORI_TEST_BROWSER: no such file: {named}"
        )
    if (FETCHED / "chromium").is_file():
        return Browser(FETCHED / "chromium", environment(FETCHED))
    return installed() or "no Chromium here: `make test` fetches one where npm is on the PATH (Linux, x86_64)"


def environment(folder: Path) -> dict[str, str]:
    """Our fonts always; our copies of the NSS libraries only where the machine has none."""
    settings = {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    if not has_nss():
        given = os.environ.get("LD_LIBRARY_PATH")
        settings["LD_LIBRARY_PATH"] = str(folder / "lib") + (f":{given}" if given else "")
    return settings


def has_nss() -> bool:
    try:
        ctypes.CDLL("libnss3.so")
    except OSError:
        return False
    return True


def installed() -> Browser | None:
    found = next((path for name in INSTALLED if (path := shutil.which(name))), None)
    if found:
        return Browser(Path(found))
    return Browser(ON_MACOS) if ON_MACOS.is_file() else None
