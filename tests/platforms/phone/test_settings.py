"""A telephone that is set up by half is said at the start, by name, and never found out during a call."""

from pathlib import Path

import pytest

from bot.app.policy_reader import read_policy
from bot.config import SettingsMistake, load_settings

WHOLE = {
    "MAMORI_TWILIO_ACCOUNT_SID": "AC1",
    "MAMORI_TWILIO_AUTH_TOKEN": "token",
    "MAMORI_TWILIO_FROM": "+815012345678",
    "MAMORI_PUBLIC_URL": "https://mamori.example.jp",
    "MAMORI_SIREN_URL": "https://desk.example.jp",
    "MAMORI_SIREN_SECRET": "secret",
}
POLICY = Path(__file__).parents[3] / "flows" / "policy.yaml"


@pytest.fixture(autouse=True)
def only_these_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)


def test_with_everything_set_there_is_a_telephone_and_a_siren() -> None:
    settings = load_settings()
    assert settings.has_phone
    assert settings.has_siren


@pytest.mark.parametrize(
    "name", [n for n in WHOLE if n not in ("MAMORI_TWILIO_ACCOUNT_SID", "MAMORI_SIREN_URL")]
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SettingsMistake, match=f"{name}: is empty"):
        load_settings()


def test_a_number_in_another_form_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAMORI_TWILIO_FROM", "050-1234-5678")
    with pytest.raises(SettingsMistake, match="MAMORI_TWILIO_FROM"):
        load_settings()


def test_the_example_of_the_shipped_policy_can_be_read() -> None:
    text = POLICY.read_text("utf-8")
    example = next(line for line in text.splitlines() if "channels: [phone" in line)
    policy = read_policy(text.replace(example, example.replace("# ", "", 1)), "policy.yaml")
    assert policy.standard.tiers[-1].channels == ("phone", "sms", "siren")
