"""A conversation through flows that are called: the same cards, buttons, records and figures as through any other step."""

import pytest

from bot.app.bundle import Page
from bot.app.flow_reader import read_whole
from tests.flows.test_reader import CALLING, PARTS
from tests.transcripts.stage import Actor, Stage

pytestmark = pytest.mark.anyio

FLOW = CALLING.replace("flow: tiny", "flow: default").replace(
    "none, label: {ja: ない}, facts: {weapon_seen: no}, to: sorry",
    "none, label: {ja: ない}, facts: {weapon_seen: no}, to: shared",
)
PACK = """pack: desk
format: 1
title: {ja: 机}
base: default
steps:
  shared:first: {ask: {ja: 電話ではどちらですか}}
"""


async def open_with(play: Stage, pack: str = "") -> Actor:
    """aiko at 迷う, in an organisation that has published the flow with what it calls."""
    page = Page(pack, "desk.yaml") if pack else None
    text = read_whole(FLOW, "default.yaml", find=PARTS.__getitem__, pack=page).text
    await play.mamori.stores.library.publish("default", text, play.clock.now(), "kei", "")
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    return aiko


async def test_questions_of_a_called_flow_are_asked_and_lead_back(play: Stage) -> None:
    aiko = await open_with(play)
    for label in ("ない", "二", "はい"):
        await aiko.taps(label)
    assert aiko.shows() == [
        "危険はありますか",
        "どちらですか",
        "まず聞きます。",
        "まず聞きます。",
        "求めは決まりの中ですか",
        "いつものとおり進めます。",
    ]


async def test_the_records_name_the_step_with_its_call_and_the_answers_are_counted(play: Stage) -> None:
    aiko = await open_with(play)
    for label in ("ない", "一", "わからない"):
        await aiko.taps(label)
    incident = await play.incident()
    assert [f"{a.step}:{a.choice}" for a in incident.walk.trail] == [
        "danger:none",
        "shared:first:one",
        "fair:unsure",
    ]
    journal = await play.mamori.stores.records.journal(incident.id)
    answered = [entry.data["step"] for entry in journal if entry.kind == "answered"]
    assert answered == ["danger", "shared:first", "fair"]
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    assert figures["real|level|本庁舎|line|yellow"] == 1


async def test_back_and_a_changed_answer_pass_through_a_call_and_the_old_answer_is_offered(
    play: Stage,
) -> None:
    aiko = await open_with(play)
    await aiko.taps("ない")
    await aiko.taps("一")
    await aiko.taps("もどる")
    assert aiko.shows()[-1] == "どちらですか"
    assert "一" in aiko.last().note
    await aiko.taps("二")
    await aiko.taps("一")
    assert (await play.incident()).walk.trail[-1].choice == "one"
    assert aiko.shows()[-1] == "求めは決まりの中ですか"


async def test_a_changed_file_of_a_called_flow_changes_nothing_that_is_published(play: Stage) -> None:
    aiko = await open_with(play)
    await aiko.taps("ない")
    parts = {**PARTS, "part": PARTS["part"].replace("どちらですか", "かわりました")}
    text = read_whole(FLOW, "default.yaml", find=parts.__getitem__).text
    await play.mamori.stores.library.publish("default", text, play.clock.now(), "kei", "")
    await aiko.taps("一")
    await aiko.taps("もどる")
    assert aiko.shows()[-1] == "どちらですか"
    kenji = play.person("kenji", "line")
    await kenji.presses("迷う")
    await kenji.taps("ない")
    assert kenji.shows()[-1] == "かわりました"


async def test_a_flow_published_with_its_pack_is_walked_as_the_pack_says(play: Stage) -> None:
    aiko = await open_with(play, PACK)
    await aiko.taps("ない")
    assert aiko.shows()[-1] == "電話ではどちらですか"


async def test_what_the_legal_desk_has_yet_to_look_at_says_so(play: Stage) -> None:
    aiko = await open_with(play, PACK + "  end_green: {source: ある市の手引き, confirm: yes}\n")
    for label in ("ない", "二", "はい", "くわしく"):
        await aiko.taps(label)
    assert ("出典", "ある市の手引き(法務の確認待ち)") in aiko.last().facts
