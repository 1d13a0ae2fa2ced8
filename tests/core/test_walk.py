"""What holds for every walk through the shipped flow, whatever a person taps in whatever order."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core import walk as machine
from bot.core.effects import CallHelp, Record, Show
from bot.core.events import Answered, AskedAgain, ThingsChanged, WalkEvent, WayTaken, WentBack
from bot.core.facts import DANGER_FACTS, merged
from bot.core.flow import Ask, End
from bot.core.walk import Walk, WalkStep, acts_of, begin, facts_of, level_of, step, suggestion
from tests.core.sampling import NOW, Move, moves, shipped_flow, walk_event

FLOW = shipped_flow()
FEW = settings(max_examples=60, deadline=None)


def steps(played: list[Move]) -> list[tuple[Walk, WalkEvent, WalkStep]]:
    """Each step with the walk before it and the event."""
    walk, taken = begin(FLOW, {}).walk, []
    for move in played:
        event = walk_event(FLOW, walk, move)
        taken.append((walk, event, step(FLOW, walk, event)))
        walk = taken[-1][2].walk
    return taken


def last(played: list[Move]) -> Walk:
    return steps(played)[-1][2].walk if played else begin(FLOW, {}).walk


def answer(walk: Walk, step_id: str, choice: str) -> WalkStep:
    return step(FLOW, walk, Answered(NOW, step_id, choice, walk.revision, walk.flow))


@FEW
@given(moves)
def test_a_person_always_stands_at_a_question_or_an_end_and_sees_a_card(played: list[Move]) -> None:
    for _, _, taken in steps(played):
        assert isinstance(FLOW.steps[taken.walk.at], Ask | End)
        assert any(isinstance(e, Show) for e in taken.effects)


@FEW
@given(moves)
def test_where_they_stand_is_what_a_replay_of_their_answers_gives(played: list[Move]) -> None:
    for _, _, taken in steps(played):
        again = machine._replay(FLOW, taken.walk)
        assert (again.at, again.trail) == (taken.walk.at, taken.walk.trail)


@FEW
@given(moves)
def test_suggestions_are_never_counted(played: list[Move]) -> None:
    walk = last(played)
    bare = replace(walk, kept=(), passed=(), called=(), turn=0)
    assert facts_of(FLOW, bare) == facts_of(FLOW, walk)
    assert acts_of(FLOW, bare) == acts_of(FLOW, walk)
    assert machine._replay(FLOW, bare).at == walk.at


@FEW
@given(moves)
def test_every_fact_and_act_comes_from_an_answer_that_counts(played: list[Move]) -> None:
    walk = last(played)
    given_facts = {f for a in walk.trail for c in _ask(a.step).choices if c.id == a.choice for f in c.facts}
    way_facts = {f for w in walk.ways for f in machine._way_out(FLOW, w).facts}
    assert set(facts_of(FLOW, walk)) <= given_facts | way_facts
    assert set(acts_of(FLOW, walk)) <= {
        act for a in walk.trail for c in _ask(a.step).choices if c.id == a.choice for act in c.acts
    }


def _ask(step_id: str) -> Ask:
    ask = FLOW.ask(step_id)
    assert ask is not None
    return ask


@FEW
@given(moves)
def test_no_answer_calls_for_help_twice_until_things_have_changed(played: list[Move]) -> None:
    for before, event, taken in steps(played):
        calls = [e for e in taken.effects if isinstance(e, CallHelp) and not e.again]
        new = set(taken.walk.called) - set(before.called)
        assert len(calls) <= 1
        assert not calls or new or isinstance(event, ThingsChanged)


@FEW
@given(moves)
def test_only_what_is_new_in_this_step_calls_for_help(played: list[Move]) -> None:
    for before, _, taken in steps(played):
        new = [a for a in taken.walk.trail if a not in before.trail]
        wanted = {c.page for a in new for c in _ask(a.step).choices if c.id == a.choice and c.page}
        end = FLOW.steps[taken.walk.at]
        if isinstance(end, End) and taken.walk.at != before.at:
            wanted |= {end.page} - {""}
        assert wanted or not any(isinstance(e, CallHelp) for e in taken.effects)


@FEW
@given(moves)
def test_going_back_and_asking_again_never_call_for_help(played: list[Move]) -> None:
    for _, event, taken in steps(played):
        if isinstance(event, WentBack | AskedAgain):
            assert not any(isinstance(e, CallHelp) for e in taken.effects)


@FEW
@given(moves)
def test_back_and_the_same_answer_restore_everything(played: list[Move]) -> None:
    walk = last(played)
    taps = [a for a in walk.trail if not a.known]
    assume(taps)
    back = step(FLOW, walk, WentBack(NOW)).walk
    assume(back.at == taps[-1].step)  # a way out may have led elsewhere meanwhile
    assert suggestion(back) == taps[-1].choice
    forth = answer(back, taps[-1].step, taps[-1].choice)
    assume(forth.walk.ways == walk.ways)
    assert (forth.walk.at, forth.walk.trail) == (walk.at, walk.trail)
    assert facts_of(FLOW, forth.walk) == facts_of(FLOW, walk)
    assert not any(isinstance(e, CallHelp) and not e.again for e in forth.effects)


@FEW
@given(moves, st.integers(0, 30), st.integers(0, 4))
def test_a_changed_early_answer_leaves_nothing_of_the_old_one_behind(
    played: list[Move], place: int, number: int
) -> None:
    walk = last(played)
    taps = [a for a in walk.trail if not a.known]
    assume(taps)
    old = taps[place % len(taps)]
    choices = [c.id for c in _ask(old.step).choices if c.id != old.choice]
    changed = answer(walk, old.step, choices[number % len(choices)]).walk
    earlier = taps[: taps.index(old)]
    now = [a for a in changed.trail if not a.known]
    assert now[: len(earlier)] == earlier
    assert [(a.step, a.choice) for a in now[len(earlier) :]] == [(old.step, choices[number % len(choices)])]
    assert old in changed.kept


@FEW
@given(moves)
def test_the_same_answer_tapped_again_changes_nothing(played: list[Move]) -> None:
    walk = last(played)
    for given_answer in [a for a in walk.trail if not a.known]:
        assert answer(walk, given_answer.step, given_answer.choice).walk == walk


@given(moves, st.text(), st.text(), st.integers(-5, 5), st.text())
@FEW
def test_a_button_of_another_flow_or_revision_is_explained(
    played: list[Move], step_id: str, choice: str, revision: int, flow: str
) -> None:
    walk = last(played)
    assume((flow, revision) != (walk.flow, walk.revision))
    taken = step(FLOW, walk, Answered(NOW, step_id, choice, revision, flow))
    assert taken.walk == walk
    assert taken.effects[0] == Show("caller", "notice", "question_over")


@FEW
@given(moves)
def test_danger_is_never_green(played: list[Move]) -> None:
    for _, _, taken in steps(played):
        facts = facts_of(FLOW, taken.walk)
        if any(facts.get(f) == "yes" for f in DANGER_FACTS):
            assert level_of(FLOW, taken.walk) != "green"


@FEW
@given(moves)
def test_when_things_have_changed_nothing_counts_and_everything_is_suggested(played: list[Move]) -> None:
    walk = last(played)
    anew = step(FLOW, walk, ThingsChanged(NOW)).walk
    assert facts_of(FLOW, anew) == {}
    assert anew.at == begin(FLOW, {}).walk.at
    assert {a.step for a in walk.trail if not a.known} <= {a.step for a in anew.kept}


@FEW
@given(moves)
def test_the_turn_rises_whenever_the_place_changes(played: list[Move]) -> None:
    for before, _, taken in steps(played):
        assert taken.walk.turn >= before.turn
        if taken.walk.at != before.at:
            assert taken.walk.turn > before.turn


@FEW
@given(moves)
def test_every_end_that_is_reached_is_recorded_with_its_level(played: list[Move]) -> None:
    for before, _, taken in steps(played):
        end = FLOW.steps[taken.walk.at]
        if isinstance(end, End) and taken.walk.at != before.at:
            assert Record("level", {"level": end.level, "step": end.id}) in taken.effects


def test_what_was_typed_is_not_asked() -> None:
    walk = begin(FLOW, {"weapon_seen": "yes"}).walk
    assert walk.at == "end_red_weapon"
    assert [a.known for a in walk.trail] == [True]


def test_typed_facts_carry_their_acts() -> None:
    walk = begin(FLOW, {"loud_or_banging": "yes", "personal_insult": "yes"}).walk
    assert acts_of(FLOW, walk) == ("mental_attack", "intimidation")


def test_one_answer_does_not_speak_for_another_choice_of_its_question() -> None:
    walk = begin(FLOW, {}).walk
    for choice in ("safe", "other", "demand", "no_fault", "money"):
        walk = answer(walk, walk.at, choice).walk
    assert acts_of(FLOW, walk) == ("money_demand",)


def test_a_way_out_shows_its_card_and_keeps_the_place() -> None:
    walk = begin(FLOW, {}).walk
    taken = step(FLOW, walk, WayTaken(NOW, "our_fault"))
    assert taken.walk.at == walk.at
    assert taken.walk.passed == (FLOW.our_fault.show,)
    assert facts_of(FLOW, taken.walk) == dict(FLOW.our_fault.facts)


def test_unsure_is_always_an_answer() -> None:
    walk = begin(FLOW, {}).walk
    while isinstance(FLOW.steps[walk.at], Ask):
        walk = answer(walk, walk.at, "unsure").walk
    assert level_of(FLOW, walk) == "yellow"


def test_a_number_that_was_told_is_never_lowered_by_an_answer_that_only_names_a_smaller_one() -> None:
    assert merged([{"minutes_elapsed": 70}, {"minutes_elapsed": 30}]) == {"minutes_elapsed": 70}
    assert merged([{"minutes_elapsed": 30}, {"minutes_elapsed": "unknown"}]) == {"minutes_elapsed": 30}
