"""LINE's month runs short: pages still go, the rest goes by Slack or is left out, and everyone is told the truth."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.app.auditor import Auditor
from bot.app.delivering import Refused
from bot.core.quota import Quota, month_end
from bot.stores.keys import Keys
from tests.transcripts.stage import PEOPLE, Stage

pytestmark = pytest.mark.anyio


@dataclass
class Line:
    """What LINE would say of its month."""

    limit: int | None = 200
    used: int = 0
    asked: int = 0

    async def quota(self) -> tuple[int | None, int] | None:
        self.asked += 1
        return self.limit, self.used


@dataclass
class Month:
    play: Stage
    line: Line
    auditor: Auditor

    async def stands_at(self, used: int, limit: int | None = 200) -> None:
        """LINE says so, and every process has heard it."""
        self.line.limit, self.line.used = limit, used
        self.play.clock.time += timedelta(minutes=10)
        await self.looks()

    async def looks(self, times: int = 1) -> None:
        for _ in range(times):
            await self.play.worker.round()
            await self.play.worker.settled()
            await self.auditor.round()
            self.play.clock.time += timedelta(seconds=2)

    async def refuses(self) -> None:
        """The next push to anybody is answered by 429 "monthly limit"."""
        self.play.chats["line"].failing.append(Refused("line_quota"))

    @property
    def quota(self) -> Quota:
        return self.play.mamori.deliverer.allowance.quota


@pytest.fixture
async def month(play: Stage) -> Month:
    line = Line()
    auditor = play.mamori.auditor("one")
    auditor.read_quota = line.quota
    return Month(play, line, auditor)


def pushes(play: Stage, name: str) -> int:
    """Pushes to this person by LINE."""
    return sum(1 for message in play.person(name, "line").chat if message.via == "push")


# --- below the reserve ---


async def test_below_the_reserve_the_callers_answers_still_come_for_they_are_free(
    month: Month, play: Stage
) -> None:
    await month.stands_at(180)
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert aiko.shows()[-2:] == ["応援を呼びました。佐藤係長へ 10:12", "いま、身の危険はありますか"]
    assert pushes(play, "aiko") == 0


async def test_below_the_reserve_pages_still_go_by_line(month: Month, play: Stage) -> None:
    await month.stands_at(199)
    await play.person("aiko", "line").presses("応援")
    assert pushes(play, "sato") == 1


async def test_below_the_reserve_the_callers_news_goes_by_slack(month: Month, play: Stage) -> None:
    await month.stands_at(180)
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    assert not play.person("aiko", "line").sees("佐藤係長が向かっています")
    assert play.person("aiko", "slack").sees("佐藤係長が向かっています")


async def test_what_cannot_go_otherwise_is_left_out_with_a_record(month: Month, play: Stage) -> None:
    await play.mamori.stores.directory.unlink(f"slack:{PEOPLE['aiko'].slack_user_id}")
    await month.stands_at(180)
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    letters = await play.mamori.stores.queue.dead_letters()
    assert [reason for _, reason in letters] == ["line_reserve"]


async def test_with_enough_left_everything_goes_by_line(month: Month, play: Stage) -> None:
    await month.stands_at(100)
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    assert play.person("aiko", "line").sees("佐藤係長が向かっています")
    assert play.person("aiko", "slack").chat == []


async def test_the_admins_hear_once_that_only_the_reserve_is_left(month: Month, play: Stage) -> None:
    await month.stands_at(180)
    await month.looks(400)
    told = [line for card in play.person("kei", "slack").cards for line in card.body]
    assert told == [
        "LINE で送れるのは、今月あと20通です。残りは応援の呼び出しに使い、ほかの連絡は Slack などへ回します。"
    ]


# --- the month is spent ---


async def test_after_lines_no_the_page_goes_by_slack_and_line_is_not_asked_again(
    month: Month, play: Stage
) -> None:
    await month.refuses()
    await play.person("aiko", "slack").presses("応援")
    before = len(play.chats["line"].taken)
    await play.passes(60)
    assert play.person("mori", "slack").shows() != []
    assert len(play.chats["line"].taken) == before
    assert month.quota.is_spent(play.clock.now())


async def test_whoever_has_line_alone_counts_as_unreachable_and_the_next_is_called(
    month: Month, play: Stage
) -> None:
    await play.mamori.stores.directory.unlink(f"slack:{PEOPLE['sato'].slack_user_id}")
    await month.refuses()
    aiko = play.person("aiko", "slack")
    await aiko.presses("応援")
    assert aiko.sees("佐藤係長に届いていません。森課長を呼んでいます")
    assert play.person("mori", "slack").shows() == ["2番窓口 愛子さん・応援"]
    assert play.person("mori", "line").chat == []


async def test_every_process_knows_that_the_month_is_spent(month: Month, play: Stage) -> None:
    await month.refuses()
    await play.person("aiko", "slack").presses("応援")
    await month.looks()
    survey = await play.mamori.stores.watch.survey(play.clock.now())
    assert survey.quota.spent_until == month_end(play.clock.now())


async def test_the_admins_hear_once_that_the_month_is_spent(month: Month, play: Stage) -> None:
    await month.refuses()
    await play.person("aiko", "slack").presses("応援")
    await play.person("aiko", "slack").taps("もう大丈夫")
    await month.looks(400)
    told = [line for card in play.person("kei", "slack").cards for line in card.body if "上限" in line]
    assert told == [
        "今月の LINE の上限に達しました。月末まで、LINE では返事だけができます。"
        "応援の呼び出しは、ほかの道と次の人へ回します。"
    ]


async def test_a_new_month_opens_line_again(month: Month, play: Stage) -> None:
    await month.refuses()
    await play.person("aiko", "slack").presses("応援")
    await play.person("aiko", "slack").taps("もう大丈夫")
    await month.looks()
    play.clock.time = month_end(play.clock.now()) + timedelta(seconds=1)
    await month.looks()
    await play.person("kenji", "slack").presses("応援")
    assert pushes(play, "sato") == 1


async def test_a_larger_plan_opens_line_again(month: Month, play: Stage) -> None:
    await month.stands_at(200)
    await month.refuses()
    await play.person("aiko", "slack").presses("応援")
    await play.person("aiko", "slack").taps("もう大丈夫")
    await month.looks()
    assert month.quota.is_spent(play.clock.now())
    await month.stands_at(200, limit=5000)
    assert not month.quota.is_spent(play.clock.now())
    survey = await play.mamori.stores.watch.survey(play.clock.now())
    assert survey.quota.spent_until is None


# --- counting ---


async def test_pushes_are_counted_on_between_two_readings_and_replies_are_not(
    month: Month, play: Stage
) -> None:
    await month.stands_at(100)
    await play.person("aiko", "line").presses("応援")  # a reply to her, a push to Sato
    await month.looks()
    survey = await play.mamori.stores.watch.survey(play.clock.now())
    assert (survey.quota.limit, survey.quota.used) == (200, 101)


async def test_line_is_asked_at_the_start_and_every_ten_minutes(month: Month, play: Stage) -> None:
    await month.looks(3)
    assert month.line.asked == 1
    play.clock.time += timedelta(minutes=9)
    await month.looks()
    assert month.line.asked == 1
    play.clock.time += timedelta(minutes=1)
    await month.looks()
    assert month.line.asked == 2


async def test_near_the_end_line_is_asked_each_minute(month: Month, play: Stage) -> None:
    await month.stands_at(180)
    asked = month.line.asked
    play.clock.time += timedelta(minutes=1)
    await month.looks()
    assert month.line.asked == asked + 1


async def test_a_beat_that_is_lost_loses_no_push(month: Month, play: Stage) -> None:
    allowance, pipeline = play.mamori.deliverer.allowance, play.mamori.stores.pipeline
    allowance.counted = 3
    await pipeline.call("SET", Keys("default").quota, "not a hash")
    with pytest.raises(Exception, match="WRONGTYPE"):
        await allowance.beat(play.mamori.stores.watch, play.clock.now())
    assert allowance.counted == 3
    await pipeline.call("DEL", Keys("default").quota)
    await allowance.beat(play.mamori.stores.watch, play.clock.now())
    assert allowance.counted == 0
    assert allowance.quota.used == 3
