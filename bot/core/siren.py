"""What a machine is told of a call for help (a security desk, a lamp, a siren): codes, and nobody's name."""

from collections.abc import Sequence

from bot.core.effects import Record
from bot.core.incident import Incident
from bot.core.messages import Card

CHANGES = (
    "help_requested", "paged", "coming", "declined", "undone", "ran_out", "not_yet", "arrived", "settled", "caller_arrived",
    "silent", "duress", "cancelled", "closed",
)  # fmt: skip
"""The journal entries after which a call may stand otherwise than before."""


def tells_the_siren(incident: Incident, records: Sequence[Record]) -> bool:
    """Once a tier with a siren has been reached, every change of the call is told, to its end; also of a call that has
    become graver since, and so begins again below that tier."""
    alert = incident.alert
    if alert is None or not any(record.kind in CHANGES for record in records):
        return False
    return alert.siren or any(tier.siren for tier in alert.plan.tiers[: alert.tier + 1])


def signal(incident: Incident) -> Card:
    """The call as codes, in the form of a card: its facts are the fields of the message. 着いた alone isn't there yet."""
    alert = incident.alert
    assert alert is not None, "only a call is told"
    state = "coming" if alert.state == "claimed" else alert.state
    facts = (
        ("kind", alert.kind),
        ("site", incident.caller.site),
        ("place", incident.caller.place),
        ("state", state),
        ("drill", "yes" if incident.drill else "no"),
    )
    return Card(alt=state, facts=facts)
