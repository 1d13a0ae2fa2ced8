"""The plainest LINE bot: FastAPI, the SDK as its README shows it, state in Redis; three questions, then a result.

It keeps no journal, no figures, no outbox; an event that comes twice counts twice. It is what one writes in an afternoon,
and so the measure of what the rest of our work may cost.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import (
    AsyncApiClient,
    AsyncMessagingApi,
    ButtonsTemplate,
    Configuration,
    PostbackAction,
    ReplyMessageRequest,
    TemplateMessage,
)
from linebot.v3.webhooks import PostbackEvent
from redis.asyncio import Redis

QUESTIONS = (
    ("いま、身の危険はありますか", ("ある", "具合・命の心配", "ない")),
    ("どんな様子ですか", ("大声・強い言い方", "ひどい言葉・脅し", "帰らない・切らない", "その他")),
    ("どんなことですか", ("くり返し", "撮影", "職場の中", "その他")),
)

parser = WebhookParser(os.environ["BENCH_LINE_SECRET"])
redis = Redis.from_url(os.environ["BENCH_REDIS_URL"], max_connections=1000)  # by default it refuses at 100
state: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    configuration = Configuration(
        host=os.environ["BENCH_LINE_API"], access_token=os.environ["BENCH_LINE_TOKEN"]
    )
    async with AsyncApiClient(configuration) as client:
        state["line"] = AsyncMessagingApi(client)
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/callback")
async def callback(request: Request) -> str:
    body = (await request.body()).decode()
    try:
        events = parser.parse(body, request.headers["X-Line-Signature"])
    except InvalidSignatureError:
        raise HTTPException(status_code=400, detail="Invalid signature") from None
    for event in events:
        if isinstance(event, PostbackEvent):
            await answer(event)
    return "OK"


async def answer(event: PostbackEvent) -> None:
    key = f"baseline:{event.source.user_id}"
    answers = json.loads(await redis.get(key) or "[]")
    data = event.postback.data
    answers = [] if data in ("start", "end") else [*answers, data]
    await redis.set(key, json.dumps(answers))
    message = thanks() if data == "end" else card(len(answers))
    await state["line"].reply_message(ReplyMessageRequest(replyToken=event.reply_token, messages=[message]))


def card(answered: int) -> TemplateMessage:
    if answered >= len(QUESTIONS):
        return buttons("二人以上で、決めた時間まで話を聞きます。", [("終わった", "end")])
    text, choices = QUESTIONS[answered]
    return buttons(text, [(label, f"{answered + 1}:{label}") for label in choices])


def thanks() -> TemplateMessage:
    return buttons("おつかれさまでした。記録しました。", [("はじめから", "start")])


def buttons(text: str, choices: list[tuple[str, str]]) -> TemplateMessage:
    actions = [PostbackAction(label=label, data=data, displayText=label) for label, data in choices]
    return TemplateMessage(altText=text, template=ButtonsTemplate(text=text, actions=actions))
