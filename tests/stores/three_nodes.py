"""A cluster of three nodes on loopback, made of the embedded server's own program."""

import contextlib
import random
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from bot.stores.embedded import Tethered, server_binary

SLOTS = 16384
READY_SECONDS = 20.0
BUS = 10000


@contextlib.contextmanager
def cluster_of_three(directory: Path) -> Iterator[str]:
    """The cluster's url, once every node says that all slots are served."""
    ports = [_free_port() for _ in range(3)]
    programs = [_node(directory / str(port), port) for port in ports]
    try:
        _join(ports)
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in ports)
    finally:
        for program in programs:
            program.stop()


def _node(home: Path, port: int) -> Tethered:
    home.mkdir(parents=True)
    return Tethered(
        [
            *(
                str(server_binary()),
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                str(home),
                "--save",
                "",
            ),
            *("--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--appendonly", "no"),
            *("--logfile", str(home / "log"), "--protected-mode", "no"),
        ]
    )


def _join(ports: list[int]) -> None:
    nodes = [_connected(port) for port in ports]
    share = SLOTS // 3
    for i, node in enumerate(nodes):
        last = SLOTS - 1 if i == 2 else (i + 1) * share - 1
        node.execute_command("CLUSTER", "ADDSLOTSRANGE", i * share, last)
        node.execute_command("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
    for port in ports[1:]:
        nodes[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port)
    _until(lambda: all(_serves_everything(node) for node in nodes))
    for node in nodes:
        node.close()


def _serves_everything(node: Redis) -> bool:
    info = node.execute_command("CLUSTER INFO")
    told = (info["cluster_state"], info["cluster_known_nodes"], info["cluster_slots_ok"])
    return told == ("ok", "3", str(SLOTS))


def _connected(port: int) -> Redis:
    node = Redis(port=port, socket_timeout=2)

    def answers() -> bool:
        with contextlib.suppress(RedisError, OSError):
            return bool(node.ping())
        return False

    _until(answers)
    return node


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the test cluster did not form")
        time.sleep(0.02)


def _free_port() -> int:
    """A port whose partner for the cluster's own talk (10000 higher) is free as well."""
    while True:
        port = random.randint(20000, 50000)
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + BUS))
            return port
