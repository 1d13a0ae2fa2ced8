"""Proves the cards: composes each as a person would see it, in each language, and looks at what came out."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core.buttons import AnswerTap, Menu, WayKind, WayTap, decode, encode
from bot.core.checks.finding import CARD_GLANCE, OTHERWISE_TIMES, Finding, Means
from bot.core.checks.texts import length
from bot.core.effects import CALLER, Show, View
from bot.core.flow import UNSURE, Ask, Decide, End, Flow, Guidance, Say, Step, targets
from bot.core.incident import Caller, Incident
from bot.core.messages import Card
from bot.core.plan import Plans
from bot.core.scene import Scene
from bot.core.walk import Walk
from bot.core.words import Words

LONG_ID = "0" * 26
MANY = 99_999
"""Id, revision, turn and minutes as long as they get, so that no button is longer in real life."""
OPENED = datetime(2000, 1, 1, tzinfo=UTC)
NOW = datetime(2000, 1, 1, 23, 59, tzinfo=UTC)
COUNTER = "counter_"
HELP = encode(Menu("help"))
WAYS: tuple[WayKind, ...] = ("our_fault", "accommodation", "back")


def findings(flow: Flow, means: Means) -> Iterator[Finding]:
    """What is wrong with many cards for one reason, as a button of the bottom row, is told once."""
    told: set[tuple[str, str]] = set()
    for step in flow.steps.values():
        if not isinstance(step, Decide):
            unnamed = list(_unnamed(step, means.words, flow.languages))
            yield from unnamed
            if any(finding.args["name"].startswith(COUNTER) for finding in unnamed):
                continue  # its card can't be drawn at all
            for language in flow.languages:
                for finding in _cards(flow, step, means, language):
                    reason = (language, finding.args.get("sentence", step.id + finding.code))
                    if reason not in told:
                        told.add(reason)
                        yield finding


def _cards(flow: Flow, step: Step, means: Means, language: str) -> Iterator[Finding]:
    views: tuple[View, ...] = ("level", "more") if isinstance(step, End) else ("question", "more")
    for view in views:
        cards = means.compose(_scene(flow, step, means.words, language), Show(CALLER, view))
        if not any(button.data == HELP for card in cards for button in card.bottom):
            yield Finding("help_far", step.id, {"language": language, "view": view})
        for way in _far(cards, view == "question" and isinstance(_stop(flow, step), Ask)):
            yield Finding("way_far", step.id, {"language": language, "view": view, "way": way})
        size, most = max(map(_read, cards)), _most(language)
        if view != "more" and size > most:
            args = {"language": language, "size": str(size), "most": str(most)}
            yield Finding("card_heavy", step.id, args)
        for sentence in _unfit(cards, means):
            yield Finding("card_unfit", step.id, {"language": language, "sentence": sentence})


def _far(cards: tuple[Card, ...], asks: bool) -> Iterator[str]:
    """The ways that the engine owes every card of a conversation: a question also わからない."""
    taps = [decode(button.data) for card in cards for button in card.bottom]
    found = {tap.way for tap in taps if isinstance(tap, WayTap)}
    yield from (way for way in WAYS if way not in found)
    if asks and not any(isinstance(t, AnswerTap) and t.choice == UNSURE for t in taps):
        yield UNSURE


def _read(card: Card) -> int:
    """How many characters somebody reads on a card, buttons and title not counted."""
    rows = (text for row in card.facts for text in row)
    return sum(length(text) for text in (*card.body, card.aloud, *rows, card.note))


def _most(language: str) -> int:
    return CARD_GLANCE.get(language, int(CARD_GLANCE["ja"] * OTHERWISE_TIMES))


def _unfit(cards: tuple[Card, ...], means: Means) -> Iterator[str]:
    for card in cards:
        for fit in means.fits:
            yield from fit(card)


def _scene(flow: Flow, step: Step, words: Words, language: str) -> Scene:
    """A person who stands at this step; guidance is shown with what is asked after it."""
    at = _stop(flow, step)
    passed = (step.id,) if isinstance(step, Say) else ()
    walk = Walk(flow.id, flow.revision or MANY, at.id, passed=passed, turn=MANY)
    caller = Caller(LONG_ID, "", "", "", "", language)
    incident = Incident(LONG_ID, OPENED, "help", caller, walk, Plans())
    return Scene(incident, flow, words, NOW, UTC, LONG_ID, language)


def _stop(flow: Flow, step: Step) -> Step:
    """The question or end at which somebody stands who has come to this step."""
    at = step
    for _ in flow.steps:
        at = flow.steps[next(targets(at))] if isinstance(at, Say | Decide) else at
    return at


def _unnamed(step: Step, words: Words, languages: tuple[str, ...]) -> Iterator[Finding]:
    """Codes that would show as codes."""
    codes = list(_labelled(step))
    for language in languages:
        for group, code in codes:
            if not words.labels.get(group, {}).get(code, {}).get(language):
                yield Finding("code_unnamed", step.id, {"name": f"{group}: {code}", "language": language})
        for counter in step.counters if isinstance(step, End) else ():
            if COUNTER + counter not in words.phrases.get(language, {}):
                yield Finding("code_unnamed", step.id, {"name": COUNTER + counter, "language": language})


def _labelled(step: Step) -> Iterator[tuple[str, str]]:
    match step:
        case Ask(choices=choices):
            yield from (("acts", act) for choice in choices for act in choice.acts)
        case Say(guidance=guidance):
            yield from _guidance(guidance)
        case End(level=level, guidance=guidance):
            yield "levels", level
            yield from _guidance(guidance)


def _guidance(guidance: Guidance) -> Iterator[tuple[str, str]]:
    yield from (("steps", code) for code in guidance.steps)
    yield from (("cautions", code) for code in guidance.cautions)
