"""Socket Mode: the app holds a WebSocket open and Slack sends through it instead of HTTP."""

import asyncio
import itertools
import secrets
import time
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.slack.workspace import APP_ID
from bot.playground.world.bot_calls import BotAnswer
from bot.playground.world.json_data import JsonObject, compact, read_object
from bot.playground.world.wire import Side, WireLog

PATIENCE_S = 3.0
CONNECTIONS = 10


class Sockets:
    """Up to ten connections; each envelope goes to one of them in turn."""

    def __init__(self, wire: WireLog) -> None:
        self._wire = wire
        self._tickets: set[str] = set()
        self._open: dict[str, WebSocket] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turn = itertools.count()

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def new_ticket(self) -> str:
        """Good for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self._open) >= CONNECTIONS:
            await socket.close(4000)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        await socket.send_text(compact(self._hello()).decode())
        self._open[ticket] = socket
        try:
            await self._read(socket)
        except WebSocketDisconnect:
            pass
        finally:
            del self._open[ticket]

    async def send(
        self,
        kind: str,
        payload: JsonObject,
        accepts_response: bool,
        attempt: int = 0,
        reason: str = "",
    ) -> BotAnswer:
        """200 when the app acknowledged within three seconds; what it sent along is the body."""
        envelope: JsonObject = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": accepts_response,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        started = time.perf_counter()
        answer = await self._exchange(envelope, started)
        response = Side({}, answer.trouble or answer.body.decode("utf-8", "replace"))
        self._wire.note(
            "slack", "to_bot", kind, "(socket)", answer.status, answer.ms, Side({}, envelope), response
        )
        return answer

    async def _exchange(self, envelope: JsonObject, started: float) -> BotAnswer:
        key = envelope["envelope_id"]
        acked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[key] = acked
        sockets = list(self._open.values())
        try:
            await sockets[next(self._turn) % len(sockets)].send_text(compact(envelope).decode())
            payload = await asyncio.wait_for(acked, PATIENCE_S)
            body = b"" if payload is None else compact(payload)
            return BotAnswer(200, body, (time.perf_counter() - started) * 1000, {})
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return BotAnswer(0, b"", (time.perf_counter() - started) * 1000, {}, "timeout")
        finally:
            del self._waiting[key]

    async def _read(self, socket: WebSocket) -> None:
        while True:
            message = read_object(await socket.receive_text()) or {}
            acked = self._waiting.get(str(message.get("envelope_id")))
            if acked is not None and not acked.done():
                acked.set_result(message.get("payload"))

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 3600},
            "connection_info": {"app_id": APP_ID},
        }
