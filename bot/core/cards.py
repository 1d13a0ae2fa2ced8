"""Makes the cards: a view of an incident, for one reader, in their language, as it stands now."""

from collections.abc import Callable
from dataclasses import replace

from bot.core import emergency_cards, page_cards, status_cards, talk_cards
from bot.core.buttons import (
    AnswerTap,
    CallerTap,
    CountTap,
    GuideTap,
    Menu,
    MenuKind,
    PlaceTap,
    SceneTap,
    StartTap,
    TrainingTap,
    WayKind,
    WayTap,
    encode,
)
from bot.core.effects import Show
from bot.core.emergency import CALLS
from bot.core.facts import ACTS
from bot.core.flow import UNSURE, Ask, End, Guidance, Say
from bot.core.incident import minutes_open
from bot.core.messages import MAX_ACTIONS, MAX_CHOICES, Button, Card
from bot.core.scene import Scene
from bot.core.walk import acts_of, suggestion
from bot.core.words import Words

MENU_KINDS: tuple[MenuKind, ...] = ("danger", "help", "unsure", "record")


def compose(scene: Scene, show: Show) -> tuple[Card, ...]:
    """The cards for one Show, in the order in which they are read."""
    cards = _VIEWS[show.view](scene, show)
    if not scene.incident.drill:
        return cards
    marked = tuple(_marked_as_drill(scene, card) for card in cards)
    is_callers = show.view == "status" and scene.reader == scene.incident.caller.person
    return tuple(_with_way_to_the_real(scene, card) for card in marked) if is_callers else marked


def menu(words: Words, language: str, lines: tuple[str, ...]) -> Card:
    """The big four, with a sentence or two above them."""
    return Card(
        alt=words.say(language, "alt_menu"),
        title=words.say(language, "title_menu"),
        body=lines,
        choices=big_four(words, language),
    )


def with_drill(words: Words, language: str, card: Card) -> Card:
    """A drill and the quiz: only on a card that is looked at in peace, and apart from the big four, for nobody in need must
    begin either."""
    drill = Button(words.say(language, "begin_drill"), encode(StartTap("help", drill=True)))
    quiz = Button(words.say(language, "begin_quiz"), encode(TrainingTap("next")))
    return replace(card, actions=(*card.actions, drill, quiz))


def big_four(words: Words, language: str) -> tuple[Button, ...]:
    """危険 応援 迷う 記録, always in this order."""
    return tuple(
        Button(words.say(language, f"menu_{kind}"), encode(Menu(kind)), primary=kind in ("danger", "help"))
        for kind in MENU_KINDS
    )


def places(words: Words, language: str, known: tuple[str, ...]) -> Card:
    """Where do you work today? One tap; another place can be typed."""
    line = words.say(language, "places_ask" if known else "places_none")
    buttons = tuple(Button(place, encode(PlaceTap(place))) for place in known)
    title = words.say(language, "title_menu")
    first, more = buttons[:MAX_CHOICES], buttons[MAX_CHOICES:][:MAX_ACTIONS]
    return Card(words.say(language, "alt_menu"), title, (line,), choices=first, actions=more)


def _marked_as_drill(scene: Scene, card: Card) -> Card:
    mark = scene.say("drill")
    return replace(card, title=mark + card.title, alt=mark + card.alt)


def _with_way_to_the_real(scene: Scene, card: Card) -> Card:
    """Something may happen in the middle of a drill."""
    real = Button(scene.say("begin_real"), encode(StartTap("help", drill=False)))
    return replace(card, actions=(*card.actions, real))


def _question(scene: Scene, show: Show) -> tuple[Card, ...]:
    """The guidance passed on the way, then the question with its choices."""
    walk, flow = scene.incident.walk, scene.flow
    ask = flow.steps[walk.at]
    if not isinstance(ask, Ask):
        return _level(scene, show)
    choices = tuple(
        Button(scene.text(c.label), encode(_answer(scene, ask.id, c.id)), primary=False) for c in ask.choices
    )
    before = next((c for c in ask.choices if c.id == suggestion(walk)), None)
    card = Card(
        alt=scene.say("alt_neutral"),
        title=_title_with_help(scene),
        body=tuple(t for t in (scene.text(ask.text), scene.text(ask.hint)) if t),
        choices=choices,
        actions=_scene_button(scene) if _is_second_question(scene) else (),
        bottom=bottom_row(scene, ask),
        note=scene.say("suggested", choice=scene.text(before.label)) if before else "",
    )
    return (*_passed(scene), card)


def _passed(scene: Scene) -> tuple[Card, ...]:
    steps = (scene.flow.steps[i] for i in scene.incident.walk.passed)
    return tuple(_guidance_card(scene, s.guidance) for s in steps if isinstance(s, Say))


