"""The local Slack: its Web API, its signed requests or Socket Mode, and what a person does in it.

Never here: LINE, drawing.
Start with api.SlackDoor (what the bot calls) and person.SlackPerson (what a person does).
"""
