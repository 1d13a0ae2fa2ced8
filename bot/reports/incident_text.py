"""One incident for reading: the head, who was called, then its timeline, one line an entry."""

from collections.abc import Iterator

from bot.app.committing import Entry
from bot.app.incident_reading import Told
from bot.app.speaking import Speaker
from bot.core.flow import UNSURE, in_language
from bot.core.incident import minutes_open
from bot.reports.table import clean, padded, width


def as_lines(told: Told, speaker: Speaker) -> list[str]:
    return [
        *_head(told, speaker),
        "",
        speaker.say("timeline_heading"),
        *(timeline_line(told, entry, speaker) for entry in told.journal),
    ]


def timeline_line(told: Told, entry: Entry, speaker: Speaker) -> str:
    """Time, from the second day on with the date, and what happened."""
    at = told.here(entry.at)
    is_same_day = at.date() == told.here(told.incident.opened).date()
    time = at.strftime("%H:%M:%S" if is_same_day else "%m-%d %H:%M:%S")
    return clean(f"{time}  {entry_words(told, entry, speaker)}")


def entry_words(told: Told, entry: Entry, speaker: Speaker, book: str = "timeline") -> str:
    """What happened, in the words of `book` where it has its own, else in those of the record.

    A kind without a sentence shows its code, so that nothing is left out.
    """
    name = "coming_open" if _names_no_minutes(entry) else entry.kind
    key = next((k for k in (f"{book}_{name}", f"timeline_{name}") if speaker.knows(k)), "")
    return speaker.say(key, **_values(told, entry, speaker)) if key else f"{entry.kind} {dict(entry.data)}"


def summary_row(told: Told, speaker: Speaker) -> tuple[str, ...]:
    """What `incidents list` shows of one."""
    incident = told.incident
    return (
        incident.id,
        f"{told.here(incident.opened):%Y-%m-%d %H:%M}",
        _state(told, speaker),
        speaker.label("levels", told.level),
        incident.caller.site,
        incident.caller.place,
        incident.caller.name,
        speaker.say(f"help_{incident.alert.state}") if incident.alert else "-",
    )


def _head(told: Told, speaker: Speaker) -> list[str]:
    incident, caller = told.incident, told.incident.caller
    where = " ".join(part for part in (caller.site, caller.place) if part)
    acts = speaker.say("list_comma").join(speaker.label("acts", act) for act in told.acts)
    level = speaker.label("levels", told.level)
    reason = told.reason(speaker.language)
    pairs = [
        ("head_id", incident.id + (speaker.say("head_drill") if incident.drill else "")),
        ("head_opened", f"{told.here(incident.opened):%Y-%m-%d %H:%M:%S %z}"),
        ("head_state", _state(told, speaker)),
        ("head_caller", f"{caller.name} {where}".strip()),
        ("head_kind", speaker.say(f"kinds_{incident.kind}")),
        (
            "head_level",
            speaker.say("head_level_with_reason", level=level, reason=reason) if reason else level,
        ),
        ("head_acts", acts or "-"),
        *(("head_count", line) for line in _counts(told, speaker)),
        *(("head_called", line) for line in _called(told, speaker)),
    ]
    return list(_aligned(pairs, speaker))


def _aligned(pairs: list[tuple[str, str]], speaker: Speaker) -> Iterator[str]:
    """Label and value; a label that was just said isn't said again."""
    widest = max(width(speaker.say(key)) for key, _ in pairs)
    before = ""
    for key, value in pairs:
        label = "" if key == before else speaker.say(key)
        yield clean(f"{padded(label, widest)}  {value}")
        before = key


def _state(told: Told, speaker: Speaker) -> str:
    incident = told.incident
    if incident.closed is None:
        return speaker.say("state_open")
    return speaker.say("state_closed", minutes=minutes_open(incident, incident.closed))


def _counts(told: Told, speaker: Speaker) -> Iterator[str]:
    for tally in told.incident.tallies:
        yield f"{told.here(tally.at):%H:%M:%S} {_counter(tally.counter, speaker)}"


def _called(told: Told, speaker: Speaker) -> Iterator[str]:
    alert = told.incident.alert
    for page in alert.pages if alert else ():
        at = told.here(page.since or page.at)
        yield f"{page.name} {speaker.say(f'reach_{page.reach}')} {at:%H:%M:%S}"


def _values(told: Told, entry: Entry, speaker: Speaker) -> dict[str, str | int]:
    """What the sentence of an entry may name, codes already turned into words."""
    data = dict(entry.data)
    values: dict[str, str | int] = {"by": _who(told, entry.by, speaker), **data}
    if "person" in data:
        values["person"] = told.name_of(str(data["person"]))
    if entry.kind == "opened":
        values["by"] = speaker.say(f"kinds_{data['by']}") if speaker.knows(f"kinds_{data['by']}") else ""
    if entry.kind == "closed":
        values["by"] = _who(told, str(data["by"]), speaker)
    if "kind" in data:
        values["kind"] = speaker.say(f"called_{data['kind']}")
    if entry.kind in ("page_failed", "page_taken"):
        values["channel"] = speaker.say(f"channels_{data['by']}")
    if "level" in data:
        values["level"] = speaker.label("levels", str(data["level"]))
    if "counter" in data:
        values["counter"] = _counter(str(data["counter"]), speaker)
    for acts in {"guessed", "picked"} & set(data):
        labels = (speaker.label("acts", act) for act in str(data[acts]).split())
        values[acts] = speaker.say("list_comma").join(labels) or "-"
    if entry.kind == "sighted":
        values["sight"] = speaker.say(f"sighted_{data['sight']}_{data['yes']}")
    if entry.kind == "improvement":
        values["state"] = speaker.say(f"improvement_{data['state']}")
    if "way" in data:
        values["way"] = speaker.say(f"way_{data['way']}")
    if "step" in data and "choice" in data:
        values["question"], values["answer"] = _answer(told, entry, speaker)
    return values


def _names_no_minutes(entry: Entry) -> bool:
    return entry.kind == "coming" and not entry.data.get("minutes")


def _who(told: Told, by: str, speaker: Speaker) -> str:
    return speaker.say("by_system") if by == "system" else told.name_of(by)


def _counter(code: str, speaker: Speaker) -> str:
    key = f"counted_{code}"
    return speaker.say(key) if speaker.knows(key) else code


def _answer(told: Told, entry: Entry, speaker: Speaker) -> tuple[str, str]:
    """The question's words and those of the button that was tapped."""
    ask, data = told.ask(entry), entry.data
    if data["choice"] == UNSURE:
        answer = speaker.say("unsure")
    else:
        choices = ask.choices if ask else ()
        label = next((c.label for c in choices if c.id == data["choice"]), {})
        answer = in_language(label, speaker.language) or str(data["choice"])
    return (in_language(ask.text, speaker.language) if ask else str(data["step"])), answer
