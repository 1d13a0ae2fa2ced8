"""The caller's card: who was called and when, who has seen it, who is coming, and what the caller can say to it."""

from datetime import timedelta

from bot.core.alert import Alert, Page
from bot.core.buttons import CallerTap, CallerWord, Menu, ReplyTap, encode
from bot.core.effects import Show
from bot.core.emergency import calls_of
from bot.core.messages import Button, Card
from bot.core.scene import Scene

NAMES_SHOWN = 3

AT_ONCE = timedelta(minutes=1)
"""So long 今すぐ is said of somebody who said it; after that only that they are on the way."""


def status(scene: Scene, show: Show) -> tuple[Card, ...]:
    """Certain where we are ("向かっています"), honest where we aren't ("まだ見ていません")."""
    alert = scene.incident.shown_alert
    if alert is None:
        return ()
    card = Card(
        alt=scene.say("alt_neutral"),
        title=scene.say("title_open", minutes=_minutes(scene)),
        body=(headline(scene, alert), *_watching(scene, alert)),
        facts=tuple((p.name, reach(scene, p)) for p in alert.pages),
        choices=tuple(_button(scene, word) for word in _words(alert)),
        actions=(police_button(scene),) if _is_danger(alert) else (),
        bottom=(Button(scene.say("way_help"), encode(Menu("help"))),) if not alert.is_open else (),
    )
    return (card,)


def witness(scene: Scene, show: Show) -> tuple[Card, ...]:
    """A colleague's copy of the caller's card: they called from the same place, and can call for more."""
    alert = scene.incident.alert
    if alert is None:
        return ()
    if not scene.incident.is_open:
        place = scene.incident.caller.place or scene.incident.caller.site or scene.say("place_unknown")
        return (Card(scene.say("alt_neutral"), body=(scene.say("stood_down_closed", place=place),)),)
    first = scene.say("witness_first", caller=scene.incident.caller.name)
    card = Card(
        alt=scene.say("alt_neutral"),
        title=scene.say("title_open", minutes=_minutes(scene)),
        body=(first, headline(scene, alert)),
        facts=tuple((p.name, reach(scene, p)) for p in alert.pages),
        actions=(_police_for_a_colleague(scene),) if _is_danger(alert) else (),
        bottom=tuple(Button(scene.say(f"menu_{k}"), encode(Menu(k))) for k in ("danger", "help")),
    )
    return (card,)


def police_button(scene: Scene) -> Button:
    """The caller's way to what 110 or 119 asks for: named after the number that comes first."""
    is_for_life = calls_of(scene.flow, scene.incident)[0] == "call_119"
    label = scene.say("say_ambulance" if is_for_life else "say_police")
    return Button(label, encode(CallerTap(scene.incident.id, "police")))


def _police_for_a_colleague(scene: Scene) -> Button:
    return Button(scene.say("reply_police"), encode(ReplyTap(scene.incident.id, "police")))


def _is_danger(alert: Alert) -> bool:
    return alert.kind == "danger" and alert.state not in ("cancelled", "closed")


def check(scene: Scene, show: Show) -> tuple[Card, ...]:
    """まだ大丈夫?, in words that say nothing to whoever looks over the shoulder."""
    ok = Button(scene.say("say_ok"), encode(CallerTap(scene.incident.id, "ok")), primary=True)
    help_ = Button(scene.say("way_help"), encode(Menu("help")))
    return (Card(scene.say("alt_neutral"), body=(scene.say("check"),), choices=(ok, help_)),)


def cancel_check(scene: Scene, show: Show) -> tuple[Card, ...]:
    """The two answers look the same afterwards."""
    return (
        Card(
            scene.say("alt_neutral"),
            title=scene.say("title_open", minutes=_minutes(scene)),
            body=(scene.say("cancel_check"),),
            choices=(_button(scene, "stop"), _button(scene, "stop_fine")),
        ),
    )


def _watching(scene: Scene, alert: Alert) -> tuple[str, ...]:
    """That they are not alone is worth a line of its own, while nobody stands beside them yet."""
    names = [p.name for p in alert.watching()] + [w.name for w in scene.incident.witnesses]
    is_worth_it = names and alert.state in ("calling", "coming", "claimed")
    return (scene.say("status_watched", names="、".join(names[:NAMES_SHOWN])),) if is_worth_it else ()


