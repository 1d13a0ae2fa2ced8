"""The process is killed between any two writes of a turn, and another finishes: nothing half done, lost or doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from bot.app.shelf import Shelf
from bot.app.wording import load_words
from bot.config import CONTENT
from bot.core.figures import figures_of
from bot.wiring.parts import Stores
from tests.end_to_end.cast import POLICY
from tests.end_to_end.phones import Phone, SlackPhone
from tests.end_to_end.scenes import ALWAYS, Scene, figures, phone, scene
from tests.end_to_end.stack import Stack, eventually
from tests.faults.crashing import Crashing, crashing
from tests.faults.gates import COMMIT, Moment

pytestmark = [pytest.mark.crash, pytest.mark.timeout(150)]

LEASE_IS_OVER = 4.0
"""Seconds after which workers may take what the process that committed has left; people wait five at most."""

MOST_REQUESTS = 40


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    with crashing(tmp_path_factory.mktemp("crashing")) as town:
        town.start_worker()
        yield town


@dataclass(frozen=True)
class TurnUnderTest:
    """`act` gives the event's id, by which LINE sends it again. `check` looks when all is quiet."""

    chief: str
    prepare: Callable[[Scene], None]
    act: Callable[[Scene], str]
    check: Callable[[Scene], None]


def nothing(s: Scene) -> None:
    """The turn begins from nothing."""


def calls_help(s: Scene) -> str:
    return str(s.caller.asks("help")["event_id"])


def help_is_called_once(s: Scene) -> None:
    assert s.kinds() == ["opened", "help_requested", "paged"]
    assert once(s.caller, "応援を呼びました")
    chief_on_line = phone(s.stack, s.site.chief, "line")
    assert once(chief_on_line, "さん・応援")
    assert s.chief.sees("さん・応援")


def has_called_help(s: Scene) -> None:
    s.caller.asks("help")
    s.chief.waits_for_button("向かう")
    s.caller.waits_for("応援を呼びました")
    s.stack.settles()


def says_coming(s: Scene) -> str:
    return str(s.chief.tap(s.chief.button("向かう"))["event_id"])


def one_is_coming(s: Scene) -> None:
    assert s.kinds() == ["opened", "help_requested", "paged", "coming"]
    assert once(s.caller, f"{s.chief_name}が向かっています")
    assert once(s.chief, "あなたが向かっています")


def types_words(s: Scene) -> str:
    return str(s.caller.types("まだ怒鳴っています")["event_id"])


def the_words_are_kept_once(s: Scene) -> None:
    assert [entry.data for entry in s.journal() if entry.kind == "note"] == [{"words": "まだ怒鳴っています"}]
    assert once(s.caller, "書きとめました")


TURNS = {
    "help": TurnUnderTest("both", nothing, calls_help, help_is_called_once),
    "coming": TurnUnderTest("line", has_called_help, says_coming, one_is_coming),
    "words": TurnUnderTest("line", has_called_help, types_words, the_words_are_kept_once),
}


def once(who: Phone, words: str) -> bool:
    return len(who.all_with(words)) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", TURNS)
def test_a_turn_that_dies_at_any_request_is_finished_by_others(
    town: Crashing, name: str, moment: Moment
) -> None:
    died_at: list[str] = []
    for number in range(1, MOST_REQUESTS):
        kind = dies_at(town, TURNS[name], moment, number)
        if not kind:
            break
        died_at.append(kind)
    assert COMMIT in died_at
    assert any("/play/line/" in kind for kind in died_at)
    assert figures_agree(town.stack)


def dies_at(town: Crashing, turn: TurnUnderTest, moment: Moment, number: int) -> str:
    """Plays the turn with people of its own; the kind of the request at which the process died, if it got so far."""
    s = scene(town.stack, chief=turn.chief)
    town.has_web()
    turn.prepare(s)
    fuse = town.web_gates.fuse
    fuse.arm(town.web, moment, number)
    event = turn.act(s)
    eventually(
        lambda: fuse.blown.is_set() or town.stack.unsent() == 0, "the end of the turn, or of the process"
    )
    fuse.disarm()
    died = fuse.seen[number - 1] if fuse.blown.is_set() else ""
    if died:
        others_take_over(town, event)
    turn.check(s)
    is_taken_back(s)
    return died


def others_take_over(town: Crashing, event: str) -> None:
    """A worker as soon as it may; then a new web process, and LINE, which got no 200, sends the event again."""
    town.stack.play.advance(LEASE_IS_OVER)
    town.stack.settles()
    town.start_web()
    town.stack.play.post("redeliver", platform="line", event_id=event)
    town.stack.settles()
    assert dead_letters(town.stack) == 0


def is_taken_back(s: Scene) -> None:
    """So that this call's timers are none of the next case's business; and the incident can still be used."""
    s.caller.presses("もう大丈夫")
    s.caller.waits_for("応援を止めました")
    s.stack.settles()


def dead_letters(stack: Stack) -> int:
    async def count(stores: Stores) -> int:
        return len(await stores.queue.dead_letters())

    return stack.read(count)


def figures_agree(stack: Stack) -> bool:
    """The counters are what one gets by counting every incident again."""

    async def count(stores: Stores) -> tuple[set[str], Mapping[str, int]]:
        shelf = Shelf(stores.library, stores.directory, stores.rotas, load_words(CONTENT), POLICY)
        total: Counter[str] = Counter()
        days: set[str] = set()
        for incident in await stores.records.incidents(*ALWAYS):
            flow = await shelf.flow(incident.walk.flow, incident.walk.revision)
            total.update(figures_of(incident, flow))
            days.add(incident.opened.astimezone(shelf.zone).date().isoformat())
        return days, total

    days, counted = stack.read(count)
    kept = {name: n for name, n in figures(stack, sorted(days)).items() if n}
    assert kept == {name: n for name, n in counted.items() if n}
    return True


def test_killed_right_after_the_commit_the_caller_is_answered_and_the_page_sent_within_five_seconds(
    town: Crashing,
) -> None:
    s = scene(town.stack, chief="slack")
    town.has_web()
    town.web_gates.fuse.arm(town.web, "after", kind=COMMIT)
    begun = time.monotonic()
    s.caller.asks("help")
    assert town.web_gates.fuse.blown.is_set()
    s.chief.waits_for("さん・応援", patience=5)
    s.caller.waits_for("応援を呼びました", patience=5)
    assert time.monotonic() - begun < 5
    town.start_web()
    is_taken_back(s)


def test_a_worker_killed_between_claim_and_send_is_replaced_and_the_page_goes_out_once(
    town: Crashing,
) -> None:
    s = scene(town.stack, chief="both")
    town.kill_worker()
    town.has_web()
    town.web_gates.fuse.arm(town.web, "after", kind=COMMIT)
    s.caller.asks("help")
    assert town.web_gates.fuse.blown.is_set()

    town.start_worker(gated=True)
    town.worker_gates.fuse.arm(town.worker, "before", kind="/play/line/v2/bot/message/push")
    town.stack.play.advance(LEASE_IS_OVER)
    assert town.worker_gates.fuse.blown.wait(15)
    town.worker_gates.fuse.disarm()
    on_line = phone(town.stack, s.site.chief, "line")
    assert not on_line.sees("さん・応援")

    town.start_worker()
    town.stack.play.advance(10)
    on_line.waits_for("さん・応援")
    town.stack.settles()
    assert once(on_line, "さん・応援")
    assert once(s.caller, "応援を呼びました")
    assert once(SlackPhone(town.stack.play, s.site.chief.slack), "さん・応援")
    town.start_web()
    is_taken_back(s)
