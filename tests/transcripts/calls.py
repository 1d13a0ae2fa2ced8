"""What the transcripts of a call for help look at, and how they break and mend the platforms."""

from bot.app.delivering import Outcome
from bot.core.alert import Alert
from tests.transcripts.stage import PEOPLE, Stage

PAIRS = "policy: 1\nchannels: [slack, line]\nstandard:\n  tiers:\n    - {people: [sato, mori], wait: 60, again: 30}\n"
DANGER = "danger:\n  tiers:\n    - {people: [sato, mori, kei], wait: 30, again: 15}\n"
"""A policy whose only standard tier holds two people."""


async def alert(play: Stage) -> Alert:
    found = (await play.incident()).alert
    assert found is not None
    return found


def on_slack(pages: list[str]) -> list[str]:
    """The seconds at which a person was paged; LINE's copy goes at the same moment."""
    return [page.split()[0] for page in pages if page.endswith("slack")]


def breaks(play: Stage, name: str, outcome: Outcome) -> None:
    """Nothing reaches this person any more, on either platform."""
    play.chats["line"].broken[PEOPLE[name].line_user_id] = outcome
    play.chats["slack"].broken[PEOPLE[name].slack_user_id] = outcome


def heals(play: Stage) -> None:
    for chat in play.chats.values():
        chat.broken.clear()
