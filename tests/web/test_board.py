"""The live board over HTTP: who gets in, what is shown and what never is, and how soon a change is there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import aiohttp
import pytest
import yaml

from bot.app.committing import Commit, Entry
from bot.config import CONTENT
from bot.core.alert import Reach
from bot.core.buttons import CallerTap, MenuKind, encode
from bot.core.effects import JOURNAL_KINDS
from bot.core.plan import HelpKind
from bot.stores.connection import Client
from bot.stores.embedded import EmbeddedServer
from bot.stores.keys import Keys
from bot.web.board import COOKIE, PAGES
from tests.end_to_end.stack import free_port, start_part
from tests.transcripts.stage import Stage, stage
from tests.web.board_stand import Stand, Stream, add_drill, board_stand, busy_morning, settings_for

pytestmark = pytest.mark.anyio

DATA = ("state.json", "events", "timeline/x.json")


# ---- who gets in


async def test_without_a_pass_the_page_says_kindly_what_to_do(stand: Stand) -> None:
    for query in ("", "?pass=", "?pass=nonsense", f"?pass={stand.entrance().partition('=')[2]}x"):
        async with stand.browser.get(f"{stand.url}/admin/board{query}") as answer:
            assert answer.status == 403
            words = await answer.text()
            assert "このリンクでは開けません" in words
            assert "mamori board link" in words
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", DATA)
async def test_without_a_pass_no_data_is_given(stand: Stand, name: str) -> None:
    async with stand.browser.get(f"{stand.url}/admin/board/{name}") as answer:
        assert answer.status == 403
        assert set(await answer.json()) == {"error"}


async def test_a_pass_that_has_run_out_opens_nothing(stand: Stand) -> None:
    async with stand.browser.get(stand.entrance(days=0)) as answer:
        assert answer.status == 403


async def test_the_pass_moves_from_the_address_into_a_cookie(stand: Stand) -> None:
    async with stand.browser.get(f"{stand.entrance()}&wall=1", allow_redirects=False) as answer:
        assert answer.status == 200
        words, cookie = await answer.text(), answer.headers["Set-Cookie"].lower()
    assert 'content="0; url=/admin/board?wall=1"' in words
    assert "pass=" not in words
    for attribute in ("httponly", "samesite=strict", "path=/admin/board", "max-age=25"):
        assert attribute in cookie
    assert "secure" not in cookie
    async with stand.browser.get(f"{stand.url}/admin/board?wall=1") as answer:
        assert answer.status == 200
        assert "board.js" in await answer.text()


async def test_over_https_the_cookie_never_goes_without_it(play: Stage, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, public_url="https://mamori.example.jp")
    async with board_stand(play, settings) as stand, stand.browser.get(stand.entrance()) as answer:
        assert "; secure" in answer.headers["Set-Cookie"].lower()


async def test_what_stands_in_the_address_never_becomes_part_of_the_page(stand: Stand) -> None:
    async with stand.browser.get(f"{stand.entrance()}&lang=%22%3E%3Cscript%3E") as answer:
        assert "<script>" not in await answer.text()


async def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(stand: Stand) -> None:
    await stand.enters()
    for name in ("", "/state.json", "/parts/board.js", "/parts/none.js", "/timeline/none.json"):
        async with stand.browser.get(f"{stand.url}/admin/board{name}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "unsafe" not in policy


async def test_every_part_that_the_pages_name_is_there(stand: Stand) -> None:
    pages = "".join(path.read_text("utf-8") for path in PAGES.glob("*.html"))
    imported = "".join(path.read_text("utf-8") for path in PAGES.glob("*.js"))
    names = {*re.findall(r"/parts/([\w.]+)", pages), *re.findall(r'from "\./([\w.]+)"', imported)}
    assert {"board.css", "board.js", "icon.svg", "words.ja.js"} <= names
    for name in names:
        async with stand.browser.get(f"{stand.url}/admin/board/parts/{name}") as answer:
            assert answer.status == 200, name
    for name in ("../board.html", "..%2f..%2fboard.py", "board.html"):
        async with stand.browser.get(f"{stand.url}/admin/board/parts/{name}") as answer:
            assert answer.status == 404


# ---- what is shown


async def test_an_empty_board_is_a_board(stand: Stand) -> None:
    await stand.enters()
    state = await stand.state()
    assert (state["open"], state["finished"], state["is_fresh"]) == ([], [], True)
    assert state["at"] == "2026-11-24T10:02:00.000+09:00"


async def test_the_board_tells_who_called_who_comes_and_how_long_it_takes(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters()
    two = next(i for i in (await stand.state())["open"] if i["place"] == "2番窓口")
    assert (two["caller"], two["kind"], two["kind_words"], two["site"]) == (
        "愛子",
        "standard",
        "応援",
        "本庁舎",
    )
    assert two["acts"] == ["大声・威圧"]
    assert (two["level"], two["level_words"]) == ("orange", "ふたりで対応")
    assert two["drill"] is False
    assert two["help"]["state"] == "coming"
    sato, mori = two["help"]["people"]
    assert (sato["name"], sato["reach"], sato["words"]) == ("佐藤係長", "declined", "手が離せません")
    assert (mori["name"], mori["reach"]) == ("森課長", "coming")
    assert mori["due"] > mori["at"]
    assert two["counts"][0]["words"] == "注意した"
    lines = [line["words"] for line in two["timeline"]]
    assert lines[:3] == ["「応援」が押されました", "応援を呼びました", "佐藤係長へ送りました"]
    assert two["timeline"][0]["at"].endswith("+09:00")


async def test_those_who_are_called_together_share_a_line(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters()
    danger = next(i for i in (await stand.state())["open"] if i["kind"] == "danger")
    paged = [line["words"] for line in danger["timeline"] if line["kind"] == "paged"]
    assert len(paged) == 2
    assert paged[0].endswith("へ送りました")
    assert paged[1].endswith("へ、もう一度送りました")
    assert all(name in paged[0] for name in ("佐藤係長", "森課長", "総務の恵"))


async def test_what_ended_today_stands_below_with_its_timeline(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters()
    (ended,) = (await stand.state())["finished"]
    assert (ended["place"], ended["there"], ended["minutes"]) == ("1番窓口", ["佐藤係長"], 17)
    async with stand.browser.get(f"{stand.url}/admin/board/timeline/{ended['id']}.json") as answer:
        lines = [line["words"] for line in (await answer.json())["timeline"]]
    assert lines[0] == "「応援」が押されました"
    assert lines[-1] == "終わりました(17分)"


async def test_what_ended_yesterday_is_not_on_the_board(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters()
    stand.play.clock.time = stand.play.clock.time.replace(hour=15)  # midnight in Tokyo
    assert (await stand.state())["finished"] == []


async def test_an_incident_that_ends_moves_down_while_somebody_watches(stand: Stand) -> None:
    aiko = stand.play.person("aiko", "line")
    await aiko.presses("応援")
    await stand.enters()
    async with stand.watching() as stream:
        assert len((await stream.board_with("2番窓口"))["open"]) == 1
        await _finishes(stand.play)
        document = await stream.board_with('"closed": "2026')
    assert (document["open"], len(document["finished"])) == ([], 1)


async def _finishes(play: Stage) -> None:
    incident = await play.incident()
    await play.person("aiko", "line").taps_data(encode(CallerTap(incident.id, "finished")))


async def test_what_a_person_typed_is_never_on_the_wall(stand: Stand) -> None:
    aiko = stand.play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.types("山田太郎さんに怒鳴られている")
    await stand.enters()
    state = json.dumps(await stand.state(), ensure_ascii=False)
    assert "2番窓口" in state
    assert "山田" not in state
    assert "カスハラ" not in state


async def test_a_drill_can_be_told_from_the_rest(stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    await add_drill(stand.play, await stand.play.incident())
    await stand.enters()
    assert sorted(i["drill"] for i in (await stand.state())["open"]) == [False, True]


async def test_a_link_for_a_site_shows_that_site_alone(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters(site="支所")
    state = await stand.state()
    assert (state["open"], state["finished"], state["site"]) == ([], [], "支所")
    some = await stand.play.incident()
    async with stand.browser.get(f"{stand.url}/admin/board/timeline/{some.id}.json") as answer:
        assert answer.status == 404


async def test_the_board_speaks_english_too(stand: Stand) -> None:
    await busy_morning(stand.play)
    await stand.enters()
    two = next(i for i in (await stand.state("en"))["open"] if i["place"] == "2番窓口")
    assert (two["kind_words"], two["acts"], two["level_words"]) == ("Help", ["Shouting"], "Two of you")
    assert two["timeline"][2]["words"] == "Sent to 佐藤係長"


async def test_a_kind_of_entry_without_a_sentence_is_shown_as_it_is(stand: Stand) -> None:
    """A newer process may write what this one doesn't know yet."""
    await stand.play.person("aiko", "line").presses("応援")
    incident = await stand.play.incident()
    now = stand.play.clock.now()
    after = replace(incident, version=incident.version + 1)
    entry = Entry(now, "brand_new", "system", {"what": "x"})
    await stand.play.mamori.stores.turns.commit(
        Commit("", after, now, "2026-11-24", now + timedelta(seconds=3), entries=(entry,))
    )
    await stand.enters()
    assert "brand_new" in (await stand.state())["open"][0]["timeline"][-1]["words"]


