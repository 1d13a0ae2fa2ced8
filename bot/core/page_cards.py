"""The responder's card and the room's: who, where, how long, alone or not, in one glance; then going or not."""

from datetime import datetime

from bot.core.alert import Alert, Page
from bot.core.buttons import Reply, ReplyTap, encode
from bot.core.effects import Record, Show
from bot.core.flow import End
from bot.core.happening import what_happens
from bot.core.incident import minutes_open
from bot.core.messages import Button, Card
from bot.core.scene import Scene
from bot.core.status_cards import reach
from bot.core.walk import acts_of, facts_of

OTHERS_SHOWN = 2

ETA_MINUTES = (0, 1, 3, 5)


def page(scene: Scene, show: Show) -> tuple[Card, ...]:
    """What a paged person sees: the call, and what they or others have answered to it."""
    alert = scene.incident.alert
    mine = alert.page_of(scene.reader) if alert else None
    if alert is None or mine is None:
        return ()
    said = _what_is_true(scene, alert, mine)
    card = Card(
        alt=scene.say("page_alt", place=_place(scene)),
        title=_second_line(scene),
        body=(_first_line(scene, alert, mine.tries), *_warnings(scene, alert), *said),
        facts=(*_so_far(scene), *_others(scene, alert)),
        choices=_choices(scene, alert, mine),
        actions=_actions(scene, alert, mine),
    )
    return (card,)


def thread(scene: Scene, show: Show) -> tuple[Card, ...]:
    """The room's copy: the state of the call, with buttons that only those who were paged can use."""
    alert = scene.incident.alert
    if alert is None:
        return ()
    card = Card(
        alt=scene.say("page_alt", place=_place(scene)),
        title=_second_line(scene),
        body=(_first_line(scene, alert), *_taken(scene, alert)),
        facts=(*_so_far(scene), *((p.name, reach(scene, p)) for p in alert.pages)),
        choices=(_button(scene, "coming", "reply_coming"), _button(scene, "declined", "reply_declined"))
        if alert.is_open
        else (),
        note=scene.say("thread_note") if alert.is_open else _ending(scene, alert),
    )
    return (card,)


def stood_down(scene: Scene, show: Show) -> tuple[Card, ...]:
    """Nobody needs to come any more."""
    alert = scene.incident.alert
    body = (_ending(scene, alert) if alert else scene.say("stood_down_closed", place=_place(scene)),)
    return (Card(alt=scene.say("page_alt", place=_place(scene)), body=body),)


def _ending(scene: Scene, alert: Alert) -> str:
    if alert.state == "cancelled" and scene.incident.is_open:
        return scene.say("stood_down_cancelled", place=_place(scene), caller=scene.incident.caller.name)
    if scene.incident.is_open:
        return ""
    return scene.say("stood_down_closed", place=_place(scene))


def _warnings(scene: Scene, alert: Alert) -> tuple[str, ...]:
    """What changes how one goes there."""
    if not alert.is_open and alert.state != "arrived":
        return ()
    forced = (scene.say("page_duress"),) if alert.duress else ()
    silent = (scene.say("page_silent", time=scene.clock(alert.silent)),) if alert.silent else ()
    return (*forced, *silent)


def _first_line(scene: Scene, alert: Alert, tries: int = 1) -> str:
    key = "kind_repeat" if tries > 1 and alert.kind == "standard" else f"kind_{alert.kind}"
    return scene.say(
        "page_first", place=_place(scene), caller=scene.incident.caller.name, kind=scene.say(key)
    )


def _second_line(scene: Scene) -> str:
    alert = scene.incident.alert
    alone = facts_of(scene.flow, scene.incident.walk).get("staff_alone", "unknown")
    if scene.incident.witnesses or (alert and alert.watching()):
        alone = "no"
    return scene.say(
        "page_second", minutes=minutes_open(scene.incident, scene.now), alone=scene.say(f"alone_{alone}")
    )


def _place(scene: Scene) -> str:
    return scene.incident.caller.place or scene.incident.caller.site or scene.say("place_unknown")


def _what_is_true(scene: Scene, alert: Alert, mine: Page) -> tuple[str, ...]:
    at = scene.clock(mine.since or mine.at)
    match mine.reach:
        case "coming" if mine.handing_to:
            other = alert.page_of(mine.handing_to)
            return (scene.say("page_mine_handing", name=other.name if other else ""),)
        case "coming" if mine.minutes == 0:
            return (scene.say("page_mine_coming_now", time=at),)
        case "coming" if mine.minutes:
            return (scene.say("page_mine_coming_in", time=at, minutes=mine.minutes),)
        case "arrived" if alert.is_open:
            caller = scene.incident.caller.name
            return (scene.say("page_mine_claimed", time=at, caller=caller),)
        case "coming" | "arrived":
            return (scene.say(f"page_mine_{mine.reach}", time=at),)
        case "declined" if not alert.responders():
            return (scene.say("page_mine_declined"),)
        case _:
            return _taken(scene, alert)


