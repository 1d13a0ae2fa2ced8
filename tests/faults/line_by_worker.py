"""A LINE that knows which worker speaks to it: each is given an address of its own; the first push may hang for ever."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Push:
    worker: str
    key: str
    to: str
    words: str


class Wide(ThreadingHTTPServer):
    """As many calls at once as two workers make."""

    daemon_threads = True
    request_queue_size = 512


@dataclass
class LineByWorker:
    """`hanging`: who is held up for ever when pushed to, for the first push alone. `taken`: what was answered by 200."""

    hanging: set[str] = field(default_factory=set)
    held: list[Push] = field(default_factory=list)
    taken: list[Push] = field(default_factory=list)
    _held_up: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._server = Wide(("127.0.0.1", 0), _door(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, worker: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{worker}"

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, push: Push) -> bool:
        if push.to in self.hanging:
            self.hanging.discard(push.to)
            self.held.append(push)
            self._held_up.set()
            self._released.wait()
            return False
        self.taken.append(push)
        return True

    def waits_for_held(self, seconds: float) -> Push:
        assert self._held_up.wait(seconds), "no worker has pushed"
        return self.held[0]

    def to(self, user: str) -> list[Push]:
        return [push for push in self.taken if push.to == user]

    def times(self) -> Counter[str]:
        """How often each delivery was pushed."""
        return Counter(push.key for push in self.taken)


def _door(line: LineByWorker) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            content = json.loads(body)
            words = json.dumps(content, ensure_ascii=False)
            worker, key = self.path.split("/")[1], self.headers["X-Line-Retry-Key"]
            push = Push(worker, key, content["to"], words)
            if line.take(push):
                self._say({"sentMessages": [{"id": "1"}]})

        def do_GET(self) -> None:
            self._say(
                {"totalUsage": 3} if self.path.endswith("consumption") else {"type": "limited", "value": 5000}
            )

        def _say(self, content: object) -> None:
            text = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    return Door
