"""Gates between a process and what it writes to: they count its requests, and kill it before or after a chosen one."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.stores.scripts import APPLY

Moment = Literal["before", "after"]
"""Before a request is passed on, or after it was carried out and before its answer is."""

COMMIT = "commit"
SIZE = 1 << 20


@dataclass
class Fuse:
    """Kills the process at its n-th request from now on, or at the first of one kind."""

    pid: int = 0
    moment: Moment = "before"
    number: int = 0
    kind: str = ""
    seen: list[str] = field(default_factory=list)
    blown: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, pid: int, moment: Moment, number: int = 0, kind: str = "") -> None:
        with self._lock:
            self.pid, self.moment, self.number, self.kind = pid, moment, number, kind
            self.seen = []
            self.blown.clear()

    def disarm(self) -> None:
        with self._lock:
            self.number, self.kind = 0, ""

    def meets(self, kind: str) -> Moment | None:
        """Whether this request is the one, and then when to kill."""
        with self._lock:
            self.seen.append(kind)
            hit = len(self.seen) == self.number or kind == self.kind
            return self.moment if hit and not self.blown.is_set() else None

    def blow(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.blown.set()


class Gate:
    """Listens at an address of its own and passes everything on, request by request."""

    def __init__(
        self,
        listener: socket.socket,
        onward: Callable[[], socket.socket],
        request: Callable[[socket.socket], tuple[str, bytes]],
        fuse: Fuse,
    ) -> None:
        self._listener, self._onward, self._request, self._fuse = listener, onward, request, fuse
        listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                inward, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(inward,), daemon=True).start()

    def _serve(self, inward: socket.socket) -> None:
        hold = threading.Event()
        try:
            with inward, self._onward() as outward:
                threading.Thread(target=self._answer, args=(inward, outward, hold), daemon=True).start()
                while self._pass_on(inward, outward, hold):
                    pass
                hold.wait(2) if hold.is_set() else None
        except OSError:
            return

    def _pass_on(self, inward: socket.socket, outward: socket.socket, hold: threading.Event) -> bool:
        kind, request = self._request(inward)
        if not request:
            return False
        moment = self._fuse.meets(kind)
        if moment == "before":
            self._fuse.blow()
            return False
        if moment == "after":
            hold.set()
        outward.sendall(request)
        return not (moment == "after" and self._fuse.blown.wait(5))

    def _answer(self, inward: socket.socket, outward: socket.socket, hold: threading.Event) -> None:
        try:
            while answer := outward.recv(SIZE):
                if hold.is_set():
                    self._fuse.blow()
                    return
                inward.sendall(answer)
        except OSError:
            return


def database_request(line: socket.socket) -> tuple[str, bytes]:
    """Whatever the client writes at once: it writes one batch and then waits."""
    batch = line.recv(SIZE)
    return (COMMIT if APPLY.sha.encode() in batch else "database"), batch


def platform_request(line: socket.socket) -> tuple[str, bytes]:
    """One whole HTTP request; its path is the kind."""
    whole = b""
    while b"\r\n\r\n" not in whole:
        part = line.recv(SIZE)
        if not part:
            return "", b""
        whole += part
    head, _, body = whole.partition(b"\r\n\r\n")
    lengths = [
        row.split(b":")[1] for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")
    ]
    missing = int(lengths[0] if lengths else 0) - len(body)
    while missing > 0:
        part = line.recv(SIZE)
        whole, missing = whole + part, missing - len(part)
    return head.split(b" ")[1].decode(), whole


class Gates:
    """The two ways out of one process: to the database, to the platforms."""

    def __init__(self, database: str, platform_port: int) -> None:
        self.fuse = Fuse()
        self._folder = Path(tempfile.mkdtemp(prefix="mamori-"))
        self.database = f"unix://{self._folder / 'g'}"
        inner = socket.socket(socket.AF_UNIX)
        inner.bind(str(self._folder / "g"))
        outer = socket.socket()
        outer.bind(("127.0.0.1", 0))
        self.platform_port = int(outer.getsockname()[1])
        path = database.removeprefix("unix://")
        self._gates = (
            Gate(inner, lambda: _unix(path), database_request, self.fuse),
            Gate(
                outer,
                lambda: socket.create_connection(("127.0.0.1", platform_port)),
                platform_request,
                self.fuse,
            ),
        )

    def close(self) -> None:
        for gate in self._gates:
            gate.close()
        (self._folder / "g").unlink(missing_ok=True)
        self._folder.rmdir()


def _unix(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    return line
