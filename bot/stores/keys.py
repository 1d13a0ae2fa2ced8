"""Every key that is kept in Redis: its name, its type, how long it lives and why.

All keys of one organisation carry its hash tag, so that they lie on one cluster node and one script may touch them all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

KeyType = Literal["string", "hash", "zset", "stream"]

ORGANISATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class Family:
    """Keys of one shape. `pattern` follows the hash tag; a star stands for an id. No lifetime: it stays, for `reason`."""

    pattern: str
    type: KeyType
    lifetime: timedelta | None
    reason: str

    def matches(self, name: str) -> bool:
        return re.fullmatch(re.escape(self.pattern).replace(r"\*", ".+"), name) is not None


SEEN = Family(
    "seen:*", "string", timedelta(days=3), "both platforms have given up sending an event again by then"
)
VERSIONS = Family(
    "versions", "hash", None, "counters that tell processes to read people, policy, duty or flows anew"
)
PEOPLE = Family(
    "people", "hash", None, "the directory: person id to entry; entries are replaced, never expire"
)
ADDRESSES = Family("addresses", "hash", None, "whose an address is; follows the directory")
INVITATION = Family(
    "invitation:*", "string", timedelta(days=90), "an open door; the caller says how many days, at most these"
)
CURRENT = Family(
    "current:*",
    "string",
    timedelta(days=30),
    "a person's open incident; nobody takes one up again after a month",
)
ANSWERING = Family(
    "answering:*",
    "string",
    timedelta(days=1),
    "the newest incident in which a person is called; whoever writes a day later means something else",
)
IMPROVING = Family(
    "improving:*",
    "string",
    timedelta(hours=1),
    "the incident that has just ended and whose caller may add a line; later words mean something else",
)
AT = Family(
    "at:*",
    "string",
    timedelta(days=1),
    "the newest call for help from a place; the policy says how long a second one joins it, at most this",
)
SHIFT = Family(
    "shift:*", "string", timedelta(hours=12), "where a person works today; tomorrow they may be elsewhere"
)
INCIDENT = Family(
    "incident:*", "hash", None, "the record; goes by the organisation's retention periods, not by itself"
)
REFS = Family(
    "refs:*", "hash", timedelta(days=90), "messages that may still be edited; older ones are left as they are"
)
JOURNAL = Family("journal:*", "stream", None, "the record's own history; goes together with its incident")
OPENED = Family(
    "opened", "zset", None, "incidents by the time they were opened; members go with their incident"
)
OPEN = Family(
    "open", "zset", None, "incidents that aren't closed, by the time they were opened; leave it when closed"
)
FIGURES = Family("figures:*", "hash", None, "a day's counters, about a hundred numbers; they name nobody")
DELIVERIES = Family(
    "deliveries", "hash", None, "the outbox; a row goes when it is sent, withdrawn or set aside"
)
TIMERS = Family(
    "timers", "hash", None, "one row per incident and name; a row goes when it has fired or is cleared"
)
DUE_URGENT = Family("due:urgent", "zset", None, "pages by due time; members go with their row")
DUE_CALM = Family("due:calm", "zset", None, "all other deliveries by due time; members go with their row")
DUE_TIMERS = Family("due:timers", "zset", None, "timers by due time; members go with their row")
DEAD = Family(
    "dead",
    "zset",
    timedelta(days=30),
    "what could not be sent, with its reason, by the time it was set aside",
)
FLOW_TEXTS = Family("flow:*:texts", "hash", None, "revision to text; a revision never changes and never goes")
FLOW_NOTES = Family("flow:*:notes", "hash", None, "revision to who published it, when and why")
POLICY = Family("policy", "string", None, "the organisation's own policy; without it the default holds")
DUTY = Family(
    "duty", "hash", None, "stand-ins and absences; a row goes when it is cleared, or a month after its end"
)
CONFIRMED = Family(
    "confirmed", "hash", None, "addresses at which a person has tapped a test, with the person"
)
ROLLCALL = Family("rollcall:*", "hash", timedelta(days=30), "who was asked before opening, and who answered")
WORKERS = Family(
    "workers", "zset", timedelta(days=1), "workers by when their loop last turned; kept for a minute each"
)
WATCH = Family("watch", "string", timedelta(minutes=1), "which process is the auditor now")
TOLD = Family("told", "hash", timedelta(days=62), "when the operators last heard of each finding")
QUOTA = Family(
    "quota", "hash", timedelta(days=62), "LINE's pushes of this month: the plan's and the used ones"
)
KNOWLEDGE = Family(
    "knowledge", "hash", None, "which articles an admin has confirmed; a row goes when it is taken back"
)
TRAINING = Family(
    "training", "hash", None, "how often each answer was given to each made-up case; sums that name nobody"
)
ROUND = Family(
    "round:*",
    "hash",
    timedelta(days=1),
    "which made-up cases a person was shown today and whether they answered, so that none comes twice; never what",
)
INVITED = Family(
    "invited:*",
    "hash",
    timedelta(days=62),
    "who got this month's invitation to a drill: nobody gets it twice",
)
PROBE = Family("probe", "string", timedelta(minutes=1), "written to see whether the database takes writes")

FAMILIES = (
    *(SEEN, VERSIONS, PEOPLE, ADDRESSES, INVITATION, CURRENT, INCIDENT, REFS, JOURNAL, OPENED, OPEN, FIGURES),
    *(DELIVERIES, TIMERS, DUE_URGENT, DUE_CALM, DUE_TIMERS, DEAD, FLOW_TEXTS, FLOW_NOTES, POLICY),
    *(DUTY, CONFIRMED, ROLLCALL, ANSWERING, IMPROVING, AT, SHIFT),
    *(WORKERS, WATCH, TOLD, QUOTA, PROBE, KNOWLEDGE),
    *(TRAINING, ROUND, INVITED),
)

ORGANISATIONS = "organisations"
"""Hash: organisation id to its entry. The only key outside an organisation; it stays, as organisations do."""


class Keys:
    """The keys of one organisation."""

    def __init__(self, org: str) -> None:
        if ORGANISATION_ID.fullmatch(org) is None:
            raise ValueError(
                f"organisation id {org!r}: use 1 to 32 of a-z, 0-9 and '-', not beginning with '-'"
            )
        self.tag = f"{{{org}}}:"
        self.versions = self.tag + VERSIONS.pattern
        self.people = self.tag + PEOPLE.pattern
        self.addresses = self.tag + ADDRESSES.pattern
        self.opened = self.tag + OPENED.pattern
        self.open = self.tag + OPEN.pattern
        self.deliveries = self.tag + DELIVERIES.pattern
        self.timers = self.tag + TIMERS.pattern
        self.due_urgent = self.tag + DUE_URGENT.pattern
        self.due_calm = self.tag + DUE_CALM.pattern
        self.due_timers = self.tag + DUE_TIMERS.pattern
        self.dead = self.tag + DEAD.pattern
        self.policy = self.tag + POLICY.pattern
        self.duty = self.tag + DUTY.pattern
        self.confirmed = self.tag + CONFIRMED.pattern
        self.workers = self.tag + WORKERS.pattern
        self.watch = self.tag + WATCH.pattern
        self.told = self.tag + TOLD.pattern
        self.quota = self.tag + QUOTA.pattern
        self.probe = self.tag + PROBE.pattern
        self.knowledge = self.tag + KNOWLEDGE.pattern
        self.training = self.tag + TRAINING.pattern

    def seen(self, event: str) -> str:
        return f"{self.tag}seen:{event}"

    def invitation(self, code: str) -> str:
        return f"{self.tag}invitation:{code}"

    def current(self, person: str) -> str:
        return f"{self.tag}current:{person}"

    def answering(self, person: str) -> str:
        return f"{self.tag}answering:{person}"

    def improving(self, person: str) -> str:
        return f"{self.tag}improving:{person}"

    def shift(self, person: str) -> str:
        return f"{self.tag}shift:{person}"

    def at(self, place: str) -> str:
        return f"{self.tag}at:{place}"

    def incident(self, incident_id: str) -> str:
        return f"{self.tag}incident:{incident_id}"

    def refs(self, incident_id: str) -> str:
        return f"{self.tag}refs:{incident_id}"

    def journal(self, incident_id: str) -> str:
        return f"{self.tag}journal:{incident_id}"

    def rollcall(self, rollcall_id: str) -> str:
        return f"{self.tag}rollcall:{rollcall_id}"

    def round(self, person: str) -> str:
        return f"{self.tag}round:{person}"

    def invited(self, month: str) -> str:
        return f"{self.tag}invited:{month}"

    def figures(self, day: str) -> str:
        return f"{self.tag}figures:{day}"

    def flow_texts(self, flow: str) -> str:
        return f"{self.tag}flow:{flow}:texts"

    def flow_notes(self, flow: str) -> str:
        return f"{self.tag}flow:{flow}:notes"


def channel_of_changes(k: Keys) -> str:
    """Where each commit says which incident it changed. A channel holds nothing: who doesn't listen hears nothing."""
    return f"{k.tag}changes"


def milliseconds(family: Family) -> int:
    """The family's lifetime as Redis takes it."""
    if family.lifetime is None:
        raise ValueError(f"{family.pattern} stays: {family.reason}")
    return family.lifetime // timedelta(milliseconds=1)


def family_of(key: str) -> Family | None:
    """The family that a key found in the database belongs to; None for a key that nobody wrote down here."""
    tagged = re.fullmatch(r"\{([^}]+)\}:(.+)", key)
    if tagged is None:
        return ORGANISATIONS_FAMILY if key == ORGANISATIONS else None
    return next(_matching(tagged[2]), None)


ORGANISATIONS_FAMILY = Family(ORGANISATIONS, "hash", None, "every organisation of this installation")


def _matching(name: str) -> Iterator[Family]:
    return (family for family in FAMILIES if family.matches(name))