def _guidance_card(scene: Scene, guidance: Guidance) -> Card:
    return Card(
        alt=scene.say("alt_neutral"),
        title=_title(scene),
        body=(scene.text(guidance.do),),
        aloud=scene.text(guidance.aloud),
    )


def _level(scene: Scene, show: Show) -> tuple[Card, ...]:
    """The working level: what to do, the line to say, why, who decides; counters and the end within one tap."""
    end = scene.flow.steps[scene.incident.walk.at]
    if not isinstance(end, End):
        return _question(scene, show)
    guidance = end.guidance
    card = Card(
        alt=scene.say("alt_neutral"),
        title=f"{_title(scene)} · {scene.label('levels', end.level)}",
        body=tuple(t for t in (scene.text(guidance.do),) if t),
        aloud=scene.text(guidance.aloud),
        facts=_rows(
            (scene.say("level_reason"), scene.text(end.reason)),
            (scene.say("level_steps"), "・".join(scene.label("steps", s) for s in guidance.steps[:4])),
            (scene.say("level_decider"), scene.text(guidance.who_decides)),
        ),
        actions=(
            *_emergency(scene, end),
            *_counters(scene, end),
            _way(scene, "more"),
            _way(scene, "changed"),
            Button(scene.say("way_finished"), encode(CallerTap(scene.incident.id, "finished"))),
        ),
        bottom=bottom_row(scene, None),
    )
    return (*_passed(scene), card)


def _emergency(scene: Scene, end: End) -> tuple[Button, ...]:
    """What to say to 110 or 119, wherever the steps say to call."""
    is_wanted = end.level == "red" or any(call in end.guidance.steps for call in CALLS)
    return (status_cards.police_button(scene),) if is_wanted else ()


def _counters(scene: Scene, end: End) -> tuple[Button, ...]:
    return tuple(
        Button(_counter_label(scene, c), encode(CountTap(scene.incident.id, c))) for c in end.counters
    )


def _counter_label(scene: Scene, counter: str) -> str:
    label, count = scene.say(f"counter_{counter}"), scene.incident.count(counter)
    return scene.say("counter_shown", label=label, count=count) if count else label


def _more(scene: Scene, show: Show) -> tuple[Card, ...]:
    """What stands behind くわしく: every step and caution, what to keep, where it comes from."""
    here = scene.flow.steps[scene.incident.walk.at]
    guidance = here.guidance if isinstance(here, End) else _last_guidance(scene)
    rows = _rows(
        (scene.say("level_steps"), "\n".join(scene.label("steps", s) for s in guidance.steps)),
        (scene.say("level_cautions"), "\n".join(scene.label("cautions", c) for c in guidance.cautions)),
        (scene.say("level_evidence"), scene.text(guidance.evidence)),
        (scene.say("level_decider"), scene.text(guidance.who_decides)),
        (scene.say("level_source"), _source(scene, guidance)),
    )
    body = () if rows else (scene.say("more_none"),)
    return (
        Card(
            scene.say("alt_neutral"),
            scene.say("more_title"),
            body,
            facts=rows,
            actions=(*_guide(scene), *_scene_button(scene)),
            bottom=bottom_row(scene, None),
        ),
    )


def _scenes(scene: Scene, show: Show) -> tuple[Card, ...]:
    """Where the caller may be; the flow that they are in is left out."""
    incident = scene.incident
    others = {flow: text for flow, text in show.texts.items() if flow != incident.walk.flow}
    choices = tuple(
        Button(scene.text(text), encode(SceneTap(incident.id, flow))) for flow, text in others.items()
    )
    asked = scene.say("scene_ask") if choices else scene.say("scene_none")
    return (
        Card(
            scene.say("alt_neutral"),
            body=(asked,),
            actions=choices[:MAX_ACTIONS],
            bottom=bottom_row(scene, None),
        ),
    )


def _scene_button(scene: Scene) -> tuple[Button, ...]:
    """Leads to the flows for other places; none where this flow isn't for a place."""
    if not scene.flow.scene:
        return ()
    label = scene.say("scene_other", scene=scene.text(scene.flow.scene))
    return (Button(label, encode(SceneTap(scene.incident.id))),)


def _is_second_question(scene: Scene) -> bool:
    """Nobody is in danger, and little has been said yet."""
    return sum(not answer.known for answer in scene.incident.walk.trail) == 1


def _guide(scene: Scene) -> tuple[Button, ...]:
    """To the articles of what is known to have happened."""
    acts = tuple(act for act in acts_of(scene.flow, scene.incident.walk) if act in ACTS)[:MOST_GUIDED]
    return (Button(scene.say("guide_here"), encode(GuideTap(acts))),) if acts else ()