async def test_an_entry_of_a_newer_process_shows_nothing_that_somebody_may_have_typed(stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    await _adds(stand.play, "brand_new", {"words": "お前の家は知っている"})
    await stand.enters()
    assert "お前の家" not in json.dumps(await stand.state(), ensure_ascii=False)


async def test_an_entry_whose_data_do_not_fit_its_sentence_is_shown_by_its_kind(stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    await _adds(stand.play, "declined", {})
    await stand.enters()
    (one,) = (await stand.state())["open"]
    assert one["timeline"][-1]["words"]


async def _adds(play: Stage, kind: str, data: dict[str, str]) -> None:
    incident, now = await play.incident(), play.clock.now()
    after = replace(incident, version=incident.version + 1)
    entry = Entry(now, kind, "system", data)
    await play.mamori.stores.turns.commit(
        Commit("", after, now, "2026-11-24", now + timedelta(seconds=3), entries=(entry,))
    )


# ---- what is broken


@pytest.mark.parametrize("body", [b"{", b'{"v":99,"body":{}}', b'{"v":1,"body":{"id":1}}', b"\xff\x00"])
async def test_an_incident_that_can_not_be_read_is_named_and_the_others_are_shown(
    stand: Stand, store_connection: Client, body: bytes
) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    broken = (await stand.play.incident()).id
    await stand.play.person("kenji", "line").presses("応援")
    await store_connection.hset(Keys("default").incident(broken), "body", body)
    await stand.enters()
    async with stand.watching() as stream:
        kind, document = await stream.next()
    assert kind == "board"
    assert [i["caller"] for i in document["open"]] == ["健司"]
    assert document["unread"] == [broken]
    async with stand.browser.get(f"{stand.url}/admin/board/timeline/{broken}.json") as answer:
        assert answer.status == 503


async def test_an_incident_without_its_flow_is_named_and_the_others_are_shown(stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    lost = await stand.play.incident()
    walk = replace(lost.walk, revision=77)
    now = stand.play.clock.now()
    after = replace(lost, version=lost.version + 1, walk=walk)
    await stand.play.mamori.stores.turns.commit(
        Commit("", after, now, "2026-11-24", now + timedelta(seconds=3))
    )
    await stand.play.person("kenji", "line").presses("応援")
    await stand.enters()
    document = await stand.state()
    assert ([i["caller"] for i in document["open"]], document["unread"]) == (["健司"], [lost.id])


async def test_a_journal_that_can_not_be_read_costs_the_timeline_and_not_the_call(
    stand: Stand, store_connection: Client
) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    incident = await stand.play.incident()
    await store_connection.xadd(Keys("default").journal(incident.id), {"at": "yesterday"})
    await stand.enters()
    (one,) = (await stand.state())["open"]
    assert (one["caller"], one["timeline"]) == ("愛子", [])


def test_the_boards_own_words_are_the_same_in_both_languages_and_all_are_used() -> None:
    books = [
        yaml.safe_load((CONTENT / f"flows/phrases/board.{language}.yaml").read_text("utf-8"))
        for language in ("ja", "en")
    ]
    holes = [{key: sorted(re.findall(r"{(\w+)}", text)) for key, text in book.items()} for book in books]
    assert holes[0] == holes[1]
    told = {f"board_{kind}" for kind in (*JOURNAL_KINDS, "coming_open", "paged_again")}
    told |= {f"board_kind_{kind}" for kind in (*get_args(MenuKind), *get_args(HelpKind))}
    told |= {f"board_reach_{reach}" for reach in get_args(Reach)}
    assert set(books[0]) <= told


# ---- how soon


async def test_a_commit_is_on_every_board_within_a_second(stand: Stand) -> None:
    await stand.enters()
    async with stand.watching() as one, stand.watching() as other:
        assert (await one.next())[0] == (await other.next())[0] == "board"
        await asyncio.sleep(0.6)  # the subscription stands and has been followed by a reading
        began = time.monotonic()
        await stand.play.person("aiko", "line").presses("応援")
        committed = time.monotonic()
        await asyncio.gather(one.board_with("2番窓口"), other.board_with("2番窓口"))
        assert time.monotonic() - committed < 1.0, time.monotonic() - began


MANY = 100


async def test_many_screens_and_one_that_never_reads_make_nobody_wait(stand: Stand) -> None:
    """A screen whose machine is asleep still holds its line; the others, and the calls themselves, go on."""
    await busy_morning(stand.play)
    await stand.enters()
    cookie = {c.key: c.value for c in stand.browser.cookie_jar}[COOKIE]
    host, port = stand.url.removeprefix("http://").split(":")
    _, asleep = await asyncio.open_connection(host, int(port), limit=1)
    asleep.write(f"GET /admin/board/events HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={cookie}\r\n\r\n".encode())
    await asleep.drain()
    async with contextlib.AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=MANY + 5)
        crowd = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        url, cookies = f"{stand.url}/admin/board/events", {COOKIE: cookie}
        answers = [await stack.enter_async_context(crowd.get(url, cookies=cookies)) for _ in range(MANY)]
        streams = [Stream(answer) for answer in answers]
        await asyncio.gather(*(stream.next() for stream in streams))
        began = time.monotonic()
        await stand.play.person("sato", "slack").taps("向かう")
        assert time.monotonic() - began < 1
        await asyncio.gather(*(stream.board_with("佐藤係長が向かっています") for stream in streams))
        assert time.monotonic() - began < 3
    asleep.close()


async def test_between_changes_a_browser_hears_that_nothing_has_changed(stand: Stand) -> None:
    await stand.enters()
    stand.feed._beat = 0.05
    async with stand.watching() as stream:
        kinds = [await stream.next() for _ in range(4)]
    beats = [document for kind, document in kinds if kind == "beat"]
    assert beats
    assert {"at", "is_fresh", "page"} <= set(beats[0])
    assert not {"open", "finished"} & set(beats[0]), "the board itself comes only when it has changed"


async def test_a_stream_is_not_buffered_on_its_way(stand: Stand) -> None:
    await stand.enters()
    async with stand.browser.get(f"{stand.url}/admin/board/events") as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_board_whose_database_is_away_says_so(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path, "--appendfsync", "no") as server:
        async with stage(server.url) as play, board_stand(play, settings_for(tmp_path)) as stand:
            await play.person("aiko", "line").presses("応援")
            await stand.enters()
            async with stand.watching() as stream:
                assert (await stream.board_with("2番窓口"))["is_fresh"]
                server.stop()
                async with asyncio.timeout(10):
                    while (await stream.next(10))[1]["is_fresh"]:
                        pass
            async with stand.browser.get(f"{stand.url}/admin/board/state.json") as answer:
                assert answer.status == 503
                assert (await answer.json())["is_fresh"] is False


async def test_a_server_that_is_to_end_does_not_wait_for_those_who_watch(
    redis_url: str, play: Stage, tmp_path: Path
) -> None:
    """The real commands: the link that one prints opens what the other serves; then it is asked to end."""
    port = free_port()
    env = {
        "MAMORI_REDIS_URL": redis_url,
        "MAMORI_DATA_DIR": str(tmp_path),
        "MAMORI_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    web = start_part("web", ["bot", "serve", "--port", str(port)], env, tmp_path)
    try:
        link = await _link(env)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            await _is_up(browser, f"http://127.0.0.1:{port}/healthz")
            async with browser.get(link) as answer:
                assert answer.status == 200, web.words()
                assert COOKIE in answer.cookies
            async with browser.get(f"http://127.0.0.1:{port}/admin/board/events") as answer:
                assert (await Stream(answer).next())[0] == "board"
                began = time.monotonic()
                web.process.terminate()
                await asyncio.to_thread(web.process.wait, 10)
        assert time.monotonic() - began < 3, web.words()
        assert "Cancel" not in web.words()
    finally:
        web.kill()


async def _link(env: dict[str, str]) -> str:
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "board", "link", "--json"),
        env={**os.environ, **env},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asking.communicate()
    assert asking.returncode == 0
    return str(json.loads(printed)["url"])


async def _is_up(browser: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                async with browser.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
