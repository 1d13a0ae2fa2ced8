"""Every card of a call for help fits both platforms, in each state of the call, for each reader, in each language."""

from typing import get_args

import pytest

from bot.core.cards import compose, places
from bot.core.effects import Show, View
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack
from tests.core.sampling import shipped_words
from tests.core.test_incident import STATES, after, begun, scene

LONG = {
    "name": "愛子",
    "words": "あ" * 300,
    "names": "佐藤係長、森課長",
    "place": "国際交流窓口",
    "number": "30",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_card_fits_both_platforms(state: str, language: str) -> None:
    incident = after(begun("help"), *STATES[state])
    for view in get_args(View):
        for reader in ("aiko", "sato", ""):
            for card in compose(scene(incident, reader, language), Show(reader, view, "noted", LONG)):
                assert [*line.findings(card), *slack.findings(card)] == []


def test_twelve_places_fit_and_none_is_left_out() -> None:
    card = places(shipped_words(), "ja", tuple(f"{n}番窓口" for n in range(12)))
    assert [*line.findings(card), *slack.findings(card)] == []
    assert len(card.choices) + len(card.actions) == 12