MOST_GUIDED = 8
"""Acts in one button, and titles on one card."""


def _source(scene: Scene, guidance: Guidance) -> str:
    return scene.say("source_unconfirmed", source=guidance.source) if guidance.confirm else guidance.source


def _last_guidance(scene: Scene) -> Guidance:
    steps = [scene.flow.steps[i] for i in scene.incident.walk.passed]
    return next((s.guidance for s in reversed(steps) if isinstance(s, Say)), Guidance())


def _rows(*rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(row for row in rows if row[1])


def bottom_row(scene: Scene, ask: Ask | None) -> tuple[Button, ...]:
    """The row that is the same on every card: help, our fault, accommodation, don't know, back."""
    unsure = (
        (Button(scene.say("way_unsure"), encode(_answer(scene, ask.id, UNSURE))),) if ask is not None else ()
    )
    return (
        Button(scene.say("way_help"), encode(Menu("help")), primary=True),
        _way(scene, "our_fault"),
        _way(scene, "accommodation"),
        *unsure,
        _way(scene, "back"),
    )


def _way(scene: Scene, way: WayKind) -> Button:
    tap = WayTap(scene.incident.id, way, scene.incident.walk.turn)
    return Button(scene.say(f"way_{way}"), encode(tap))


def _answer(scene: Scene, step: str, choice: str) -> AnswerTap:
    walk = scene.incident.walk
    return AnswerTap(scene.incident.id, walk.flow, walk.revision, step, choice, walk.turn)


def _title(scene: Scene) -> str:
    return scene.say("title_open", minutes=minutes_open(scene.incident, scene.now))


def _title_with_help(scene: Scene) -> str:
    """On LINE the newest message is all that is seen: the question says beside it that somebody was called."""
    called = status_cards.in_short(scene)
    return f"{_title(scene)} · {called}" if called else _title(scene)


def _notice(scene: Scene, show: Show) -> tuple[Card, ...]:
    """One sentence. The caller keeps help within reach; after the end the big four stand below it."""
    values = {"minutes": _repeat_minutes(scene), **show.args}
    body = (scene.say(show.key, **values),)
    is_caller = scene.reader == scene.incident.caller.person
    choices = big_four(scene.words, scene.language) if is_caller and not scene.incident.is_open else ()
    bottom = (
        bottom_row(scene, None) if is_caller and scene.incident.is_open and show.key in URGENT_NOTICES else ()
    )
    return (Card(scene.say("alt_neutral"), body=body, choices=choices, bottom=bottom),)


URGENT_NOTICES = ("nobody_to_call", "nobody_left")


def _repeat_minutes(scene: Scene) -> str:
    alert = scene.incident.alert
    seconds = alert.plan.repeat.total_seconds() if alert else 0
    return str(max(1, round(seconds / 60)))


def _story(scene: Scene, show: Show) -> tuple[Card, ...]:
    """What the drill is about; its words are those of a colleague."""
    body = (show.args.get("story", ""), scene.say("practice_first"))
    return (Card(scene.say("alt_neutral"), scene.say("practice_title"), body),)


def _closed(scene: Scene, show: Show) -> tuple[Card, ...]:
    incident = scene.incident
    alert = incident.shown_alert
    names = "、".join(p.name for p in alert.responders()) if alert else ""
    minutes = minutes_open(incident, scene.now)
    with_whom = (scene.say("closed_with", minutes=minutes, names=names),) if names else ()
    return (
        Card(
            alt=scene.say("alt_neutral"),
            title=scene.say("title_closed"),
            body=(scene.say("closed_first"), _closed_rest(scene), *with_whom),
            bottom=big_four(scene.words, scene.language),
        ),
    )


def _closed_rest(scene: Scene) -> str:
    """After a story nobody needs a rest, but to know what the flow says of it."""
    practice = scene.incident.practice
    if practice is None:
        return scene.say("closed_rest")
    return scene.say("practice_level", level=scene.label("levels", practice.level))


_VIEWS: dict[str, Callable[[Scene, Show], tuple[Card, ...]]] = {
    "question": _question,
    "level": _level,
    "status": status_cards.status,
    "check": status_cards.check,
    "cancel_check": status_cards.cancel_check,
    "witness": status_cards.witness,
    "message": talk_cards.message,
    "hand_over": talk_cards.hand_over,
    "police": emergency_cards.police,
    "improvement": talk_cards.improvement,
    "limit": talk_cards.limit,
    "page": page_cards.page,
    "thread": page_cards.thread,
    "stood_down": page_cards.stood_down,
    "closed": _closed,
    "story": _story,
    "more": _more,
    "notice": _notice,
    "scenes": _scenes,
}
