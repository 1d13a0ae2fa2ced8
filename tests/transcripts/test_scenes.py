"""Somebody who isn't at a counter: the questions go on in the flow for where they are, and nothing said is lost."""

import pytest

from bot.app.incident_reading import Told, flows_before
from bot.app.speaking import load_speaker
from bot.config import CONTENT
from bot.reports.incident_text import entry_words
from tests.transcripts.stage import POLICY, Actor, Stage

pytestmark = pytest.mark.anyio

SCENES = POLICY + "scenes:\n  phone: [電話係]\n"


async def asked_about_conduct(play: Stage, platform: str = "line") -> Actor:
    aiko = play.person("aiko", platform)
    await aiko.presses("迷う")
    await aiko.taps("ない")
    return aiko


@pytest.mark.parametrize("platform", ["line", "slack"])
async def test_one_tap_shows_the_other_settings_and_one_more_goes_on_there(
    play: Stage, platform: str
) -> None:
    aiko = await asked_about_conduct(play, platform)
    await aiko.taps("窓口ではない")
    labels = [button.label for button in aiko.last().actions]
    assert labels == ["ネット・手紙", "電話", "車・路上", "訪問先"]
    await aiko.taps("電話")
    incident = await play.incident()
    assert (incident.walk.flow, incident.walk.revision) == ("phone", 1)
    kinds = [entry.kind for entry in await play.mamori.stores.records.journal(incident.id)]
    assert kinds == ["opened", "answered", "scene"]


async def test_what_was_said_is_not_asked_again_and_can_still_be_answered_otherwise(play: Stage) -> None:
    aiko = await asked_about_conduct(play)
    await aiko.taps("窓口ではない")
    await aiko.taps("電話")
    walk = (await play.incident()).walk
    assert walk.at not in ("danger", "at_once")
    assert dict(walk.marks)["threat_of_harm"] == "no"


async def test_danger_that_was_told_stays_danger_and_nobody_is_called_twice(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await aiko.taps("殺す・火をつける")
    before = len(play.pages_to("mori"))
    await aiko.taps("くわしく")
    await aiko.taps("窓口ではない")
    await aiko.taps("電話")
    incident = await play.incident()
    assert (incident.walk.flow, incident.walk.at) == ("phone", "end_red_threat")
    assert len(play.pages_to("mori")) == before


async def test_after_fine_another_setting_calls_nobody_again(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await aiko.taps("殺す・火をつける")
    await aiko.taps("もう大丈夫")
    await aiko.taps("くわしく")
    await aiko.taps("窓口ではない")
    await aiko.taps("電話")
    alert = (await play.incident()).alert
    assert alert is not None
    assert alert.state == "cancelled"


async def test_a_place_of_the_policy_begins_in_its_own_flow(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(SCENES)
    aiko = play.person("aiko", "line")
    await aiko.types("場所 電話係")
    await aiko.presses("迷う")
    assert (await play.incident()).walk.flow == "phone"


async def test_the_figures_count_the_incident_once_whatever_flow_it_ends_in(play: Stage) -> None:
    aiko = await asked_about_conduct(play)
    await aiko.taps("窓口ではない")
    await aiko.taps("訪問先")
    await aiko.presses("応援")
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    levels = {name: n for name, n in figures.items() if "|level|" in name and n}
    assert sum(levels.values()) == 1


async def test_a_setting_that_is_not_published_leaves_the_person_where_they_are(play: Stage) -> None:
    aiko = await asked_about_conduct(play)
    incident = await play.incident()
    await aiko.taps_data(f"m1.f.{incident.id}.moon")
    assert (await play.incident()).walk.flow == "default"


async def test_the_record_tells_the_questions_of_both_flows_in_words(play: Stage) -> None:
    aiko = await asked_about_conduct(play)
    await aiko.taps("窓口ではない")
    await aiko.taps("電話")
    incident = await play.incident()
    journal = await play.mamori.stores.records.journal(incident.id)
    shelf = play.mamori.shelf
    earlier = tuple([await shelf.flow(*before) for before in flows_before(incident, journal)])
    told = Told(incident, journal, await shelf.live_flow("phone"), {}, shelf.zone, earlier)
    lines = [entry_words(told, entry, load_speaker(CONTENT)) for entry in journal]
    assert lines[1:] == [
        "「いま、身の危険はありますか」→「ない」",
        "質問を「phone」の 1 版で続けます",
    ]
