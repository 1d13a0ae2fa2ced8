"""The live board as one JSON document, in words that anybody at the wall may read: no typed words, nothing of a customer."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from bot.app.board import Picture
from bot.app.committing import Entry
from bot.app.incident_reading import Told
from bot.app.speaking import Speaker
from bot.core.alert import Page
from bot.core.flow import End
from bot.core.happening import what_happens
from bot.core.incident import minutes_open
from bot.core.walk import facts_of
from bot.reports.incident_text import entry_words
from bot.reports.table import clean

NOT_ON_THE_WALL = ("note", "duress")
"""What a person typed may name somebody, and that they are being forced must not hang on a wall; the record keeps both."""


def as_json(picture: Picture, speaker: Speaker, site: str = "") -> dict[str, object]:
    """`site`: only that site's incidents, those of no site, and those of which nothing can be read."""
    return {
        "open": [_harmless(_standing(told, speaker)) for told in picture.open if is_of(told, site)],
        "finished": [_harmless(_ended(told, speaker)) for told in picture.finished if is_of(told, site)],
        "unread": list(picture.unread),
    }


def _harmless(value: Any) -> Any:
    """The same document, in which every text is one line and turns nothing around."""
    match value:
        case str():
            return clean(value)
        case list():
            return [_harmless(one) for one in value]
        case dict():
            return {name: _harmless(one) for name, one in value.items()}
        case _:
            return value


def is_of(told: Told, site: str) -> bool:
    return not site or told.incident.caller.site in ("", site)


def timeline(told: Told, speaker: Speaker) -> list[dict[str, str]]:
    """One line an entry; people who were called together share one."""
    shown = (e for e in told.journal if e.kind not in NOT_ON_THE_WALL)
    return [_line(told, list(group), speaker) for _, group in groupby(shown, key=_called_together)]


def _called_together(entry: Entry) -> object:
    return (entry.at, entry.data.get("try", 1)) if entry.kind == "paged" else id(entry)


def _line(told: Told, entries: list[Entry], speaker: Speaker) -> dict[str, str]:
    first = entries[0]
    if first.kind == "paged":
        names = speaker.say("list_comma").join(told.name_of(str(e.data["person"])) for e in entries)
        key = "board_paged_again" if int(first.data.get("try", 1)) > 1 else "board_paged"
        words = speaker.say(key, person=names)
    else:
        words = _entry_words(told, first, speaker)
    return {"at": told.here(first.at).isoformat(), "kind": first.kind, "words": clean(words)}


def _entry_words(told: Told, entry: Entry, speaker: Speaker) -> str:
    """The kind alone where there is no sentence or its data don't fit one: a newer process wrote it, and what it wrote may
    be what somebody typed."""
    if not any(speaker.knows(f"{book}_{entry.kind}") for book in ("board", "timeline")):
        return entry.kind
    try:
        return entry_words(told, entry, speaker, "board")
    except (LookupError, TypeError, ValueError):
        return entry.kind


def _standing(told: Told, speaker: Speaker) -> dict[str, object]:
    return {
        **_head(told, speaker),
        "alone": told.facts.get("staff_alone", "unknown"),
        "help": _help(told, speaker),
        "counts": list(_counts(told, speaker)),
        "timeline": timeline(told, speaker),
    }


def _ended(told: Told, speaker: Speaker) -> dict[str, object]:
    incident = told.incident
    closed = incident.closed or incident.opened
    there = [p.name for p in incident.alert.pages if p.reach == "arrived"] if incident.alert else []
    head = _head(told, speaker)
    return {
        **head,
        "closed": told.here(closed).isoformat(),
        "minutes": minutes_open(incident, closed),
        "there": there,
    }


def _head(told: Told, speaker: Speaker) -> dict[str, object]:
    incident, caller = told.incident, told.incident.caller
    return {
        "id": incident.id,
        "drill": incident.drill,
        "opened": told.here(incident.opened).isoformat(),
        "site": caller.site,
        "place": caller.place,
        "caller": caller.name,
        "kind": _kind(told),
        "kind_words": speaker.say(f"board_kind_{_kind(told)}"),
        "level": told.level,
        "level_words": _level_words(told, speaker),
        "acts": what_happens(speaker.label, facts_of(told.flow, incident.walk), told.acts),
    }


def _level_words(told: Told, speaker: Speaker) -> str:
    """Empty while the questions go on, unless an answer has named a danger already."""
    is_reached = isinstance(told.flow.steps.get(told.incident.walk.at), End)
    return speaker.label("levels", told.level) if is_reached or told.level == "red" else ""


def _kind(told: Told) -> str:
    """What was called for; what was tapped first where nobody was called."""
    return told.incident.alert.kind if told.incident.alert else told.incident.kind


def _help(told: Told, speaker: Speaker) -> dict[str, object] | None:
    alert = told.incident.alert
    if alert is None:
        return None
    key = f"help_{alert.state}"
    return {
        "state": alert.state,
        "words": speaker.say(key) if speaker.knows(key) else alert.state,
        "ended": told.here(alert.ended).isoformat() if alert.ended else None,
        "people": [_person(told, page, speaker) for page in alert.pages],
    }


def _person(told: Told, page: Page, speaker: Speaker) -> dict[str, object]:
    """`due`: when someone on the way said they would be there; None if they named no time."""
    key = next((k for k in (f"board_reach_{page.reach}", f"reach_{page.reach}") if speaker.knows(k)), "")
    return {
        "name": page.name,
        "reach": page.reach,
        "words": speaker.say(key) if key else page.reach,
        "at": told.here(page.since or page.at).isoformat(),
        "tries": page.tries,
        "due": told.here(page.expected).isoformat() if page.expected and page.minutes else None,
    }


def _counts(told: Told, speaker: Speaker) -> Iterator[dict[str, object]]:
    for counter in dict.fromkeys(t.counter for t in told.incident.tallies):
        key, last = f"counted_{counter}", max(t.at for t in told.incident.tallies if t.counter == counter)
        yield {
            "words": speaker.say(key) if speaker.knows(key) else counter,
            "count": told.incident.count(counter),
            "at": told.here(last).isoformat(),
        }
