"""The local LINE: its Messaging API, its webhooks, and what a person does on the phone.

Never here: Slack, drawing.
Start with api.LineApi (what the bot calls) and phone.LinePhone (what a person taps).
"""
