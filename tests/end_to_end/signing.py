"""Webhooks as the platforms sign them, written by hand, for bodies that no phone would send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import requests

from bot.cli.demo import CREDENTIALS

Json = dict[str, Any]

LINE_SECRET = CREDENTIALS["MAMORI_LINE_CHANNEL_SECRET"].encode()
SLACK_SECRET = CREDENTIALS["MAMORI_SLACK_SIGNING_SECRET"].encode()


def line_event(user: str, kind: str, **details: Any) -> Json:
    """An event as LINE documents it; without a reply token the answer comes as a push."""
    return {
        "type": kind,
        "webhookEventId": uuid.uuid4().hex[:26].upper(),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": user},
        "mode": "active",
        **details,
    }


def line_tap(user: str, data: str) -> Json:
    return line_event(user, "postback", postback={"data": data})


def post_line(url: str, body: bytes | Json, signature: str | None = None) -> requests.Response:
    """Signed rightly unless a signature is given; an empty one is left out."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    right = base64.b64encode(hmac.digest(LINE_SECRET, raw, "sha256")).decode()
    given = right if signature is None else signature
    headers = {"content-type": "application/json", **({"x-line-signature": given} if given else {})}
    return requests.post(f"{url}/line/webhook", data=raw, headers=headers, timeout=10)


def post_slack(
    url: str, body: bytes | Json, signature: str | None = None, age_s: float = 0
) -> requests.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(time.time() - age_s))
    right = "v0=" + hmac.new(SLACK_SECRET, f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
    given = right if signature is None else signature
    headers = {"content-type": "application/json", "x-slack-request-timestamp": stamp}
    signed = {**headers, **({"x-slack-signature": given} if given else {})}
    return requests.post(f"{url}/slack/events", data=raw, headers=signed, timeout=10)
