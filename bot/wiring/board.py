"""Joins the live board: its doors in a web process, and the links that open them."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlencode

from starlette.routing import Route

from bot.app.board import Board
from bot.app.speaking import Speaker, load_speaker
from bot.config import CONTENT, Settings
from bot.core.words import Words
from bot.web.board import PATH, BoardRoom, board_routes
from bot.web.board_feed import Feed
from bot.web.passes import Pass, sign
from bot.wiring.parts import Mamori
from bot.wiring.secret import key_for

PURPOSE = "board"
LOCAL_URL = "http://127.0.0.1:8000"
BOARD_LANGUAGES = ("ja", "en")


def board_of(mamori: Mamori, stack: contextlib.AsyncExitStack) -> tuple[Sequence[Route], Feed]:
    """The routes, and the feed behind them: its `let_go` frees everyone who watches. `stack` closes it."""
    settings = mamori.settings
    board = Board(mamori.stores.records, mamori.shelf, mamori.clock)
    feed = Feed(board.read, mamori.stores.changes)
    stack.push_async_callback(feed.close)
    room = BoardRoom(
        org=settings.org,
        key=cache(lambda: key_for(settings, PURPOSE)),
        board=board,
        feed=feed,
        speakers={language: _speaker(language, mamori.shelf.words) for language in BOARD_LANGUAGES},
        clock=mamori.clock,
        today=_today,
        is_secure=settings.public_url.startswith("https://"),
    )
    return board_routes(room), feed


def board_link(settings: Settings, days: int, site: str = "") -> tuple[str, datetime]:
    """The address that opens the board, and when it stops doing so."""
    until = _today() + timedelta(days=days)
    token = sign(key_for(settings, PURPOSE), Pass(settings.org, until, site))
    base = (settings.public_url or LOCAL_URL).rstrip("/")
    return f"{base}{PATH}?{urlencode({'pass': token})}", until


def _speaker(language: str, words: Words) -> Speaker:
    """The record's sentences and the board's own, with the cards' labels: those may be seen by anybody."""
    spoken = load_speaker(CONTENT, language, books=("commands", "board"))
    return Speaker(replace(spoken.words, labels=words.labels), language)


def _today() -> datetime:
    return datetime.now(UTC)