def headline(scene: Scene, alert: Alert) -> str:
    """The one sentence that says how the call for help stands."""
    if alert.state == "cancelled":
        return scene.say("status_cancelled")
    if alert.state == "claimed":
        return scene.say("status_claimed", names=_names(alert.arrived()))
    if alert.state in ("arrived", "closed"):
        names = _names([p for p in alert.responders() if p.reach == "arrived"])
        return scene.say("status_arrived", names=names) if names else scene.say("status_arrived_unnamed")
    if alert.on_the_way():
        return _coming(scene, alert.on_the_way())
    called = [p for p in alert.pages if p.reach in ("paged", "seen")]
    if not called:
        return scene.say("status_nobody")
    newest = max(p.at for p in called)
    names, time = _names([p for p in called if p.at == newest]), scene.clock(newest)
    if alert.tier == 0:
        return scene.say(_calling_key(alert), names=names, time=time)
    return _wider(scene, alert, names, time)


def in_short(scene: Scene) -> str:
    """Who was called or has answered, in words that stay true where the message can't be edited; empty without a call."""
    alert = scene.incident.shown_alert
    if alert is None or not alert.is_open:
        return ""
    if alert.state == "claimed":
        return scene.say("title_claimed", names=_names(alert.arrived()))
    if alert.on_the_way():
        return scene.say("title_answered", names=_names(alert.on_the_way()))
    called = [p for p in alert.pages if p.reach in ("paged", "seen")]
    return scene.say("title_called", names=_names(called)) if called else ""


def _calling_key(alert: Alert) -> str:
    if alert.kind == "danger":
        return "status_calling_danger"
    return "off_duty" if alert.plan.off_duty else "status_calling"


def _wider(scene: Scene, alert: Alert, names: str, time: str) -> str:
    """Why the next ones were called: a person said no, or wasn't reached, or nobody has answered yet."""
    for reach_ in ("declined", "unreachable"):
        gone = [p for p in alert.pages if p.reach == reach_]
        if gone:
            return scene.say(f"status_wider_{reach_}", gone=_names(gone), names=names)
    return scene.say("status_wider", names=names, time=time)


def reach(scene: Scene, page: Page) -> str:
    """What became of the page to one person, in a few words."""
    at = scene.clock(page.since or page.at)
    match page.reach:
        case "paged" if page.tries > 1:
            return scene.say("reach_paged_again", time=scene.clock(page.at), tries=page.tries)
        case "paged":
            return scene.say("reach_paged", time=scene.clock(page.at))
        case "seen" | "coming" | "arrived":
            return scene.say(f"reach_{page.reach}", time=at)
        case _:
            return scene.say(f"reach_{page.reach}")


def _coming(scene: Scene, coming: tuple[Page, ...]) -> str:
    """With the minutes of whoever is expected first, if they named any and these aren't over."""
    names = _names(coming)
    named = [p.expected - scene.now for p in coming if p.minutes is not None and p.expected]
    if any(p.minutes == 0 for p in coming) and min(named) > -AT_ONCE:
        return scene.say("status_coming_now", names=names)
    minutes = -(-int(min(named).total_seconds()) // 60) if named else 0
    if minutes <= 0:
        return scene.say("status_coming_late", names=names)
    return scene.say("status_coming", names=names, minutes=minutes)


def _names(pages: tuple[Page, ...] | list[Page]) -> str:
    names = [p.name for p in pages]
    shown = "、".join(names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} +{len(names) - NAMES_SHOWN}"


def _words(alert: Alert) -> tuple[CallerWord, ...]:
    match alert.state:
        case "calling" | "coming" | "claimed":
            return ("arrived", "not_yet", "fine")
        case "arrived":
            return ("not_yet", "finished")
        case _:
            return ()


def _button(scene: Scene, word: CallerWord) -> Button:
    key = "way_finished" if word == "finished" else f"say_{word}"
    return Button(scene.say(key), encode(CallerTap(scene.incident.id, word)))


def _minutes(scene: Scene) -> int:
    return max(0, int((scene.now - scene.incident.opened).total_seconds() // 60))
