"""Here: LINE, as three deeds: read its webhooks, draw cards as Flex, send.
Never here: a decision about what to say or whom to page, the store, the web server.
Start with: parse.py, then render.py, then client.py.
"""
