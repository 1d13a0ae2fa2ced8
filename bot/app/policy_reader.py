"""Reads a policy (limits, tiers, waits) from YAML, every mistake with its line."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.app.yaml_text import Document, Misread
from bot.core.plan import CallRule, Policy, TierRule

Seconds = Annotated[int, Field(ge=1, le=86_400)]
Role = Literal["staff", "supervisor", "admin", "viewer"]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenTier(_Written):
    people: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    same_site: bool = True
    wait: Seconds = 60
    again: Seconds = 30

    @model_validator(mode="after")
    def _names_somebody(self) -> "WrittenTier":
        if not self.people and not self.roles:
            raise ValueError("この段には誰もいません。people か roles を書いてください")
        return self


class WrittenCall(_Written):
    tiers: Annotated[tuple[WrittenTier, ...], Field(min_length=1)]
    repeat: Seconds = 120
    grace: Seconds = 60
    default_eta: Seconds = 180


class WrittenPolicy(_Written):
    policy: Literal[1]
    timezone: str = "Asia/Tokyo"
    channels: tuple[Literal["slack", "line"], ...] = ("slack", "line")
    room: str = ""
    standard: WrittenCall
    danger: WrittenCall
    limits: dict[str, int] = {}


def read_policy(text: str, name: str, known_people: frozenset[str] | None = None) -> Policy:
    """The policy written in `text`. Raises Misread; with `known_people`, ids that nobody has are mistakes too."""
    document = Document(text, name)
    try:
        written = WrittenPolicy.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    if known_people is not None:
        _check_people(written, document, known_people)
    _check_timezone(written, document)
    return Policy(
        standard=_call(written.standard),
        danger=_call(written.danger),
        channels=written.channels,
        room=written.room,
        limits=written.limits,
        timezone=written.timezone,
    )


def _call(written: WrittenCall) -> CallRule:
    tiers = tuple(
        TierRule(t.people, t.roles, t.same_site, timedelta(seconds=t.wait), timedelta(seconds=t.again))
        for t in written.tiers
    )
    return CallRule(
        tiers, *(timedelta(seconds=s) for s in (written.repeat, written.grace, written.default_eta))
    )


def _check_people(written: WrittenPolicy, document: Document, known: frozenset[str]) -> None:
    calls: dict[str, Any] = {"standard": written.standard, "danger": written.danger}
    mistakes = [
        f"{document.name}:{document.line((name, 'tiers', n, 'people'))}: 「{person}」という人は名簿にいません"
        for name, call in calls.items()
        for n, tier in enumerate(call.tiers)
        for person in tier.people
        if person not in known
    ]
    if mistakes:
        raise Misread(mistakes)


def _check_timezone(written: WrittenPolicy, document: Document) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(written.timezone)
    except (KeyError, ValueError, OSError):
        raise document.misread(
            ("timezone",), f"「{written.timezone}」という時間帯はありません(例: Asia/Tokyo)"
        ) from None
