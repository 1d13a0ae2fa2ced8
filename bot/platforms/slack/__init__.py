"""Here: Slack, as three deeds: read what it sends, draw cards as Block Kit, send.
Never here: a decision about what to say or whom to page, the store, the web server.
Start with: parse.py, then render.py, then client.py.
"""
