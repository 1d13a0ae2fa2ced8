"""Questions in the conversation: answered at once from the articles, on both platforms, never in an incident's way."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.app.article_reader import load_articles, load_labels
from bot.app.inbound import PlatformName
from bot.app.understanding import Understander, Understanding
from bot.config import CONTENT
from bot.core.answers import Confirmation, answer_card, detail_card, fingerprint
from bot.core.buttons import ArticleDepth, ArticleTap, GuideTap, decode, encode
from bot.core.facts import ACTS
from bot.core.messages import Card, buttons_of
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage
from tests.transcripts.test_improvements import our_fault_ends

pytestmark = pytest.mark.anyio
on_both = pytest.mark.parametrize("platform", ["line", "slack"])
in_each_language = pytest.mark.parametrize("language", ["ja", "ja_easy", "en"])

ASK = Understanding(urgency="guide", intent="ask_procedure", confidence=0.9)
REPORT = Understanding(("intimidation",), "guide", "report_incident", 0.9, ("loud_or_banging",))
DANGER = Understanding((), "emergency", "report_incident", 1.0, ("weapon_seen",))
CARE = Understanding((), "guide", "after_care", 0.9)
FAIR = Understanding((), "guide", "legit_complaint", 0.9)
CHAT = Understanding((), "none", "chitchat_or_other", 0.9)
NEVER_MIND = Understanding((), "none", "cancel_or_mistake", 0.9)


class Given(Understander):
    """Understands exactly what a test says, so that these stories don't change when the model learns."""

    def __init__(self, meanings: dict[str, Understanding]) -> None:
        self.meanings = meanings

    def understand(self, text: str) -> Understanding:
        return self.meanings.get(text, CHAT)


def hearing(play: Stage, **meanings: Understanding) -> None:
    turn = replace(play.mamori.turn, understander=Given(meanings))
    play.mamori = replace(play.mamori, turn=turn)


async def speaking(play: Stage, language: str, platform: PlatformName = "line") -> Actor:
    await play.mamori.stores.directory.put_people([replace(PEOPLE["aiko"], language=language)])
    return play.person("aiko", platform)


def fits(card: Card) -> bool:
    return [*line.findings(card), *slack.findings(card)] == []


# --- with nothing open ---


@on_both
async def test_a_question_is_answered_at_once_with_its_source(play: Stage, platform: PlatformName) -> None:
    hearing(play, **{"録音していい?": ASK})
    aiko = play.person("aiko", platform)
    await aiko.types("録音していい?")
    card = aiko.last()
    assert "録音" in card.title
    assert card.body
    assert "出典: " in card.note
    assert "見直した日: " in card.note
    assert card.bottom[-1].label == "人に相談"
    assert "くわしく" in aiko.buttons()
    assert await play.incidents() == []


@on_both
async def test_the_rest_stands_behind_more_and_the_answer_stays(play: Stage, platform: PlatformName) -> None:
    hearing(play, **{"土下座を求められたら": ASK})
    aiko = play.person("aiko", platform)
    await aiko.types("土下座を求められたら")
    answer = aiko.last()
    await aiko.taps("くわしく")
    assert aiko.cards == [answer, aiko.last()]
    assert len(aiko.last().facts) >= 2
    assert await play.incidents() == []


async def test_the_next_titles_are_one_tap_away(play: Stage) -> None:
    hearing(play, **{"録音していい?": ASK})
    aiko = play.person("aiko", "slack")
    await aiko.types("録音していい?")
    near = aiko.last().actions[:-1]
    assert 1 <= len(near) <= 2
    await aiko.taps(near[0].label)
    assert aiko.last().title == near[0].label


@in_each_language
async def test_each_language_is_answered_in_itself(play: Stage, language: str) -> None:
    hearing(play, **{"録音していい?": ASK})
    aiko = await speaking(play, language)
    await aiko.types("録音していい?")
    article = next(a for a in load_articles(CONTENT) if a.id == "recording")
    assert aiko.last().title == article.title[language]
    assert aiko.last().body == (article.answer.texts[language],)
    assert fits(aiko.last())


