"""A running playground with a small bot that checks every signature with the official SDKs."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import uvicorn
from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApi, AsyncMessagingApiBlob, Configuration
from linebot.v3.webhook import SignatureValidator
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from bot.playground.app import PlayChannel, PlaygroundSettings, PlayPerson, create_app
from bot.playground.local import LocalPlatform

HANA, KEN, RIKU = "U" + "a" * 32, "U" + "b" * 32, "U0RIKU0001"
CHANNEL = "C0INCIDENT"
PEOPLE = (
    PlayPerson("hana", "佐藤 花", "staff", "窓口", line_user_id=HANA),
    PlayPerson("ken", "鈴木 健", "staff", "窓口", line_user_id=KEN),
    PlayPerson("riku", "高橋 陸", "supervisor", "市民課", slack_user_id=RIKU, email="riku@example.jp"),
    PlayPerson("mio", "伊藤 澪", "supervisor", "市民課", slack_user_id="U0MIO00001"),
)
SETTINGS = PlaygroundSettings(
    bot_url="http://127.0.0.1:9",
    line_channel_secret="line-secret",
    line_access_token="line-token",
    slack_signing_secret="slack-secret",
    slack_bot_token="xoxb-test",
    slack_app_token="xapp-test",
    people=PEOPLE,
    slack_channels=(PlayChannel(CHANNEL, "#incidents"),),
)


@dataclass
class ReceivingBot:
    """Remembers what it was sent; `statuses` are its next answers, 200 when none is left."""

    events: list[dict[str, Any]] = field(default_factory=list)
    slack: list[dict[str, Any]] = field(default_factory=list)
    retries: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    keeps_silent: bool = False
    bolt: Callable[[Request], Awaitable[Response]] | None = None

    def routes(self) -> list[Route]:
        line = Route("/line/webhook", self._line, methods=["POST"])
        return [line, Route("/slack/events", self._slack, methods=["POST"])]

    async def _line(self, request: Request) -> Response:
        text = (await request.body()).decode()
        assert SignatureValidator(SETTINGS.line_channel_secret).validate(
            text, request.headers["x-line-signature"]
        )
        self.events += json.loads(text)["events"]
        return await self._respond()

    async def _slack(self, request: Request) -> Response:
        if self.bolt is not None:
            return await self.bolt(request)
        raw = await request.body()
        assert SignatureVerifier(SETTINGS.slack_signing_secret).is_valid_request(raw, dict(request.headers))
        self.slack.append(_read_slack(request, raw.decode()))
        if "x-slack-retry-num" in request.headers:
            retry = (request.headers["x-slack-retry-num"], request.headers["x-slack-retry-reason"])
            self.retries.append(retry)
        return await self._respond()

    async def _respond(self) -> Response:
        if self.keeps_silent:
            await self.silent.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        if self.answer is None:
            return Response("", status, self.headers)
        return JSONResponse(self.answer, status, self.headers)


def _read_slack(request: Request, text: str) -> dict[str, Any]:
    if request.headers["content-type"] == "application/json":
        whole: dict[str, Any] = json.loads(text)
        return whole
    form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
    payload: dict[str, Any] = json.loads(form["payload"]) if "payload" in form else form
    return payload


@dataclass
class Stage:
    platform: LocalPlatform
    url: str
    bot: ReceivingBot
    line: AsyncMessagingApi
    blob: AsyncMessagingApiBlob
    slack: AsyncWebClient
    http: aiohttp.ClientSession

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/control{path}", json=body) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.url}/control{path}") as answer:
            return await answer.json()

    async def line_call(
        self, path: str, body: object, **headers: str
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        """A raw POST, for what the SDK would hide: status, headers, body."""
        sent = {"authorization": "Bearer line-token"} | {k.replace("_", "-"): v for k, v in headers.items()}
        url = f"{self.url}/line/v2/bot{path}"
        async with self.http.post(url, json=body, headers=sent) as answer:
            known = {key.lower(): value for key, value in answer.headers.items()}
            return answer.status, known, json.loads(await answer.read() or b"{}")

    async def slack_call(self, method: str, **body: Any) -> dict[str, Any]:
        headers = {"authorization": "Bearer xoxb-test"}
        async with self.http.post(f"{self.url}/slack/api/{method}", json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told


def listen() -> tuple[socket.socket, str]:
    """A free loopback port and its address."""
    # Named TCP, because asyncio switches delayed sending off only for sockets that say so: 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """The app under a real uvicorn, in this loop."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  uvicorn tells it by this flag alone
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await running
        listener.close()


@asynccontextmanager
async def stage(state_dir: Path | None = None, **changed: Any) -> AsyncIterator[Stage]:
    """Bot and playground behind one server, which ends twice as fast as two."""
    bot, (listener, url) = ReceivingBot(), listen()
    here = {"bot_url": url, "own_url": f"{url}/play", "state_dir": state_dir}
    settings = replace(SETTINGS, **{**here, **changed})
    playground = create_app(settings)
    platform: LocalPlatform = playground.state.platform
    routes = [Mount("/play", app=playground), *bot.routes()]
    async with serving(Starlette(routes=routes), listener):
        http = aiohttp.ClientSession()
        client = AsyncApiClient(Configuration(host=f"{url}/play/line", access_token="line-token"))
        slack = AsyncWebClient("xoxb-test", f"{url}/play/slack/api/", session=http, retry_handlers=[])
        messaging, blob = AsyncMessagingApi(client), AsyncMessagingApiBlob(client)
        try:
            yield Stage(platform, f"{url}/play", bot, messaging, blob, slack, http)
        finally:
            bot.silent.set()
            await client.close()
            await http.close()
            await platform.close()
