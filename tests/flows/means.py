"""What the flow tests judge cards with: the shipped sentences, and a name for every code there is."""

from dataclasses import replace
from pathlib import Path

from bot.app.yaml_text import Document
from bot.core import cards
from bot.core.checks import Means
from bot.core.effects import Show
from bot.core.facts import ACTS, CAUTIONS, LEVELS, STEPS
from bot.core.messages import Card
from bot.core.scene import Scene
from bot.core.words import Words
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack

ROOT = Path(__file__).parents[2]
LANGUAGES = ("ja", "ja_easy", "en")
GROUPS = {"acts": ACTS, "steps": STEPS, "cautions": CAUTIONS, "levels": LEVELS}


def every_code_named() -> Words:
    """Phrases as shipped; a code is its own label, so that these tests don't lean on the content."""
    folder = ROOT / "flows" / "phrases"
    phrases = {lang: Document((folder / f"{lang}.yaml").read_text("utf-8"), lang).data for lang in LANGUAGES}
    labels = {
        group: {code: dict.fromkeys(LANGUAGES, code) for code in codes} for group, codes in GROUPS.items()
    }
    return Words(phrases, labels)


def without_ways(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A composer that keeps help and forgets the rest of that row."""
    return tuple(replace(card, bottom=card.bottom[:1]) for card in cards.compose(scene, show))


def one_word_short() -> Words:
    """The phrase book without the name of a fact."""
    words = every_code_named()
    return replace(words, labels={**words.labels, "facts": {"weapon_seen": {}}})


def without_help(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A composer that forgets the row that stands on every card."""
    return tuple(replace(card, bottom=()) for card in cards.compose(scene, show))


MEANS = Means(every_code_named(), cards.compose, (line.findings, slack.findings))
"""The real composer and the real limits of both platforms."""
