"""Here: the telephone, through Twilio: place a call or a text message, speak, understand a key, know our own links.
Never here: a decision about whom to call, the store, the web server.
Start with: parse.py, then render.py, then client.py.
"""