async def test_what_waits_for_the_legal_desk_says_so_until_it_is_confirmed_here(play: Stage) -> None:
    article = next(a for a in load_articles(CONTENT) if a.answer.confirm)
    aiko = play.person("aiko", "line")
    await aiko.taps_data(encode(ArticleTap(article.id, "answer")))
    assert aiko.last().note.startswith("法務の確認待ち")
    word = Confirmation(article.id, "法務係長", "2026-11-24", fingerprint(article))
    await play.mamori.stores.confirmations.confirm(word)
    await aiko.taps_data(encode(ArticleTap(article.id, "answer")))
    assert "法務の確認待ち" not in aiko.last().note


async def test_when_nothing_fits_it_says_so_and_offers_people(play: Stage) -> None:
    hearing(play, **{"明日の株価は": ASK})
    aiko = play.person("aiko", "line")
    await aiko.types("明日の株価は")
    assert aiko.shows() == ["これに合う答えは、まだありません。"]
    assert aiko.buttons() == ["いま起きている", "人に相談"]
    await aiko.taps("人に相談")
    assert (await play.incident()).kind == "help"


async def test_where_no_words_fit_the_articles_of_the_act_do(play: Stage) -> None:
    hearing(play, **{"ぬぬぬぬ": replace(ASK, acts=("persistent",))})
    aiko = play.person("aiko", "line")
    await aiko.types("ぬぬぬぬ")
    article = next(a for a in load_articles(CONTENT) if a.id == "act_persistent")
    assert aiko.last().title == article.title["ja"]


async def test_from_an_answer_it_is_one_tap_to_the_questions_when_it_is_going_on(play: Stage) -> None:
    hearing(play, **{"怒鳴られたら何と言う": replace(REPORT, intent="ask_what_to_say")})
    aiko = play.person("aiko", "line")
    await aiko.types("怒鳴られたら何と言う")
    await aiko.taps("いま起きている")
    assert aiko.last().title == "こう受け取りました"
    await aiko.taps("これで進む")
    assert (await play.incident()).walk.marks == (("loud_or_banging", "yes"),)


@pytest.mark.parametrize(
    "words", ["調べる 録音", "調べる\u3000録音", "? 録音", "?録音", "ask 録音", "Look up 録音"]
)
async def test_whoever_looks_something_up_always_reaches_the_articles(play: Stage, words: str) -> None:
    hearing(play, **{words: REPORT})
    aiko = play.person("aiko", "line")
    await aiko.types(words)
    assert "録音" in aiko.last().title
    assert "いま起きている" not in aiko.buttons()
    assert await play.incidents() == []


async def test_danger_stands_above_what_is_looked_up(play: Stage) -> None:
    hearing(play, **{"調べる 刃物": DANGER})
    aiko = play.person("aiko", "line")
    await aiko.types("調べる 刃物")
    assert [b.label for b in aiko.last().choices] == ["危険・すぐ離れる", "応援を呼ぶ"]
    assert aiko.last().body[0].startswith("身の危険")
    assert fits(aiko.last())


@pytest.mark.parametrize("words", ["?刃物を出された", "刃物を出されたらどうする"])
async def test_danger_goes_before_every_other_question(play: Stage, words: str) -> None:
    hearing(play, **{words: replace(DANGER, intent="ask_procedure")})
    await play.person("aiko", "line").types(words)
    assert (await play.incident()).kind == "danger"


async def test_a_question_with_people_wanted_is_no_question(play: Stage) -> None:
    hearing(play, **{"もう無理どうすれば": Understanding((), "page", "ask_procedure", 0.9)})
    aiko = play.person("aiko", "line")
    await aiko.types("もう無理どうすれば")
    assert aiko.last().choices[0].label == "応援を呼ぶ"