def _taken(scene: Scene, alert: Alert) -> tuple[str, ...]:
    arrived = tuple(p for p in alert.responders() if p.reach == "arrived")
    going = arrived or alert.on_the_way()
    if not going:
        return ()
    key = "page_arrived" if arrived else "page_taken"
    names = "、".join(p.name for p in going)
    return (scene.say(key, names=names, time=scene.clock(going[0].since or going[0].at)),)


def _so_far(scene: Scene) -> tuple[tuple[str, str], ...]:
    """How bad: what was said so far, the gravest first; the working level once there is one."""
    walk = scene.incident.walk
    here = scene.flow.steps.get(walk.at)
    told = what_happens(scene.label, facts_of(scene.flow, walk), acts_of(scene.flow, walk))
    words = "・".join(told) or scene.say("page_nothing_yet")
    level = ((scene.say("page_level"), scene.label("levels", here.level)),) if isinstance(here, End) else ()
    return ((scene.say("page_acts"), words), *level, *_hurt(scene))


def _hurt(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Whoever goes there brings what is needed."""
    seen = dict(scene.incident.seen)
    is_hurt = seen.get("hurt") is True or False in (seen.get("awake"), seen.get("breathing"))
    return ((scene.say("police_injury"), scene.say("sight_hurt_yes")),) if is_hurt else ()


def _others(scene: Scene, alert: Alert) -> tuple[tuple[str, str], ...]:
    """Who else was called. More than two would push the buttons off the screen: then only who has answered, and a count."""
    others = [p for p in alert.pages if p.person != scene.reader]
    if len(others) <= OTHERS_SHOWN:
        return tuple((p.name, reach(scene, p)) for p in others)
    answered = [p for p in others if p.reach != "paged"][:OTHERS_SHOWN]
    silent = len(others) - len(answered)
    rest = ((scene.say("page_others"), scene.say("page_others_count", count=silent)),) if silent else ()
    return (*((p.name, reach(scene, p)) for p in answered), *rest)


def _choices(scene: Scene, alert: Alert, mine: Page) -> tuple[Button, ...]:
    """Two buttons first; once going, the time."""
    if not alert.is_open or mine.reach == "arrived":
        return ()
    if mine.reach == "coming":
        return tuple(
            Button(
                scene.say("reply_minutes", minutes=n) if n else scene.say("reply_now"),
                encode(ReplyTap(scene.incident.id, "eta", n)),
            )
            for n in ETA_MINUTES
        )
    going = "reply_coming_too" if alert.responders() else "reply_coming"
    buttons = (_button(scene, "coming", going, primary=True),)
    return buttons if mine.reach == "declined" else (*buttons, _button(scene, "declined", "reply_declined"))


def _actions(scene: Scene, alert: Alert, mine: Page) -> tuple[Button, ...]:
    more = (_button(scene, "more", "reply_more_people"), _button(scene, "police", "reply_police"))
    if mine.reach == "coming" and alert.is_open:
        own = (_button(scene, "arrived", "reply_arrived"), _button(scene, "undo", "reply_undo"))
        return (*own, _button(scene, "hand_over", "reply_hand_over"), *more)
    if mine.reach == "arrived" and scene.incident.is_open:
        return more if alert.is_open else (*more, _button(scene, "finished", "reply_finished"))
    if not alert.is_open or mine.reach in ("coming", "arrived"):
        return ()
    opened = (_button(scene, "seen", "reply_more"),) if mine.reach == "paged" else ()
    return opened if mine.watching else (*opened, _button(scene, "watching", "reply_watching"))


def _button(scene: Scene, reply: Reply, key: str, primary: bool = False) -> Button:
    return Button(scene.say(key), encode(ReplyTap(scene.incident.id, reply)), primary)


THREAD_KINDS = (
    "help_requested", "joined", "place", "paged", "watching", "coming", "handed_over", "declined", "arrived", "settled",
    "caller_arrived", "not_yet", "ran_out", "silent", "sign_of_life", "more_people", "counted", "level", "cancelled",
    "closed", "page_failed",
)  # fmt: skip
"""The journal entries that a room's thread tells, one line each."""


def thread_line(scene: Scene, record: Record, at: datetime) -> str:
    """One line for the room's thread, or empty for what is nobody else's business."""
    if record.kind not in THREAD_KINDS:
        return ""
    alert = scene.incident.alert
    page = alert.page_of(str(record.data.get("person", ""))) if alert else None
    mark = scene.say("drill") if scene.incident.drill else ""
    return mark + scene.say(
        "thread_coming_in"
        if record.kind == "coming" and record.data.get("minutes")
        else f"thread_{record.kind}",
        time=scene.clock(at),
        name=_who(scene, page, str(record.data.get("person", ""))),
        place=record.data.get("place", ""),
        counter=scene.say(f"counter_{record.data['counter']}") if "counter" in record.data else "",
        count=record.data.get("count", ""),
        level=scene.label("levels", str(record.data.get("level", ""))),
        minutes=record.data.get("minutes", ""),
    )


def _who(scene: Scene, page: Page | None, person: str) -> str:
    witness = scene.incident.witness(person)
    return page.name if page else witness.name if witness else scene.incident.caller.name
