"""Small cards between people: a few words, whom to ask to go instead, what a limit means, what may be made better."""

from bot.core.buttons import Menu, MenuKind, ReplyTap, encode
from bot.core.effects import Show
from bot.core.limits import NAMES, SCENES
from bot.core.matter import minutes_open
from bot.core.messages import MAX_CHOICES, Button, Card
from bot.core.reinforcing import candidates
from bot.core.scene import Scene


def message(scene: Scene, show: Show) -> tuple[Card, ...]:
    """Words as they were written; on a locked screen only that there is something."""
    said = scene.say("message", name=show.args.get("name", ""), words=show.args.get("words", ""))
    if scene.reader == scene.incident.caller.person:
        help_ = Button(scene.say("way_help"), encode(Menu("help")))
        return (
            Card(scene.say("alt_neutral"), body=(said,), bottom=(help_,), note=scene.say("message_note")),
        )
    return (Card(scene.say("page_alt", place=place_of(scene)), body=(said,), note=scene.say("message_note")),)


def hand_over(scene: Scene, show: Show) -> tuple[Card, ...]:
    """People who can still be asked; whoever is chosen is called at once."""
    alert = scene.incident.alert
    others = [t for t in candidates(alert) if t.person != scene.reader][:MAX_CHOICES] if alert else []
    buttons = tuple(
        Button(t.name, encode(ReplyTap(scene.incident.id, "hand_over", to=t.person))) for t in others
    )
    first = scene.say("hand_over_first" if buttons else "hand_over_nobody")
    return (Card(scene.say("page_alt", place=place_of(scene)), body=(first,), choices=buttons),)


def limit(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A limit of the organisation's own: what may be done now, who decides it, and what comes next."""
    name = show.key if show.key in NAMES else NAMES[0]
    there = scene.incident.walk.flow
    there = f"{there}_" if there in SCENES else ""
    number = show.args.get("number", "0")
    is_caller = scene.reader == scene.incident.caller.person
    rows = (
        (scene.say("level_decider"), scene.say(f"limit_decider_{name}")),
        (scene.say("limit_next"), scene.say(f"limit_next_{there}{name}")),
    )
    return (
        Card(
            scene.say("alt_neutral") if is_caller else scene.say("page_alt", place=place_of(scene)),
            scene.say("title_open", minutes=minutes_open(scene.incident, scene.now)),
            (scene.say(f"limit_{there}{name}", number=number),),
            facts=rows,
            bottom=(Button(scene.say("way_help"), encode(Menu("help"))),) if is_caller else (),
        ),
    )


def improvement(scene: Scene, show: Show) -> tuple[Card, ...]:
    """After the end, and never more than asked: whoever writes nothing is asked nothing more."""
    body = (scene.say("improvement_ask"),)
    bottom = tuple(Button(scene.say(f"menu_{kind}"), encode(Menu(kind))) for kind in MENU_KINDS)
    return (Card(scene.say("alt_neutral"), body=body, bottom=bottom, note=scene.say("improvement_note")),)


MENU_KINDS: tuple[MenuKind, ...] = ("danger", "help", "unsure", "record")


def place_of(scene: Scene) -> str:
    return scene.incident.caller.place or scene.incident.caller.site or scene.say("place_unknown")
