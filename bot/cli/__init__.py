"""Here: the commands. Each reads its words, calls a use case, prints; errors are one line, never a traceback.
Never here: decisions, HTTP handlers, Redis commands.
Start with: main.py.
"""

from bot.cli.main import main

__all__ = ["main"]
