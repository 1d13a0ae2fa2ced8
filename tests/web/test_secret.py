"""The installation's secret: found again by every process, kept from others, different for each purpose."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import Settings, SettingsMistake
from bot.wiring.secret import KEY_FILE, key_for


def test_without_a_setting_a_key_file_is_made_that_only_its_owner_reads(tmp_path: Path) -> None:
    key = key_for(Settings(data_dir=tmp_path / "data", secret_key=""), "board")
    file = tmp_path / "data" / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [KEY_FILE]
    assert key_for(Settings(data_dir=tmp_path / "data", secret_key=""), "board") == key


def test_processes_that_start_at_once_find_the_same_key(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from bot.config import Settings; from bot.wiring.secret import key_for; "
        f"print(key_for(Settings(data_dir=Path({str(tmp_path)!r}), secret_key=''), 'board').hex())"
    )
    several = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate(timeout=30)[0] for process in several}) == 1


def test_the_setting_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    key = key_for(Settings(data_dir=tmp_path, secret_key="a long enough secret"), "board")
    assert key != key_for(Settings(data_dir=tmp_path, secret_key="another long secret"), "board")
    assert list(tmp_path.iterdir()) == []


def test_each_purpose_has_its_own_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="a long enough secret")
    assert len({key_for(settings, purpose) for purpose in ("board", "sessions", "records")}) == 3


def test_a_key_that_could_be_guessed_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsMistake, match=r"^MAMORI_SECRET_KEY: [^\n]*16"):
        key_for(Settings(data_dir=tmp_path, secret_key="secret"), "board")


def test_an_empty_key_file_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch()
    with pytest.raises(SettingsMistake, match=KEY_FILE):
        key_for(Settings(data_dir=tmp_path, secret_key=""), "board")
    assert (tmp_path / KEY_FILE).read_text() == ""
