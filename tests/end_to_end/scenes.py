"""A scene for one test: people of its own and the phones they use; what was recorded of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.app.committing import Entry
from bot.core.incident import Incident
from bot.wiring.parts import Stores
from tests.end_to_end.cast import Resident, Site
from tests.end_to_end.phones import LinePhone, Phone, SlackPhone
from tests.end_to_end.stack import Stack

KIND_OF_SITE = {"slack": "slack_chief", "line": "line_chief", "both": "both"}
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Scene:
    """A site of its own, and the phones that this test uses. The deputy is called second."""

    stack: Stack
    site: Site
    caller: Phone
    chief: Phone
    deputy: Phone

    @property
    def chief_name(self) -> str:
        return self.site.chief.name

    @property
    def deputy_name(self) -> str:
        return self.site.deputy.name

    def incidents(self) -> list[Incident]:
        """This caller's, oldest first."""
        return incidents_of(self.stack, self.site.caller)

    def journal(self) -> list[Entry]:
        """The entries of the latest one."""
        latest = self.incidents()[-1].id

        async def entries(stores: Stores) -> list[Entry]:
            return list(await stores.records.journal(latest))

        return self.stack.read(entries)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.journal()]


def phone(stack: Stack, person: Resident, platform: str) -> Phone:
    if platform == "line":
        return LinePhone(stack.play, person.line)
    return SlackPhone(stack.play, person.slack)


def scene(stack: Stack, caller: str = "line", chief: str = "slack") -> Scene:
    """`chief`: on which platform alone the chief can be reached; the deputy then has the other one. Or "both"."""
    site = stack.cast.site(KIND_OF_SITE[chief])
    chief_on = "slack" if chief == "both" else chief
    deputy_on = "line" if chief_on == "slack" else "slack"
    return Scene(
        stack,
        site,
        phone(stack, site.caller, caller),
        phone(stack, site.chief, chief_on),
        phone(stack, site.deputy, deputy_on),
    )


def incidents_of(stack: Stack, person: Resident) -> list[Incident]:
    async def mine(stores: Stores) -> list[Incident]:
        return [i for i in await stores.records.incidents(*ALWAYS) if i.caller.person == person.id]

    return stack.read(mine)


def answers_to_the_level(caller: Phone) -> None:
    """From the first question to 「ふたりで対応」; each press waits until its button is there, as a person would."""
    for label in ("ない", "大声・強い言い方", "続いている", "とくにない", "だいじょうぶ"):
        caller.presses(label)


def figures(stack: Stack, days: list[str]) -> Mapping[str, int]:
    async def read(stores: Stores) -> Mapping[str, int]:
        return await stores.records.figures(days)

    return stack.read(read)
