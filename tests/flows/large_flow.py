"""Makes a flow of about two hundred steps, shaped as authors shape them: many kinds of trouble, one common ending."""

from bot.core.facts import DANGER_FACTS
from bot.core.flow import Ask, Choice, Condition, Decide, End, Flow, Guidance, Row, Say, Step, WayOut

KINDS = (
    ("loud_or_banging", "other_customers_affected"),
    ("personal_insult", "discriminatory_remark"),
    ("sexual_remark_or_act", "stalking_or_personal_info"),
    ("filming_staff", "sns_threat_or_post"),
    ("asks_dogeza", "asks_staff_punishment"),
    ("said_to_leave_and_refused", "repeated_contacts"),
    ("asks_money", "demand_related_to_service"),
    ("intoxicated", "warned_already"),
)
PLACES = 4
"""As many as one question can offer."""
COMMON = ("org_at_fault", "demand_reasonable", "repeated_after_explanation", "staff_feels_unsafe")
LEVELS = (("red", "danger"), ("orange", ""), ("yellow", ""), ("green", ""))
HELP = Guidance({"ja": "二人で聞きます。"}, {"ja": "お話をうかがいます"}, steps=("two_or_more_staff",))
CALL = Guidance({"ja": "離れます。"}, {"ja": "失礼します"}, steps=("get_safe", "call_110"))


def large_flow() -> Flow:
    steps: dict[str, Step] = {"danger": _first()}
    for place in range(PLACES):
        steps |= {s.id: s for s in _place(place)}
    steps |= {s.id: s for s in _ending()}
    way = "place_0_say_0"
    return Flow(
        "large",
        {"ja": "大きな流れ"},
        "danger",
        steps,
        our_fault=WayOut({"org_at_fault": "yes"}, way),
        accommodation=WayOut({"disability_or_illness_suspected": "yes"}, way),
    )


def _first() -> Decide:
    rows = tuple(Row("end_red", all=(Condition(name),)) for name in DANGER_FACTS)
    return Decide("danger", rows, "where")


def _place(place: int) -> list[Step]:
    """A place asks for the kind of trouble; each kind has its words, two questions of its own and an end."""
    found: list[Step] = []
    halves = (KINDS[:4], KINDS[4:])
    for half, kinds in enumerate(halves):
        choices = tuple(_choice(f"kind_{n}", f"place_{place}_say_{half * 4 + n}") for n in range(len(kinds)))
        found.append(_ask(f"place_{place}_{half}", choices, "shared_0"))
    for number, (first, second) in enumerate(KINDS):
        name = f"place_{place}_{{}}_{number}".format
        found.append(Say(name("say"), HELP, name("first")))
        found.append(_asserts(name("first"), first, name("weigh")))
        rows = (Row(name("end"), all=(Condition(first), Condition(second))),)
        found.append(Decide(name("weigh"), rows, name("more")))
        found.append(Say(name("more"), HELP, name("second")))
        found.append(_asserts(name("second"), second, "shared_0"))
        found.append(End(name("end"), "orange", {"ja": "続いている"}, HELP))
    return found


def _ending() -> list[Step]:
    """Where; then what every kind is asked; then the level from all that is known."""
    where = tuple(_choice(f"place_{n}", f"hello_{n}") for n in range(PLACES))
    hellos: list[Step] = [Say(f"hello_{n}", HELP, f"half_{n}") for n in range(PLACES)]
    halves: list[Step] = [
        _ask(f"half_{n}", (_choice("one", f"place_{n}_0"), _choice("two", f"place_{n}_1")), "shared_0")
        for n in range(PLACES)
    ]
    shared = [_asserts(f"shared_{n}", name, _after(n)) for n, name in enumerate(COMMON)]
    ends = [
        End(f"end_{code}", code, {"ja": "わけ"}, CALL if code == "red" else HELP, page=page)
        for code, page in LEVELS
    ]
    return [_ask("where", where, "hello_0"), *hellos, *halves, *shared, _level(), *ends]


def _level() -> Decide:
    """Reads nearly everything that was asked, so that nearly nothing can be forgotten on the way."""
    afraid, fair = Condition("staff_feels_unsafe"), Condition("demand_reasonable")
    again, fault = Condition("repeated_after_explanation"), Condition("org_at_fault")
    red = tuple(Row("end_red", all=(afraid, Condition(second, "no"))) for _, second in KINDS)
    orange = tuple(Row("end_orange", all=(Condition(name),)) for pair in KINDS for name in pair)
    green = Row("end_green", all=(fair, Condition("org_at_fault", "no")), none=(again, afraid))
    fixed = Row("end_green", all=(fair, fault), none=(afraid,))
    return Decide("level", (*red, *orange, green, fixed), "end_yellow")


def _after(number: int) -> str:
    return f"shared_{number + 1}" if number + 1 < len(COMMON) else "level"


def _asserts(step: str, name: str, to: str) -> Ask:
    choices = (
        Choice("yes", {"ja": "はい"}, to, {name: "yes"}),
        Choice("no", {"ja": "いいえ"}, to, {name: "no"}),
    )
    return Ask(step, {"ja": "続いていますか"}, choices, to)


def _choice(name: str, to: str) -> Choice:
    return Choice(name, {"ja": "これ"}, to)


def _ask(step: str, choices: tuple[Choice, ...], unsure: str) -> Ask:
    return Ask(step, {"ja": "どれですか"}, choices, unsure)
