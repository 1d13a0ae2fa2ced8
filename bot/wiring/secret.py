"""The installation's secret: MAMORI_SECRET_KEY, else a key file in the data directory; one key for each purpose."""

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from bot.config import Settings, SettingsMistake

KEY_FILE = "secret.key"
PRIVATE = 0o600
SHORTEST = 16
"""Characters. Whoever has one signed link could try short keys at home until one fits."""


def key_for(settings: Settings, purpose: str) -> bytes:
    """32 bytes that tell nothing about the keys for other purposes. Raises SettingsMistake in one line."""
    return hmac.digest(_secret(settings), b"mamori:" + purpose.encode(), "sha256")


def _secret(settings: Settings) -> bytes:
    named = settings.secret_key.get_secret_value().strip()
    if named and len(named) < SHORTEST:
        raise SettingsMistake(f"MAMORI_SECRET_KEY: has {len(named)} characters; {SHORTEST} or more are safe")
    return named.encode() if named else _of_file(settings.data_dir / KEY_FILE)


def _of_file(file: Path) -> bytes:
    """Every process of a data directory finds the same key, also when two start at once."""
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise SettingsMistake(f"{file}: {error.strerror}; or set MAMORI_SECRET_KEY") from None
    if len(key) < SHORTEST:
        raise SettingsMistake(f"{file}: holds no key; bring it back from where it is kept, or delete it")
    return key


def _make(file: Path) -> None:
    """Written whole under another name, then linked: nobody reads half a key, and the first one stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as out:
            out.write(secrets.token_urlsafe(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(new, file)
    finally:
        new.unlink(missing_ok=True)
