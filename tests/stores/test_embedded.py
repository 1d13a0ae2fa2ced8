"""The embedded database keeps its data, is found by its neighbours, and never outlives the program."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from bot.app.committing import Accepted, Question
from bot.stores.connection import connect, disconnect
from bot.stores.embedded import (
    EmbeddedServer,
    EmbeddedServerError,
    Tethered,
    running_server,
    server_binary,
    server_for,
)
from bot.stores.pipeline import pipeline_over
from bot.stores.turns import RedisTurns
from tests.stores.samples import commit, incident

STARTER = """
import sys, time
from pathlib import Path
from bot.stores.embedded import EmbeddedServer
EmbeddedServer.start(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(60)
"""


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def test_data_is_there_again_after_a_restart(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path) as server, Redis.from_url(server.url) as client:
        client.set("a", "1")
    with EmbeddedServer.start(tmp_path) as server, Redis.from_url(server.url) as client:
        assert client.get("a") == b"1"


@pytest.mark.crash
@pytest.mark.anyio
async def test_a_server_killed_right_after_a_commit_has_kept_it(tmp_path: Path) -> None:
    server = EmbeddedServer.start(tmp_path)
    client = await connect(server.url)
    pipeline = pipeline_over(client)
    for version in range(1, 50):
        assert await RedisTurns(pipeline, "ebetsu").commit(commit(incident(version=version))) == Accepted()
    os.kill(server.pid, signal.SIGKILL)
    await pipeline.close()
    await disconnect(client)
    server.stop()
    with EmbeddedServer.start(tmp_path) as again:
        client = await connect(again.url)
        pipeline = pipeline_over(client)
        loaded = await RedisTurns(pipeline, "ebetsu").load(Question(incident="i1"))
        assert loaded.incident == incident(version=49)
        await pipeline.close()
        await disconnect(client)


def test_no_port_is_opened(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path) as server, Redis.from_url(server.url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_neighbours_share_the_server_that_runs(tmp_path: Path) -> None:
    assert running_server(tmp_path) is None
    with EmbeddedServer.start(tmp_path) as server:
        with server_for(tmp_path) as url:
            assert url == server.url
        assert running_server(tmp_path) == server.url
    assert running_server(tmp_path) is None


def test_a_command_alone_has_a_server_for_its_own_time(tmp_path: Path) -> None:
    with server_for(tmp_path) as url, Redis.from_url(url) as client:
        client.set("a", "1")
    assert running_server(tmp_path) is None
    with server_for(tmp_path) as url, Redis.from_url(url) as client:
        assert client.get("a") == b"1"


def test_a_second_server_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path), pytest.raises(EmbeddedServerError) as told:
        EmbeddedServer.start(tmp_path)
    assert str(tmp_path) in str(told.value)
    assert "MAMORI_DATA_DIR" in str(told.value)


def test_a_directory_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedServerError, match=r"MAMORI_DATA_DIR: .*/file can't be written"):
        EmbeddedServer.start(tmp_path / "file")


def test_a_damaged_data_file_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path) as server, Redis.from_url(server.url) as client:
        client.set("a", "1")
    (next((tmp_path / "appendonlydir").glob("*.manifest"))).write_text("nonsense\n")
    with pytest.raises(EmbeddedServerError, match=r"did not start: .*manifest"):
        EmbeddedServer.start(tmp_path)


@pytest.mark.crash
def test_the_server_ends_with_a_program_that_was_killed_and_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path)], stdout=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stdout.readline() == b"ready\n"
    url = running_server(tmp_path)
    assert url is not None
    program.kill()
    program.communicate()
    with EmbeddedServer.start(tmp_path) as server:
        assert server.url != url
        assert not Path(url.removeprefix("unix://")).parent.exists()


@pytest.mark.crash
@pytest.mark.parametrize("mode", ["die", "pipe"])
def test_a_tethered_program_ends_with_its_parent_in_either_way(tmp_path: Path, mode: str) -> None:
    if mode == "die" and sys.platform != "linux":
        pytest.skip("the kernel of this machine has no such signal")
    code = "\n".join(
        [
            "import sys, time",
            "from bot.stores.embedded import Tethered",
            "Tethered(sys.argv[2:], mode=sys.argv[1])",
            "time.sleep(60)",
        ]
    )
    path = tmp_path / "s"
    server = [str(server_binary()), "--port", "0", "--unixsocket", str(path), "--dir", str(tmp_path)]
    program = subprocess.Popen([sys.executable, "-c", code, mode, *server], stdout=subprocess.DEVNULL)

    def answers() -> bool:
        (tmp_path / "database.url").write_text(f"unix://{path}")
        return running_server(tmp_path) is not None

    assert until(answers)
    program.kill()
    program.wait()
    assert until(lambda: not answers())


def test_a_tethered_program_is_stopped_when_asked_in_either_way(tmp_path: Path) -> None:
    for mode in ("die", "pipe") if sys.platform == "linux" else ("pipe",):
        program = Tethered([sys.executable, "-c", "import time; time.sleep(60)"], mode=mode)
        program.stop()
        program.stop()
        assert program.process.poll() is not None
