"""Settings from the environment or `.env`: read once, checked, never printed."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CONTENT = Path(__file__).resolve().parent.parent
"""The folder that holds flows/ and knowledge/."""


class SettingsMistake(ValueError):
    """A setting that can't be used: one line naming the variable and the mend."""


class Settings(BaseSettings):
    """Field names are the variables' names without `MAMORI_`, in lower case."""

    model_config = SettingsConfigDict(env_prefix="MAMORI_", env_file=".env", extra="ignore", frozen=True)

    redis_url: str = ""
    data_dir: Path = Path("data")
    public_url: str = ""
    line_channel_secret: SecretStr = SecretStr("")
    line_channel_access_token: SecretStr = SecretStr("")
    line_api_base: str = "https://api.line.me"
    line_data_api_base: str = "https://api-data.line.me"
    slack_signing_secret: SecretStr = SecretStr("")
    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_api_base: str = "https://slack.com/api/"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_api_base: str = "https://api.twilio.com"
    siren_url: str = ""
    siren_secret: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    org: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = "default"
    clock_file: Path | None = None
    """Only for the demo and the tests: a file holding the seconds by which the clock is ahead."""

    @field_validator("twilio_from")
    @classmethod
    def _is_number(cls, value: str) -> str:
        if value and not (value.startswith("+") and value[1:].isascii() and value[1:].isdigit()):
            raise ValueError("must be the provider's own number as +815012345678")
        return value

    @field_validator("siren_url")
    @classmethod
    def _is_web_address_or_empty(cls, value: str) -> str:
        return cls._is_web_address(value) if value else ""

    @field_validator("line_api_base", "line_data_api_base", "slack_api_base", "twilio_api_base")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with https:// (http:// only for a local platform)")
        return value

    @property
    def has_line(self) -> bool:
        return bool(self.line_channel_access_token.get_secret_value())

    @property
    def has_slack(self) -> bool:
        return bool(self.slack_bot_token.get_secret_value())

    @property
    def has_phone(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def has_siren(self) -> bool:
        return bool(self.siren_url)


def load_settings() -> Settings:
    """Raises SettingsMistake with one line for the first setting that can't be used."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "MAMORI_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsMistake(f"{name}: {first['msg']}. Mend it in the environment or in .env") from None
    _check_pairs(settings)
    _check_phone_and_siren(settings)
    return settings


def _check_pairs(settings: Settings) -> None:
    pairs = (
        ("LINE_CHANNEL_ACCESS_TOKEN", "LINE_CHANNEL_SECRET"),
        ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
    )
    for token, secret in pairs:
        has_token = bool(getattr(settings, token.lower()).get_secret_value())
        if has_token and not getattr(settings, secret.lower()).get_secret_value():
            raise SettingsMistake(
                f"MAMORI_{secret}: is empty although MAMORI_{token} is set; without it no request can be trusted"
            )


def _check_phone_and_siren(settings: Settings) -> None:
    """A call is fetched from us and signed by the provider; a siren believes only what is signed."""
    needs = {
        "TWILIO_AUTH_TOKEN": settings.has_phone and not settings.twilio_auth_token.get_secret_value(),
        "TWILIO_FROM": settings.has_phone and not settings.twilio_from,
        "PUBLIC_URL": settings.has_phone and not settings.public_url,
        "SIREN_SECRET": settings.has_siren and not settings.siren_secret.get_secret_value(),
    }
    for name, is_missing in needs.items():
        if is_missing:
            of = "SIREN_URL" if name.startswith("SIREN") else "TWILIO_ACCOUNT_SID"
            raise SettingsMistake(
                f"MAMORI_{name}: is empty although MAMORI_{of} is set; it works only with both"
            )
