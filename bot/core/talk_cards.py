"""Small cards between people: a few words, whom to ask to go instead, and what a call to 110 needs to say."""

from bot.core.buttons import Menu, ReplyTap, encode
from bot.core.effects import Show
from bot.core.limits import COUNTS, RUNGS
from bot.core.matter import minutes_open
from bot.core.messages import MAX_CHOICES, Button, Card
from bot.core.reinforcing import candidates
from bot.core.scene import Scene
from bot.core.walk import acts_of, facts_of


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


def police(scene: Scene, show: Show) -> tuple[Card, ...]:
    """What a call to 110 is asked for, in the order in which it is asked; what isn't known is asked of the caller."""
    incident = scene.incident
    alert = incident.alert
    facts = facts_of(scene.flow, incident.walk)
    happened = "・".join(scene.label("acts", a) for a in acts_of(scene.flow, incident.walk))
    weapon = scene.say(f"police_weapon_{facts.get('weapon_seen', 'unknown')}")
    site = " ".join(filter(None, (incident.caller.site, incident.caller.place)))
    there = "、".join(p.name for p in alert.arrived()) if alert else ""
    rows = (
        (scene.say("police_what"), happened or scene.say("page_nothing_yet")),
        (scene.say("police_when"), scene.say("police_minutes", minutes=minutes_open(incident, scene.now))),
        (scene.say("police_where"), site or scene.say("place_unknown")),
        (scene.say("police_weapon"), weapon),
        (scene.say("police_who"), scene.say("police_ask")),
        (scene.say("police_injury"), scene.say("police_ask")),
        (scene.say("police_there"), there or incident.caller.name),
    )
    body = (scene.say("police_first"),)
    return (Card(scene.say("page_alt", place=place_of(scene)), scene.say("police_title"), body, facts=rows),)


def limit(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A limit of the organisation's own: what may be done now, who decides it, and what comes next."""
    name = show.key if show.key in LIMITS else LIMITS[0]
    number = show.args.get("number", "0")
    is_caller = scene.reader == scene.incident.caller.person
    rows = (
        (scene.say("level_decider"), scene.say(f"limit_decider_{name}")),
        (scene.say("limit_next"), scene.say(f"limit_next_{name}")),
    )
    return (
        Card(
            scene.say("alt_neutral") if is_caller else scene.say("page_alt", place=place_of(scene)),
            scene.say("title_open", minutes=minutes_open(scene.incident, scene.now)),
            (scene.say(f"limit_{name}", number=number),),
            facts=rows,
            bottom=(Button(scene.say("way_help"), encode(Menu("help"))),) if is_caller else (),
        ),
    )


LIMITS = (*RUNGS, *COUNTS.values())


def place_of(scene: Scene) -> str:
    return scene.incident.caller.place or scene.incident.caller.site or scene.say("place_unknown")
