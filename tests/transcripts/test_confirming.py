"""こう受け取りました: what was understood is ticked, the next likely stands beside it, one tap goes on; help in any case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.inbound import PlatformName
from bot.app.incident_reading import Told
from bot.app.phrases_learned import as_phrase, learned
from bot.app.speaking import load_speaker
from bot.app.understanding import Understanding
from bot.app.wording import load_fact_acts
from bot.app.yaml_text import Document
from bot.config import CONTENT
from bot.core.buttons import MAX_BYTES
from bot.core.facts import ACTS, FACTS
from bot.core.messages import buttons_of
from bot.reports.incident_text import as_lines
from tests.transcripts.stage import MORNING, Actor, Stage
from tests.transcripts.test_questions import Given, fits, hearing, in_each_language, on_both, speaking

pytestmark = pytest.mark.anyio

WORDS = "ずっと怒鳴って同じ話"
LOUD = Understanding(
    acts=("intimidation",),
    urgency="guide",
    intent="report_incident",
    confidence=0.9,
    facts=("loud_or_banging", "staff_alone"),
    likely=("persistent", "mental_attack", "sexual"),
)


def ticks(actor: Actor) -> list[str]:
    return [button.label for button in actor.last().actions]


async def entries(play: Stage, kind: str) -> list[dict[str, str | int]]:
    journal = await play.mamori.stores.records.journal((await play.incident()).id)
    return [dict(entry.data) for entry in journal if entry.kind == kind]


@on_both
async def test_what_was_understood_is_ticked_and_one_tap_goes_on(play: Stage, platform: PlatformName) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", platform)
    await aiko.types(WORDS)
    assert aiko.last().title == "こう受け取りました"
    assert aiko.last().body == ("大声・威圧",)
    assert ticks(aiko) == ["✓ 大声・威圧", "くり返し", "ひどい言葉"]
    assert [b.label for b in aiko.last().choices] == [
        "応援を呼ぶ",
        "これで進む",
        "危険・すぐ離れる",
        "記録だけする",
    ]
    assert await play.incidents() == []
    await aiko.taps("これで進む")
    incident = await play.incident()
    assert incident.kind == "unsure"
    assert dict(incident.walk.marks) == {"loud_or_banging": "yes", "staff_alone": "yes"}
    assert incident.walk.picked == ("intimidation",)
    assert await entries(play, "note") == [{"words": WORDS}]
    assert await entries(play, "understood") == [{"guessed": "intimidation", "picked": "intimidation"}]


async def test_on_slack_a_tick_redraws_the_card_where_it_stands(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "slack")
    await aiko.types(WORDS)
    await aiko.taps("くり返し")
    await aiko.taps("✓ 大声・威圧")
    assert len(aiko.chat) == 1
    assert ticks(aiko) == ["大声・威圧", "✓ くり返し", "ひどい言葉"]
    assert aiko.last().body == ("くり返し",)


async def test_on_line_a_tick_brings_a_new_card_and_the_chat_names_the_change(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    assert [b.echo for b in aiko.last().actions] == [
        "「大声・威圧」はちがう",
        "「くり返し」もある",
        "「ひどい言葉」もある",
    ]
    await aiko.taps("くり返し")
    assert len(aiko.chat) == 2
    assert aiko.last().body == ("大声・威圧・くり返し",)


@on_both
async def test_what_was_taken_away_leaves_no_fact_and_what_was_added_is_known(
    play: Stage, platform: PlatformName
) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", platform)
    await aiko.types(WORDS)
    await aiko.taps("✓ 大声・威圧")
    await aiko.taps("くり返し")
    assert await play.incidents() == []
    await aiko.taps("これで進む")
    incident = await play.incident()
    assert dict(incident.walk.marks) == {"staff_alone": "yes"}
    assert incident.walk.picked == ("persistent",)
    assert await entries(play, "understood") == [{"guessed": "intimidation", "picked": "persistent"}]


async def test_ticking_again_brings_the_facts_of_the_words_back(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "slack")
    await aiko.types(WORDS)
    await aiko.taps("✓ 大声・威圧")
    await aiko.taps("大声・威圧")
    await aiko.taps("これで進む")
    assert dict((await play.incident()).walk.marks) == {"loud_or_banging": "yes", "staff_alone": "yes"}


@pytest.mark.parametrize(
    ("label", "kind"), [("応援を呼ぶ", "help"), ("危険・すぐ離れる", "danger"), ("記録だけする", "record")]
)
async def test_every_other_way_from_the_card_takes_the_words_along(
    play: Stage, label: str, kind: str
) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    await aiko.taps(label)
    assert (await play.incident()).kind == kind
    assert await entries(play, "note") == [{"words": WORDS}]


async def test_those_who_are_called_read_what_was_ticked(play: Stage) -> None:
    hearing(play, **{WORDS: replace(LOUD, facts=())})
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types(WORDS)
    await aiko.taps("くり返し")
    await aiko.taps("応援を呼ぶ")
    assert sato.sees("大声・威圧")
    assert sato.sees("くり返し")


async def test_backup_stands_first_and_stands_out_where_people_are_wanted(play: Stage) -> None:
    for urgency, wanted in (("page", "応援を呼ぶ"), ("guide", "これで進む")):
        hearing(play, **{WORDS: replace(LOUD, urgency=urgency)})
        aiko = play.person("aiko", "slack")
        await aiko.types(WORDS)
        await aiko.taps("くり返し")
        assert aiko.last().choices[0].label == "応援を呼ぶ"
        assert [b.label for b in aiko.last().choices if b.primary] == [wanted]


async def test_what_is_not_sure_is_offered_and_not_claimed(play: Stage) -> None:
    hearing(play, **{WORDS: replace(LOUD, confidence=0.1)})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    assert aiko.last().body == ("ここにいます。いま、どうしますか。",)
    assert ticks(aiko) == ["大声・威圧", "くり返し", "ひどい言葉"]
    assert "順に確かめる" in [b.label for b in aiko.last().choices]
    await aiko.taps("順に確かめる")
    assert (await play.incident()).walk.marks == ()
    assert await entries(play, "understood") == [{"guessed": "intimidation", "picked": ""}]


async def test_the_act_of_a_fact_is_shown_so_that_nothing_goes_on_unseen(play: Stage) -> None:
    hearing(play, **{WORDS: replace(LOUD, acts=(), facts=("asks_dogeza",))})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    assert ticks(aiko)[0] == "✓ おわびの強要"


async def test_an_old_card_in_the_midst_of_something_shows_where_they_stand(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    await aiko.presses("迷う")
    for label in ("くり返し", "これで進む"):
        await aiko.taps(label)
        assert aiko.shows()[-1] == "いま、身の危険はありますか"
    incident = await play.incident()
    assert (incident.walk.marks, incident.walk.picked, len(await play.incidents())) == ((), (), 1)


@in_each_language
async def test_the_fullest_card_fits_both_platforms(play: Stage, language: str) -> None:
    full = replace(LOUD, acts=ACTS[:4], likely=ACTS[4:7], facts=FACTS[:3] + FACTS[7:20], urgency="guide")
    hearing(play, **{"長" * 500: full})
    aiko = await speaking(play, language)
    await aiko.types("長" * 500)
    assert fits(aiko.last())
    assert len(aiko.last().actions) == 6
    assert max(len(b.data) for b in buttons_of(aiko.last())) <= MAX_BYTES


async def test_the_record_tells_how_the_words_were_taken(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    await aiko.taps("くり返し")
    await aiko.taps("これで進む")
    incident, shelf = await play.incident(), play.mamori.shelf
    journal = await play.mamori.stores.records.journal(incident.id)
    flow = await shelf.flow(incident.walk.flow, incident.walk.revision)
    told = Told(incident, journal, flow, shelf.people, shelf.zone)
    lines = "\n".join(as_lines(told, load_speaker(CONTENT, "ja", ("acts", "levels"))))
    assert "打った言葉の受け取り: 威圧的な言動 → 本人が選んだもの: 威圧的な言動、継続的、執拗な言動" in lines


# --- what can be learnt ---


async def test_only_words_that_were_corrected_can_be_learnt_from(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    right, wrong = play.person("aiko", "line"), play.person("kenji", "slack")
    await right.types(WORDS)
    await right.taps("これで進む")
    await wrong.types(WORDS)
    await wrong.taps("✓ 大声・威圧")
    await wrong.taps("くり返し")
    await wrong.taps("これで進む")
    found = await learned(play.mamori.stores.records, MORNING, MORNING + timedelta(days=1))
    assert [(one.words, one.guessed, one.picked) for one in found] == [
        (WORDS, ("intimidation",), ("persistent",))
    ]


async def test_what_is_learnt_is_a_line_that_the_phrases_take(play: Stage) -> None:
    hearing(play, **{WORDS: LOUD})
    aiko = play.person("aiko", "line")
    await aiko.types(WORDS)
    await aiko.taps("くり返し")
    await aiko.taps("これで進む")
    found = await learned(play.mamori.stores.records, MORNING, MORNING + timedelta(days=1))
    line = as_phrase(found[0], Given({WORDS: LOUD}), load_fact_acts(CONTENT))
    (phrase,) = Document(line, "learned").data
    assert phrase == {
        "text": WORDS,
        "acts": ["intimidation", "persistent"],
        "urgency": "guide",
        "intent": "report_incident",
        "facts": {"loud_or_banging": "yes", "staff_alone": "yes"},
    }
