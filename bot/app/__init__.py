"""Here: use cases — load, step, commit, deliver — over ports; the words and flows kept in memory.
Never here: Redis, HTTP, LINE, Slack, or a decision that belongs into core.
Start with: turn.py.
"""
