"""Reads a policy (limits, tiers, waits) from YAML, every mistake with its line."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.app.flow_written import FlowId
from bot.app.reading import plain
from bot.app.rota_reader import (
    WrittenHolidays,
    WrittenHours,
    WrittenRollCall,
    WrittenRota,
    WrittenTraining,
    hours_from,
)
from bot.app.site_reader import WrittenSite
from bot.app.yaml_text import Document, Misread, Path
from bot.core.limits import NAMES
from bot.core.plan import CallRule, Policy, TierRule

Seconds = Annotated[int, Field(ge=1, le=86_400)]
Role = Literal["staff", "supervisor", "admin", "viewer"]
Limit = Annotated[int, Field(ge=1, le=1440)]
"""Minutes or a count. One that lies years ahead could not be set as a timer, and the call itself would fail."""

ChannelName = Literal["slack", "line", "phone", "sms", "siren"]
LIMITS = frozenset(NAMES)


SILENCE_S, SILENCE_IN_DANGER_S = 180, 60
"""After so long without a sign of the caller they are asked whether all is well, where the policy says nothing else."""

NO_ROTA = (
    "「{rota}」という当番表はありません。rotas: に書き足すか、名前を直してください(いまあるもの: {known})"
)
NO_LIMIT = "「{name}」という目安はありません。使えるのは {known} です"
TWICE = "「{one}」が二度あります。一つにしてください"
NO_PHRASE = (
    "合い言葉は、空白と終わりの「。」のほかに、3字以上にしてください。空の言葉は、どの文にも入っています"
)
ONLY_ROTA = "最後の段が当番だけです。当番の時間外に誰も呼べなくなるので、roles か people を書き足してください"


def _once(several: tuple[str, ...]) -> tuple[str, ...]:
    """What stands twice in a list of ways would reach a person twice."""
    for number, one in enumerate(several):
        if one in several[:number]:
            raise ValueError(TWICE.format(one=one))
    return several


def _sayable(phrase: str) -> str:
    """As it will be compared: without blanks and the last full stop. What is empty then would be found in every message."""
    if len(plain(phrase)) < SHORTEST_PHRASE:
        raise ValueError(NO_PHRASE)
    return phrase


def _known_limits(limits: dict[str, int]) -> dict[str, int]:
    for name in limits:
        if name not in LIMITS:
            raise ValueError(NO_LIMIT.format(name=name, known="、".join(sorted(LIMITS))))
    return limits


def _each_place_once(scenes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """A person who begins at a place begins in one flow."""
    _once(tuple(place for places in scenes.values() for place in places))
    return scenes


SHORTEST_PHRASE = 3
Limits = Annotated[dict[str, Limit], AfterValidator(_known_limits)]
Channels = Annotated[tuple[ChannelName, ...], AfterValidator(_once)]
Place = Annotated[str, Field(min_length=1, max_length=30)]
Places = Annotated[tuple[Place, ...], Field(max_length=12), AfterValidator(_once)]
DuressPhrase = Annotated[str, Field(max_length=40), AfterValidator(_sayable)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenTier(_Written):
    people: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    same_site: bool = True
    wait: Seconds = 60
    again: Seconds = 30
    channels: Channels = ()
    rota: str = ""
    at_once: bool = True

    @model_validator(mode="after")
    def _names_somebody(self) -> "WrittenTier":
        if not self.people and not self.roles and not self.rota:
            raise ValueError("この段には誰もいません。people か roles か rota を書いてください")
        return self


class WrittenCall(_Written):
    tiers: Annotated[tuple[WrittenTier, ...], Field(min_length=1)]
    repeat: Seconds = 120
    grace: Seconds = 60
    default_eta: Seconds = 180
    silence: Seconds | None = None
    objection: Seconds = 60


class WrittenPolicy(_Written):
    policy: Literal[1]
    timezone: str = "Asia/Tokyo"
    channels: Channels = ("slack", "line")
    room: str = ""
    standard: WrittenCall
    danger: WrittenCall
    limits: Limits = {}
    limits_phone: Limits = {}
    limits_visit: Limits = {}
    sites: dict[str, WrittenSite] = {}
    rotas: dict[str, WrittenRota] = {}
    hours: dict[str, WrittenHours] = {}
    holidays: WrittenHolidays = WrittenHolidays()
    rollcall: WrittenRollCall | None = None
    operators: tuple[str, ...] = ()
    line_reserve: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    merge: Seconds = 120
    duress_phrases: tuple[DuressPhrase, ...] = ()
    duress_cancel: bool = False
    places: dict[str, Places] = {}
    scenes: Annotated[dict[FlowId, Places], AfterValidator(_each_place_once)] = {}
    training: WrittenTraining | None = None


def read_policy(text: str, name: str, known_people: frozenset[str] | None = None) -> Policy:
    """The policy written in `text`. Raises Misread; with `known_people`, ids that nobody has are mistakes too."""
    document = Document(text, name)
    try:
        written = WrittenPolicy.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    if known_people is not None:
        _check_people(written, document, known_people)
    _check_rotas(written, document)
    _check_timezone(written, document)
    return Policy(
        standard=_call(written.standard, SILENCE_S),
        danger=_call(written.danger, SILENCE_IN_DANGER_S),
        channels=written.channels,
        room=written.room,
        limits=written.limits,
        limits_phone=written.limits_phone,
        limits_visit=written.limits_visit,
        sites={name: site.premises() for name, site in written.sites.items()},
        timezone=written.timezone,
        rotas={name: rota.rota(name) for name, rota in written.rotas.items()},
        hours={site: hours_from(spans) for site, spans in written.hours.items()},
        holidays=written.holidays.holidays(),
        rollcall=written.rollcall.rule() if written.rollcall else None,
        operators=written.operators,
        line_reserve=written.line_reserve,
        merge=timedelta(seconds=written.merge),
        duress_phrases=written.duress_phrases,
        duress_cancel=written.duress_cancel,
        places=written.places,
        scenes={place: flow for flow, places in written.scenes.items() for place in places},
        training=written.training.rule() if written.training else None,
    )


def _call(written: WrittenCall, silence: int) -> CallRule:
    tiers = tuple(
        TierRule(
            people=t.people,
            roles=t.roles,
            same_site=t.same_site,
            wait=timedelta(seconds=t.wait),
            again=timedelta(seconds=t.again),
            channels=t.channels,
            rota=t.rota,
            at_once=t.at_once,
        )
        for t in written.tiers
    )
    waits = (
        written.repeat,
        written.grace,
        written.default_eta,
        written.silence or silence,
        written.objection,
    )
    return CallRule(tiers, *(timedelta(seconds=s) for s in waits))


def _check_people(written: WrittenPolicy, document: Document, known: frozenset[str]) -> None:
    named: list[tuple[Path, str]] = [
        ((name, "tiers", n, "people"), person)
        for name, call in _calls(written)
        for n, tier in enumerate(call.tiers)
        for person in tier.people
    ]
    named += [
        (("rotas", name, "weekly", n, "people"), person)
        for name, rota in written.rotas.items()
        for n, shift in enumerate(rota.weekly)
        for person in shift.people
    ]
    named += [(("operators",), person) for person in written.operators]
    mistakes = [
        f"{document.name}:{document.line(path)}: 「{person}」という人は名簿にいません"
        for path, person in named
        if person not in known
    ]
    if mistakes:
        raise Misread(mistakes)


def _check_rotas(written: WrittenPolicy, document: Document) -> None:
    """A tier may name only a rota that is written down; the last one needs people whom no clock takes away."""
    mistakes: list[str] = []
    for name, call in _calls(written):
        for n, tier in enumerate(call.tiers):
            if tier.rota and tier.rota not in written.rotas:
                line = document.line((name, "tiers", n, "rota"))
                known = "、".join(written.rotas) or "なし"
                mistakes.append(f"{document.name}:{line}: {NO_ROTA.format(rota=tier.rota, known=known)}")
        if not call.tiers[-1].people and not call.tiers[-1].roles:
            line = document.line((name, "tiers", len(call.tiers) - 1))
            mistakes.append(f"{document.name}:{line}: {ONLY_ROTA}")
    if mistakes:
        raise Misread(mistakes)


def lines_of_last_tiers(text: str, name: str) -> dict[str, int]:
    """Where a policy that can be read writes its last tier of each kind, for findings about whom it reaches."""
    document = Document(text, name)
    return {
        kind: document.line((kind, "tiers", len(document.data[kind]["tiers"]) - 1))
        for kind in ("standard", "danger")
    }


def lines_of_sites(text: str, name: str) -> dict[str, int]:
    """Where a policy that can be read writes each of its sites."""
    document = Document(text, name)
    return {site: document.line(("sites", site)) for site in document.data.get("sites") or ()}


def _calls(written: WrittenPolicy) -> tuple[tuple[str, WrittenCall], ...]:
    return (("standard", written.standard), ("danger", written.danger))


def _check_timezone(written: WrittenPolicy, document: Document) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(written.timezone)
    except (KeyError, ValueError, OSError):
        raise document.misread(
            ("timezone",), f"「{written.timezone}」という時間帯はありません(例: Asia/Tokyo)"
        ) from None
