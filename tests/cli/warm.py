"""A process that has loaded the program's libraries and forks for each command: real processes without the wait.

Reads one JSON request a line {"words", "environment", "here", "stdin"}, answers with {"code", "out", "err"}.
"""

import json
import os
import sys
import tempfile
from typing import IO, Any


def main() -> None:
    import bot.cli.checkups
    import bot.cli.commands
    import bot.cli.flows
    import bot.platforms.line.richmenu
    import bot.reports.incident_text  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def run(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(request["stdin"].encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            become(request, given, out, err)
        _, status = os.waitpid(child, 0)
        return {"code": os.waitstatus_to_exitcode(status), "out": text(out), "err": text(err)}


def become(request: dict[str, Any], *files: IO[bytes]) -> None:
    """The child: what `python -m bot WORDS…` would be."""
    from bot.cli import main

    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    os.chdir(request["here"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["mamori", *request["words"]]
    code: object = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


def text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    main()
