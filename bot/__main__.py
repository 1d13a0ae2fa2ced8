"""`python -m bot` is `mamori`."""

from bot.cli import main

main()