async def test_an_article_that_is_gone_says_that_there_is_no_answer(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(encode(ArticleTap("of_old_times", "more")))
    assert aiko.shows() == ["これに合う答えは、まだありません。"]


# --- with an incident of one's own ---


@on_both
async def test_in_an_incident_the_answer_stands_above_the_question(
    play: Stage, platform: PlatformName
) -> None:
    hearing(play, **{"録音していい?": ASK})
    aiko = play.person("aiko", platform)
    await aiko.presses("迷う")
    await aiko.types("録音していい?")
    assert aiko.shows()[-3] == "書きとめました。"
    assert "録音" in aiko.cards[-2].title
    assert aiko.shows()[-1] == "いま、身の危険はありますか"
    journal = await play.mamori.stores.records.journal((await play.incident()).id)
    assert [e.data for e in journal if e.kind == "note"] == [{"words": "録音していい?"}]


async def test_on_line_answer_and_question_are_one_message(play: Stage) -> None:
    hearing(play, **{"録音していい?": ASK})
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    before = len(aiko.chat)
    await aiko.types("録音していい?")
    assert len(aiko.chat) == before + 1


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("名前を教えろと言われた", REPORT),
        ("何て言えばいい", ASK),
        ("録音しろと殴られた", replace(DANGER, intent="ask_procedure")),
    ],
)
async def test_in_an_incident_only_a_calm_question_that_fits_well_is_answered(
    play: Stage, words: str, meaning: Understanding
) -> None:
    hearing(play, **{words: meaning})
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.types(words)
    taps = [decode(b.data) for c in aiko.cards for b in buttons_of(c)]
    assert not any(isinstance(tap, ArticleTap) for tap in taps)


async def test_nothing_is_answered_on_a_screen_that_somebody_else_holds(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY + "\nduress_phrases: [赤いファイル]\n")
    hearing(play, **{"録音していい?": ASK})
    aiko = play.person("aiko", "line")
    await aiko.types("赤いファイル")
    await aiko.types("録音していい?")
    assert not any("録音" in card.title for card in aiko.cards)


@on_both
@pytest.mark.parametrize(
    "tap", [ArticleTap("dogeza", "answer"), ArticleTap("dogeza", "more"), GuideTap(("sexual",))]
)
async def test_reading_never_touches_the_incident(
    play: Stage, platform: PlatformName, tap: ArticleTap | GuideTap
) -> None:
    aiko = play.person("aiko", platform)
    await aiko.presses("応援")
    before, journal = await play.incident(), await play.kinds()
    clocks, pages = await play.clocks(), play.pages_to("sato")
    await aiko.taps_data(encode(tap), aiko.chat[-1].ref)
    assert await play.incident() == before
    assert (await play.kinds(), await play.clocks(), play.pages_to("sato")) == (journal, clocks, pages)
    assert aiko.sees("いま、身の危険はありますか")
    await aiko.taps("いまの画面へ")
    assert aiko.shows()[-1] == "いま、身の危険はありますか"


@on_both
async def test_from_more_of_a_level_the_articles_of_what_happened_are_one_tap_away(
    play: Stage, platform: PlatformName
) -> None:
    aiko = play.person("aiko", platform)
    await aiko.presses("迷う")
    await aiko.taps("ある")
    await aiko.taps("刃物・火など")
    await aiko.taps("くわしく")
    more = aiko.last()
    await aiko.taps("この場合の手引き")
    assert more in aiko.cards
    article = next(a for a in load_articles(CONTENT) if a.id == "act_intimidation")
    assert aiko.last().title == article.title["ja"]


