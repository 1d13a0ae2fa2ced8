"""Runs a program that must not outlive the process that started it; run as a file: tether.py MODE PARENT PROGRAM ARGS…

MODE die: Linux; the kernel ends the program when its parent is gone, then this file turns into the program itself.
MODE pipe: elsewhere; this file stays beside the program and ends it when standard input closes, as it does with a parent.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 1.0


def die_with_parent(parent: int, command: list[str]) -> None:
    """The parent may have died before prctl was heard; then nobody would send the signal any more."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)


def die_with_pipe(command: list[str]) -> None:
    """SIGTERM is left to the pipe: whoever means to stop us closes it, too."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False)
    while program.poll() is None:
        if select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
            program.terminate()
            program.wait()
    sys.exit(program.returncode)


if __name__ == "__main__":
    mode, parent, *command = sys.argv[1:]
    if mode == "die":
        die_with_parent(int(parent), command)
    else:
        die_with_pipe(command)
