"""Memory of the playground: named tables, kept in an append-only file of JSON lines when it has a folder."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from bot.playground.world.json_data import compact

FILE_NAME = "playground.jsonl"


class Shelf:
    """Tables of JSON values in order of first arrival; what was put last under a key is what stands."""

    def __init__(self, state_dir: Path | None = None) -> None:
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._file: IO[bytes] | None = None
        if state_dir is not None:
            state_dir.mkdir(parents=True, exist_ok=True)
            self._file = self._open(state_dir / FILE_NAME)

    def put(self, table: str, key: str, value: Any) -> None:
        self._tables[table][key] = value
        self._write([table, key, value])

    def drop(self, table: str, key: str) -> None:
        if self._tables[table].pop(key, None) is not None:
            self._write([table, key])

    def forget(self, table: str, key: str) -> None:
        """Out of memory only: the file keeps it."""
        self._tables[table].pop(key, None)

    def get(self, table: str, key: str) -> Any:
        return self._tables[table].get(key)

    def has(self, table: str, key: str) -> bool:
        return key in self._tables[table]

    def items(self, table: str) -> Iterator[tuple[str, Any]]:
        return iter(list(self._tables[table].items()))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, row: list[Any]) -> None:
        if self._file is not None:
            self._file.write(compact(row) + b"\n")

    def _open(self, path: Path) -> IO[bytes]:
        torn = self._replay(path) if path.exists() else False
        # Unbuffered: a line is with the operating system before the sender hears "ok".
        file = path.open("ab", buffering=0)
        if torn:
            file.write(b"\n")
        return file

    def _replay(self, path: Path) -> bool:
        """Reads what was written; a line torn by a crash is left out. True if the file ends inside a line."""
        text = path.read_bytes()
        for line in text.split(b"\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if len(row) == 3:
                self._tables[row[0]][row[1]] = row[2]
            else:
                self._tables[row[0]].pop(row[1], None)
        return bool(text) and not text.endswith(b"\n")
