"""A web process's board beside a stage: the same database, real HTTP by uvicorn, and a browser's cookie jar."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette

from bot.app.committing import Commit, Entry
from bot.config import Settings
from bot.core.incident import Incident
from bot.web.board_feed import Feed
from bot.wiring.board import board_link, board_of
from tests.transcripts.stage import Stage

KEY = "a key for the tests, long enough"


def settings_for(folder: Path, **others: Any) -> Settings:
    return Settings(data_dir=folder, secret_key=KEY, **others)


@dataclass
class Stand:
    """`browser` keeps cookies as a browser does; `entrance` is the link that `mamori board link` prints."""

    play: Stage
    settings: Settings
    url: str
    browser: aiohttp.ClientSession
    feed: Feed

    def entrance(self, days: int = 30, site: str = "") -> str:
        link, _ = board_link(self.settings, days, site)
        return self.url + link[link.index("/admin") :]

    async def enters(self, site: str = "") -> None:
        async with self.browser.get(self.entrance(site=site)) as answer:
            assert answer.status == 200

    async def state(self, language: str = "ja") -> dict[str, Any]:
        async with self.browser.get(f"{self.url}/admin/board/state.json?lang={language}") as answer:
            assert answer.status == 200, await answer.text()
            document: dict[str, Any] = await answer.json()
            return document

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[Stream]:
        async with self.browser.get(f"{self.url}/admin/board/events") as answer:
            assert answer.status == 200
            yield Stream(answer)


@dataclass
class Stream:
    """Server-sent events as they come."""

    answer: aiohttp.ClientResponse

    async def next(self, within: float = 5.0) -> tuple[str, dict[str, Any]]:
        async with asyncio.timeout(within):
            kind = (await self.answer.content.readuntil(b"\n")).decode().removeprefix("event: ").strip()
            data = (await self.answer.content.readuntil(b"\n\n")).decode().removeprefix("data: ")
        return kind, json.loads(data)

    async def board_with(self, words: str, within: float = 5.0) -> dict[str, Any]:
        """The first board in which these words stand."""
        async with asyncio.timeout(within):
            while True:
                kind, document = await self.next()
                if kind == "board" and words in json.dumps(document, ensure_ascii=False):
                    return document


@contextlib.asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """The app on a free port of loopback."""
    config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done(), running
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


@contextlib.asynccontextmanager
async def board_stand(play: Stage, settings: Settings) -> AsyncIterator[Stand]:
    """The board by the stage's clock. The stage's own commits reach it through the database alone."""
    async with contextlib.AsyncExitStack() as stack:
        routes, feed = board_of(replace(play.mamori, settings=settings), stack)
        url = await stack.enter_async_context(served(Starlette(routes=routes)))
        browser = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        )
        stack.callback(feed.let_go)
        yield Stand(play, settings, url, browser, feed)


async def add_drill(play: Stage, like: Incident) -> Incident:
    """An incident like another, marked from its first event."""
    drill = replace(like, id=f"{like.id}drill", drill=True, version=1)
    now = play.clock.now()
    opened = Entry(now, "opened", like.caller.person, {"by": "help", "flow": "default", "revision": 1})
    commit = Commit("", drill, now, f"{now:%Y-%m-%d}", now + timedelta(seconds=3), entries=(opened,))
    await play.mamori.stores.turns.commit(commit)
    return drill


async def busy_morning(play: Stage) -> None:
    """Several incidents at once: one over, one where 森課長 is on the way, one danger, one that nobody answers yet."""
    aiko, kenji, anna = (play.person(name, "line") for name in ("aiko", "kenji", "anna"))
    sato, mori = play.person("sato", "slack"), play.person("mori", "line")
    await kenji.presses("応援")
    await play.passes(20)
    await sato.taps("向かう")
    await play.passes(100)
    await kenji.taps("来てくれた")
    await play.passes(900)
    await kenji.taps("終わった")
    await play.passes(60)
    await aiko.presses("応援")
    await play.passes(5)
    for label in ("ない", "大声・強い言い方"):
        await aiko.taps(label)
    await play.passes(10)
    await sato.taps("行けない")
    await play.passes(15)
    await mori.taps("向かう")
    await mori.taps("3分")
    for label in ("続いている", "とくにない", "だいじょうぶ"):
        await aiko.taps(label)
    await play.passes(30)
    await aiko.taps("注意した")
    await anna.presses("危険")
    await play.passes(20)
    await kenji.presses("応援")
    await play.passes(5)
