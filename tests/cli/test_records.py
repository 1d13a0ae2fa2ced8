"""Incidents and figures by their commands, after a played case."""

import asyncio
import csv
import io
import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Program
from tests.transcripts.stage import stage

DAY = "2026-11-24"


@pytest.fixture
def played(mamori: Program, database: str) -> Program:
    """愛子 calls for help on LINE, 佐藤係長 says after 40 seconds that they come; 12 minutes in all. 健司's is open."""
    asyncio.run(_play(database))
    return mamori


async def _play(url: str) -> None:
    async with stage(url) as play:
        aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
        await aiko.presses("応援")
        await play.passes(40)
        await sato.taps("向かう")
        await play.passes(60)
        await sato.taps("着いた")
        await aiko.types("相手の方が机をたたいています")
        await play.passes(620)
        await aiko.taps("終わった")
        await play.person("kenji", "slack").presses("迷う")


def test_the_report_counts_the_case_with_its_times(played: Program) -> None:
    report = played.well("report", "--from", DAY, "--to", DAY, "--json").document
    total = report["real"]["total"]
    assert (total["opened"], total["closed"], total["called"], total["answered"]) == (2, 1, 1, 1)
    assert (total["median_seconds_to_answer"], total["median_seconds_to_arrive"]) == (40, 100)
    assert (total["minutes"], total["median_minutes"]) == (12, 12)
    assert report["real"]["sites"] == [{"code": "本庁舎", "count": 2}]
    assert report["real"]["channels"] == [{"code": "line", "count": 1}, {"code": "slack", "count": 1}]
    assert report["real"]["days"] == [{"code": DAY, "count": 2}]
    assert report["drills"]["total"]["opened"] == 0


def test_recounting_finds_the_counters_equal_and_names_one_that_is_not(
    played: Program, database: str
) -> None:
    words = ("report", "--from", DAY, "--to", DAY, "--rebuild")
    assert "すべて同じでした" in played.well(*words).out
    asyncio.run(_spoil(database, f"{{default}}:figures:{DAY}", "real|opened|本庁舎|line|help"))
    ended = played(*words, "--json")
    assert ended.code == 1
    assert ended.document["real"]["total"]["opened"] == 2
    assert ended.document["mismatches"] == [
        {"day": DAY, "figure": "real|opened|本庁舎|line|help", "counter": 2, "incidents": 1}
    ]


async def _spoil(url: str, key: str, counter: str) -> None:
    from bot.stores.connection import connect

    client = await connect(url)
    await client.hincrby(key, counter, 1)
    await client.aclose()


def test_the_table_is_read_in_a_terminal_and_an_empty_period_says_so(played: Program) -> None:
    table = played.well("report", "--from", DAY, "--to", DAY).out
    assert "2026-11-24 から 2026-11-24 まで(Asia/Tokyo)・全拠点" in table
    assert "応えるまでの中央値(秒)" in table
    empty = played.well("report", "--from", "2020-01-01", "--to", "2020-01-31").out
    assert "この期間の記録はありません" in empty


def test_a_csv_report_opens_in_a_spreadsheet(played: Program, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    ended = played.well("report", "--from", DAY, "--to", DAY, "--format", "csv", "--out", str(file))
    assert ended.out == ""
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["区分", "項目", "コード", "名前", "数"]
    assert ["実際", "全体", "opened", "件数", "2"] in rows
    assert ["訓練", "全体", "opened", "件数", "0"] in rows


def test_a_site_s_report_leaves_the_others_out(played: Program) -> None:
    report = played.well("report", "--from", DAY, "--to", DAY, "--site", "支所", "--json").document
    assert (report["site"], report["real"]["total"]["opened"]) == ("支所", 0)


def test_days_in_the_wrong_order_are_told_as_wrong_use(played: Program) -> None:
    ended = played("report", "--from", "2026-11-30", "--to", "2026-11-01")
    assert ended.code == 2
    assert "順番" in ended.error


def test_an_incident_is_shown_with_its_timeline_in_local_time(played: Program) -> None:
    listed = played.well("incidents", "list", "--json").document
    assert [(i["state"], i["caller"]["name"]) for i in listed] == [("closed", "愛子"), ("open", "健司")]
    shown = played.well("incidents", "show", listed[0]["id"]).out
    lines = shown.splitlines()
    assert "10:02:00  応援の依頼(応援)" in lines
    assert "10:02:00  佐藤係長さんへ送りました(1段目、1回目)" in lines
    assert any(line.startswith("10:02:40  佐藤係長さんが向かっています") for line in lines)
    assert "10:03:40  佐藤係長さんが着きました" in lines
    assert any("愛子さんの言葉: 相手の方が机をたたいています" in line for line in lines)
    assert lines[-1] == "10:14:00  終わり。愛子さんから(12分)"


def test_only_the_open_ones_are_listed_on_request(played: Program) -> None:
    assert [i["caller"]["name"] for i in played.well("incidents", "list", "--open", "--json").document] == [
        "健司"
    ]
    assert "健司" in played.well("incidents", "list", "--open").out
    assert played.well("incidents", "list", "--from", "2026-11-25", "--json").document == []


def test_an_exported_incident_is_whole_and_its_owner_s_alone(played: Program, tmp_path: Path) -> None:
    incident = played.well("incidents", "list", "--json").document[0]["id"]
    file = tmp_path / "incident.json"
    played.well("incidents", "export", incident, "--out", str(file))
    document = json.loads(file.read_text("utf-8"))
    assert document == played.well("incidents", "show", incident, "--json").document
    assert document["calls"]["people"][0]["name"] == "佐藤係長"
    assert document["opened"] == "2026-11-24T10:02:00+09:00"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_unknown_incident_is_one_line(mamori: Program) -> None:
    ended: Ended = mamori("incidents", "show", "nosuch")
    assert ended.code == 1
    assert "「nosuch」という事案はありません" in ended.error
