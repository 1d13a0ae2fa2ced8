"""The codes that stand in records for ever: facts, acts, levels, steps, cautions."""

from collections.abc import Iterable, Mapping
from typing import Literal

Known = Literal["yes", "no", "unknown"]
FactValue = Known | int
"""What is known of one fact; `minutes_elapsed` alone holds a number."""

Facts = Mapping[str, FactValue]

LEVELS = ("red", "orange", "yellow", "green", "care")

ACTS = (
    "physical_attack",
    "mental_attack",
    "intimidation",
    "persistent",
    "confinement",
    "discrimination",
    "sexual",
    "personal_attack",
    "money_demand",
    "apology_demand",
    "unfounded_claim",
    "unrelated_demand",
)

NUMBER_FACTS = ("minutes_elapsed",)

FACTS = (
    "weapon_seen",
    "touched_or_hit",
    "object_thrown_or_damage",
    "threat_of_harm",
    "staff_confined",
    "said_to_leave_and_refused",
    "minutes_elapsed",
    "repeated_contacts",
    "org_at_fault",
    "demand_related_to_service",
    "demand_reasonable",
    "repeated_after_explanation",
    "loud_or_banging",
    "personal_insult",
    "discriminatory_remark",
    "sexual_remark_or_act",
    "filming_staff",
    "sns_threat_or_post",
    "stalking_or_personal_info",
    "asks_dogeza",
    "asks_money",
    "asks_staff_punishment",
    "disability_or_illness_suspected",
    "intoxicated",
    "medical_emergency",
    "suicide_hint",
    "person_still_present",
    "staff_alone",
    "warned_already",
    "other_customers_affected",
    "staff_feels_unsafe",
)

DANGER_FACTS = (
    "weapon_seen",
    "touched_or_hit",
    "object_thrown_or_damage",
    "threat_of_harm",
    "staff_confined",
)
"""A `yes` to any of these may never end in `green`, whatever else was answered."""

STEPS = (
    "get_safe",
    "call_110",
    "call_119",
    "call_backup",
    "switch_person",
    "two_or_more_staff",
    "listen_and_confirm_facts",
    "explain_cannot_comply",
    "warn",
    "set_time_limit",
    "end_call",
    "ask_to_leave",
    "demand_leave_formally",
    "start_recording_with_notice",
    "preserve_evidence",
    "report_supervisor",
    "consult_lawyer",
    "refer_to_other_dept",
    "reasonable_accommodation",
    "aftercare",
    "record_as_opinion",
)

CAUTIONS = (
    "dogeza",
    "promise_money",
    "promise_on_spot",
    "sign_document",
    "go_out_alone",
    "continue_alone",
    "touch_person",
    "argue_back",
    "refuse_to_listen",
    "treat_as_harassment",
    "give_personal_info",
    "chase",
    "delay_emergency_call",
    "dismiss_suicide",
    "ignore_as_prank",
    "reply_on_sns",
    "delete_evidence",
    "blame_staff",
    "reenter",
    "refuse_treatment_on_spot",
    "permanent_ban_on_spot",
    "drive_through",
)


def merged(parts: Iterable[Facts]) -> dict[str, FactValue]:
    """Facts of several answers as one. A later answer has the last word, but `unknown` never hides what was known, and of
    two numbers the larger counts: minutes only grow, and "over 30" doesn't deny 70.
    """
    facts: dict[str, FactValue] = {}
    for part in parts:
        for name, value in part.items():
            known = facts.get(name)
            if isinstance(known, int) and isinstance(value, int):
                facts[name] = max(known, value)
            elif value != "unknown" or known is None:
                facts[name] = value
    return facts


def in_order(codes: Iterable[str], order: tuple[str, ...]) -> tuple[str, ...]:
    """The codes once each, in the order of their list; codes that an organisation added come last."""
    found = set(codes)
    return tuple(c for c in order if c in found) + tuple(sorted(found - set(order)))
