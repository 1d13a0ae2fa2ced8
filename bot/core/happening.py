"""What happens, in the few words that somebody needs before they go there or telephone."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.facts import FactValue

GRAVEST = (
    "weapon_seen",
    "touched_or_hit",
    "object_thrown_or_damage",
    "threat_of_harm",
    "staff_confined",
    "medical_emergency",
    "suicide_hint",
)
"""Facts that are told by their own name, for the kind of act says too little: a blade shown in silence is an intimidation."""

STANDS_FOR = {
    "weapon_seen": "intimidation",
    "touched_or_hit": "physical_attack",
    "object_thrown_or_damage": "physical_attack",
    "threat_of_harm": "mental_attack",
    "staff_confined": "confinement",
}
"""The act that such a fact says already; it stands beside it only where another fact says it too."""

SAID_TOO = {
    "intimidation": "loud_or_banging",
    "mental_attack": "personal_insult",
    "confinement": "said_to_leave_and_refused",
}

Label = Callable[[str, str], str]
"""Group and code to words."""


def what_happens(label: Label, facts: Mapping[str, FactValue], acts: Sequence[str]) -> list[str]:
    """The gravest facts first, then the kinds of act that they don't say."""
    grave = [fact for fact in GRAVEST if facts.get(fact) == "yes"]
    said = {STANDS_FOR[fact] for fact in grave if fact in STANDS_FOR}
    others = [act for act in acts if act not in said or facts.get(SAID_TOO.get(act, "")) == "yes"]
    return [*(label("facts", fact) for fact in grave), *(label("acts", act) for act in others)]
