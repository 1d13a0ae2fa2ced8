"""What a call to 110 or 119 needs to say, in the order in which one speaks, short enough to be read aloud by a colleague."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from bot.core.buttons import Menu, Sight, SightTap, encode
from bot.core.effects import Show
from bot.core.emergency import calls_of
from bot.core.facts import FactValue
from bot.core.flow import End
from bot.core.happening import what_happens
from bot.core.matter import minutes_open
from bot.core.messages import Button, Card
from bot.core.scene import Scene
from bot.core.walk import acts_of, facts_of

Row = tuple[str, str]

WHAT = (
    "medical_emergency",
    "suicide_hint",
    "touched_or_hit",
    "object_thrown_or_damage",
    "threat_of_harm",
    "staff_confined",
    "sexual_remark_or_act",
    "stalking_or_personal_info",
    "said_to_leave_and_refused",
    "intoxicated",
)
"""Facts that say in a few words what happens; the weapon has a line of its own."""

WHAT_SHOWN = 3
AWAY = ("visit", "street")
"""Flows of staff who are not on their own premises."""

APART = ("phone", "online")
"""Flows in which the other person is somewhere else: what happens there is told with where they are."""

WORTH_SAYING = timedelta(minutes=2)
"""Danger that began this long after the first tap has a time of its own."""

ASKED: Mapping[str, tuple[Sight, Sight]] = {"call_110": ("hurt", "here"), "call_119": ("awake", "breathing")}


def police(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A card for each call that the level names, the one for life first."""
    return tuple(_card(scene, call) for call in calls_of(scene.flow, scene.incident))


def _card(scene: Scene, call: str) -> Card:
    is_callers = scene.reader == scene.incident.caller.person
    first = scene.say("police_drill") if scene.incident.drill else scene.say(f"police_first_{call}")
    return Card(
        scene.say("alt_neutral") if is_callers else scene.say("page_alt", place=_counter(scene)),
        scene.say(f"police_title_{call}"),
        (first,),
        facts=_for_police(scene) if call == "call_110" else _for_ambulance(scene),
        actions=tuple(_sight(scene, sight, yes) for sight in ASKED[call] for yes in (True, False)),
        bottom=(Button(scene.say("way_help"), encode(Menu("help"))),) if is_callers else (),
        note=scene.say("police_not_urgent") if call == "call_110" else "",
    )


def _for_police(scene: Scene) -> tuple[Row, ...]:
    facts = facts_of(scene.flow, scene.incident.walk)
    return (
        (scene.say("police_what"), _what(scene, facts)),
        (scene.say("police_when"), _when(scene)),
        *_where(scene),
        (scene.say("police_weapon"), scene.say(f"police_weapon_{facts.get('weapon_seen', 'unknown')}")),
        (scene.say("police_injury"), _hurt(scene, facts)),
        (scene.say("police_who"), _who(scene, facts)),
        (scene.say("police_phone"), _phone(scene)),
    )


def _for_ambulance(scene: Scene) -> tuple[Row, ...]:
    facts = facts_of(scene.flow, scene.incident.walk)
    return (
        *_where(scene),
        (scene.say("police_what"), _what(scene, facts)),
        *((scene.say(f"police_{sight}"), _seen(scene, sight)) for sight in ASKED["call_119"]),
        (scene.say("police_when"), _when(scene)),
        *(((scene.say("police_door"), _door(scene)),) if _whose_place(scene) != "theirs" else ()),
        (scene.say("police_phone"), _phone(scene)),
    )


def _what(scene: Scene, facts: Mapping[str, FactValue]) -> str:
    told = [scene.label("facts", fact) for fact in WHAT if facts.get(fact) == "yes"]
    told = told or what_happens(scene.label, facts, acts_of(scene.flow, scene.incident.walk))
    unknown = "police_what_danger" if scene.incident.danger else "page_nothing_yet"
    return scene.say("and").join(told[:WHAT_SHOWN]) or scene.say(unknown)


def _when(scene: Scene) -> str:
    """Since the first tap; and since when there is danger, where that came later."""
    incident, minutes = scene.incident, minutes_open(scene.incident, scene.now)
    began = scene.say("police_minutes", minutes=minutes) if minutes else scene.say("police_now")
    if incident.danger is None or incident.danger - incident.opened < WORTH_SAYING:
        return began
    since = max(0, int((scene.now - incident.danger).total_seconds() // 60))
    return scene.say("police_danger_since", began=began, minutes=since)


def _whose_place(scene: Scene) -> Literal["ours", "around", "theirs"]:
    """Where help is to come. Of the telephone it is ours only where somebody threatens to come."""
    walk = scene.incident.walk
    if walk.flow in AWAY:
        return "around"
    is_known = isinstance(scene.flow.steps.get(walk.at), End)
    comes_here = facts_of(scene.flow, walk).get("threat_of_harm") == "yes"
    return "theirs" if walk.flow in APART and is_known and not comes_here else "ours"


def _where(scene: Scene) -> tuple[Row, ...]:
    """Our own address only where help is needed there: the wrong one would send it to the wrong place."""
    place = _whose_place(scene)
    if place != "ours":
        return ((scene.say("police_where"), scene.say(f"police_where_{place}")),)
    known, site = scene.premises, scene.incident.caller.site
    address = known.address or scene.say("police_address_ask", site=site).strip()
    near = scene.say("police_landmark", landmark=known.landmark) if known.landmark else ""
    floor = known.floors.get(scene.incident.caller.place, "")
    door = scene.say("police_from", entrance=known.entrance) if known.entrance else ""
    inside = " ".join(filter(None, (site if known.address else "", floor, _counter(scene), door)))
    return ((scene.say("police_where"), address + near), (scene.say("police_floor"), inside))


def _counter(scene: Scene) -> str:
    return scene.incident.caller.place or scene.incident.caller.site or scene.say("place_unknown")


def _hurt(scene: Scene, facts: Mapping[str, FactValue]) -> str:
    seen = dict(scene.incident.seen).get("hurt")
    if seen is None and facts.get("medical_emergency") == "yes":
        return scene.say("police_hurt_likely")
    return _seen(scene, "hurt")


def _who(scene: Scene, facts: Mapping[str, FactValue]) -> str:
    """What the other person looks like is asked; whether they are still there may be known."""
    there = dict(scene.incident.seen).get("here")
    is_gone = facts.get("person_still_present") == "no" if there is None else not there
    return scene.say("police_who_gone" if is_gone else "police_who_here")


def _seen(scene: Scene, sight: Sight) -> str:
    seen = dict(scene.incident.seen).get(sight)
    return scene.say("police_ask" if seen is None else f"sight_{sight}_{'yes' if seen else 'no'}")


def _door(scene: Scene) -> str:
    """Somebody waits at the entrance: whoever is there or near already."""
    incident, alert = scene.incident, scene.incident.alert
    near = [p.name for p in (*alert.arrived(), *alert.on_the_way(), *alert.watching())] if alert else []
    near += [w.name for w in incident.witnesses]
    ours = scene.premises.entrance if _whose_place(scene) == "ours" else ""
    door = ours or scene.say("police_entrance")
    return scene.say("police_door_by", entrance=door, name=near[0]) if near else door


def _phone(scene: Scene) -> str:
    ours = scene.premises.phone if _whose_place(scene) != "around" else ""
    return " ".join((ours or scene.say("police_this_phone"), scene.incident.caller.name))


def _sight(scene: Scene, sight: Sight, yes: bool) -> Button:
    label = scene.say(f"sight_tap_{sight}_{'yes' if yes else 'no'}")
    return Button(label, encode(SightTap(scene.incident.id, sight, yes)))
