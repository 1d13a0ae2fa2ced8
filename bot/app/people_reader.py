"""Reads the directory from CSV: all rows or none, every mistake with its line."""

import csv
import io
import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.app.telephone import as_e164
from bot.app.yaml_text import Misread
from bot.core.plan import Person

COLUMNS = (
    "id", "name", "role", "site", "place", "line_user_id", "slack_user_id", "phone", "email", "language",
)  # fmt: skip

ROLES = {
    "staff": "staff",
    "supervisor": "supervisor",
    "admin": "admin",
    "viewer": "viewer",
    "職員": "staff",
    "管理職": "supervisor",
    "管理者": "admin",
    "閲覧者": "viewer",
}


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")
    name: str = Field(min_length=1, max_length=40)
    role: str
    site: str = Field("", max_length=40)
    place: str = Field("", max_length=40)
    line_user_id: str = ""
    slack_user_id: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""

    @field_validator("role")
    @classmethod
    def _known_role(cls, value: str) -> str:
        if value not in ROLES:
            raise ValueError(
                f"「{value}」という役割はありません。staff, supervisor, admin, viewer から選んでください"
            )
        return ROLES[value]

    @field_validator("line_user_id")
    @classmethod
    def _line_id(cls, value: str) -> str:
        return _matching(value, r"U[0-9a-f]{32}", "LINE のユーザーIDは U と 32桁の英数字です")

    @field_validator("slack_user_id")
    @classmethod
    def _slack_id(cls, value: str) -> str:
        return _matching(value, r"[UW][A-Z0-9]{2,20}", "Slack のメンバーIDは U か W で始まる大文字と数字です")

    @field_validator("phone")
    @classmethod
    def _phone(cls, value: str) -> str:
        return as_e164(value) if value else ""

    @field_validator("email")
    @classmethod
    def _email(cls, value: str) -> str:
        return _matching(value, r"[^@\s]+@[^@\s]+\.[^@\s]+", "メールアドレスの形になっていません")

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        return (
            _matching(value, r"ja|ja_easy|en", "言語は ja, ja_easy(やさしい日本語), en のどれかです") or "ja"
        )


def read_people(text: str, name: str) -> list[Person]:
    """The people in a CSV text with the columns of COLUMNS (in any order; a byte-order mark is fine). Raises Misread."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    _check_header(rows.fieldnames, name)
    people: list[Person] = []
    mistakes: list[str] = []
    for row in rows:
        if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
            continue
        try:
            people.append(_person(_Row.model_validate({k: v or "" for k, v in row.items() if k})))
        except ValidationError as error:
            mistakes += [f"{name}:{rows.line_num}: {e['loc'][0]}: {_plain(e['msg'])}" for e in error.errors()]
    mistakes += _twice(people, name)
    if mistakes:
        raise Misread(mistakes)
    return people


def _check_header(header: Iterable[str] | None, name: str) -> None:
    missing = [c for c in ("id", "name", "role") if c not in (header or ())]
    if missing:
        raise Misread(
            [f"{name}:1: 見出しに {', '.join(missing)} がありません。1行目は {','.join(COLUMNS)} です"]
        )


def _person(row: _Row) -> Person:
    return Person(**row.model_dump())


def _twice(people: list[Person], name: str) -> list[str]:
    """Ids and addresses that stand in the file more than once."""
    found: list[str] = []
    for label, values in (
        ("id", [p.id for p in people]),
        ("line_user_id", [p.line_user_id for p in people if p.line_user_id]),
        ("slack_user_id", [p.slack_user_id for p in people if p.slack_user_id]),
    ):
        doubled = sorted({v for v in values if values.count(v) > 1})
        found += [f"{name}: {label}: 「{value}」が二人以上にあります" for value in doubled]
    return found


def _matching(value: str, pattern: str, words: str) -> str:
    if value and not re.fullmatch(pattern, value):
        raise ValueError(f"{words}(今は「{value}」)")
    return value


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