async def test_several_acts_are_asked_for_by_their_titles(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(encode(GuideTap(("sexual", "persistent", "unknown_here"))))
    assert len(aiko.last().actions) == 2
    assert aiko.shows() == ["どれに近いですか。"]


async def test_a_responder_can_look_something_up_without_writing_to_the_caller(play: Stage) -> None:
    hearing(play, **{"調べる 録音": ASK})
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.types("調べる 録音")
    assert "録音" in sato.last().title
    assert not aiko.sees("調べる")


# --- what is no question and no report ---


@in_each_language
async def test_who_tells_how_they_are_is_thanked_and_offered_rest_and_people(
    play: Stage, language: str
) -> None:
    hearing(play, つらい=CARE)
    aiko = await speaking(play, language)
    await aiko.types("つらい")
    card, articles = aiko.last(), {a.id: a for a in load_articles(CONTENT)}
    assert len(card.body) == 3
    assert articles["cant_sleep"].title[language] in [b.label for b in card.actions]
    assert card.bottom
    assert fits(card)
    assert await play.incidents() == []


@in_each_language
async def test_a_fair_complaint_begins_with_our_side_at_fault(play: Stage, language: str) -> None:
    hearing(play, こちらのミスでした=FAIR)
    aiko = await speaking(play, language)
    await aiko.types("こちらのミスでした")
    assert fits(aiko.last())
    await aiko.taps(aiko.last().choices[0].label)
    incident = await play.incident()
    assert (incident.kind, incident.walk.marks) == ("unsure", (("org_at_fault", "yes"),))
    journal = await play.mamori.stores.records.journal(incident.id)
    assert [e.data for e in journal if e.kind == "note"] == [{"words": "こちらのミスでした"}]


async def test_who_didnt_mean_it_is_let_go(play: Stage) -> None:
    hearing(play, やっぱりいいです=NEVER_MIND)
    aiko = play.person("aiko", "line")
    await aiko.types("やっぱりいいです")
    assert aiko.shows() == ["わかりました。必要なら、また押してください。"]
    assert aiko.buttons() == ["危険", "応援", "迷う", "記録"]


async def test_small_talk_is_answered_with_the_menu(play: Stage) -> None:
    hearing(play)
    aiko = play.person("aiko", "line")
    await aiko.types("おはよう")
    assert aiko.buttons()[:4] == ["危険", "応援", "迷う", "記録"]
    assert await play.incidents() == []


async def test_after_care_is_no_line_for_improvement(play: Stage) -> None:
    hearing(play, つらい=CARE, **{"調べる 録音": CHAT})
    aiko = await our_fault_ends(play)
    await aiko.types("つらい")
    assert aiko.last().body[0] == "話してくれて、ありがとうございます。"
    await aiko.types("調べる 録音")
    assert "録音" in aiko.last().title


# --- reading is safe and fits ---

ARTICLES = load_articles(CONTENT)


async def everything_kept(play: Stage) -> tuple[object, ...]:
    incidents = await play.incidents()
    journals = [await play.kinds(number) for number in range(len(incidents))]
    return incidents, journals, await play.clocks()


async def test_whatever_is_read_in_whatever_state_the_incident_stays_as_it_was(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY + "\nduress_phrases: [赤いファイル]\n")
    dice, aiko = random.Random(7), play.person("aiko", "line")
    deeds: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: aiko.presses("迷う"),
        lambda: aiko.taps("ある"),
        lambda: aiko.taps("刃物・火など"),
        lambda: play.passes(95),
        lambda: aiko.types("赤いファイル"),
        lambda: aiko.taps("終わった"),
        lambda: aiko.presses("記録"),
    )
    for deed in deeds:
        await deed()
        before = await everything_kept(play)
        for _ in range(4):
            what: ArticleDepth = dice.choice(("answer", "more"))
            await aiko.taps_data(encode(ArticleTap(dice.choice(ARTICLES).id, what)))
        await aiko.taps_data(encode(GuideTap(tuple(dice.sample(ACTS, 3)))))
        assert await everything_kept(play) == before


@in_each_language
def test_every_answer_with_its_neighbours_fits_both_platforms(language: str) -> None:
    labels = load_labels(CONTENT)
    longest = sorted(ARTICLES, key=lambda a: -len(a.title[language]))[:2]
    near = [(article, encode(ArticleTap(article.id, "answer"))) for article in longest]
    for article in ARTICLES:
        more = encode(ArticleTap(article.id, "more"))
        assert fits(answer_card(article, language, labels, False, more, near)), article.id
        assert fits(detail_card(article, language, labels)), article.id
