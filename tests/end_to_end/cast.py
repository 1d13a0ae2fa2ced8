"""Who lives in the stack: many small sites, so that each test has people of its own and none has to clear up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

COLUMNS = "id,name,role,site,place,line_user_id,slack_user_id,phone,email,language"

POLICY = """
policy: 1
channels: [slack, line]
operators: [watch]
standard:
  tiers:
    - {roles: [supervisor], same_site: true, wait: 60, again: 30}
    - {roles: [admin], same_site: true, wait: 60, again: 30}
    - {roles: [viewer, supervisor, admin], same_site: true, wait: 60, again: 30}
danger:
  tiers:
    - {roles: [supervisor, admin], same_site: true, wait: 30, again: 15}
"""

SITES = {"both": 4, "slack_chief": 90, "line_chief": 40}
"""How many sites there are in which the chief has both platforms, Slack alone, LINE alone (the deputy the other one)."""


@dataclass(frozen=True)
class Resident:
    """A person as the directory knows them, and the ids of their phones."""

    id: str
    name: str
    role: str
    site: str
    place: str
    line: str = ""
    slack: str = ""
    email: str = ""

    def row(self, known: bool = True) -> str:
        """`known`: with the addresses; newcomers stand in the directory without them."""
        line, slack = (self.line, self.slack) if known else ("", "")
        words = (self.id, self.name, self.role, self.site, self.place, line, slack, "", self.email, "ja")
        return ",".join(words)


OPERATOR = Resident("watch", "運用", "viewer", "運用室", "運用室", slack="U0WATCH")
"""Hears what the auditor finds, so that none of the others gets a message that no test expects."""


@dataclass(frozen=True)
class Site:
    caller: Resident
    chief: Resident
    deputy: Resident

    @property
    def people(self) -> tuple[Resident, ...]:
        return (self.caller, self.chief, self.deputy)


@dataclass
class Cast:
    sites: dict[str, list[Site]]
    newcomers: list[Resident]
    taken: dict[str, Iterator[Site]] = field(default_factory=dict)
    arrivals: Iterator[Resident] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = {kind: iter(sites) for kind, sites in self.sites.items()}
        self.arrivals = iter(self.newcomers)

    def site(self, kind: str = "both") -> Site:
        """One that no test has had."""
        return next(self.taken[kind])

    def newcomer(self) -> Resident:
        return next(self.arrivals)

    @property
    def directory_csv(self) -> str:
        known = [person.row() for sites in self.sites.values() for site in sites for person in site.people]
        newcomers = (one.row(known=False) for one in self.newcomers)
        return "\n".join([COLUMNS, OPERATOR.row(), *known, *newcomers, ""])

    @property
    def phones_csv(self) -> str:
        known = [person.row() for sites in self.sites.values() for site in sites for person in site.people]
        return "\n".join([COLUMNS, OPERATOR.row(), *known, *(one.row() for one in self.newcomers), ""])


def make_cast(how_many: Mapping[str, int] = SITES) -> Cast:
    numbers = iter(range(1, 1000))
    sites = {kind: [_site(kind, next(numbers)) for _ in range(many)] for kind, many in how_many.items()}
    return Cast(sites, [_newcomer(next(numbers)) for _ in range(6)])


def _site(kind: str, n: int) -> Site:
    name, place = f"出張所{n}", f"{n}番窓口"
    chief_line, chief_slack = kind != "slack_chief", kind != "line_chief"
    deputy_line, deputy_slack = kind != "line_chief", kind != "slack_chief"
    return Site(
        _resident(n, "aiko", "愛子", "staff", name, place),
        _resident(n, "sato", "佐藤係長", "supervisor", name, place, chief_line, chief_slack),
        _resident(n, "mori", "森課長", "admin", name, place, deputy_line, deputy_slack),
    )


def _resident(
    n: int, word: str, name: str, role: str, site: str, place: str, line: bool = True, slack: bool = True
) -> Resident:
    number = {"aiko": 1, "sato": 2, "mori": 3, "hana": 4}[word]
    return Resident(
        id=f"{word}{n}",
        name=f"{name}{n}",
        role=role,
        site=site,
        place=place,
        line=f"U{number:x}{n:031x}" if line else "",
        slack=f"U0{word.upper()}{n}" if slack else "",
        email=f"{word}{n}@example.jp",
    )


def _newcomer(n: int) -> Resident:
    return _resident(n, "hana", "花", "staff", f"出張所{n}", f"{n}番窓口")
