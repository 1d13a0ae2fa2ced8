"""What both platforms stand in: the clock, memory on disk, the wire log, faults, the way to the bot.

Never here: LINE or Slack rules.
Start with shelf.Shelf.
"""
