"""Here: a machine that is told of calls for help by a signed webhook: a security desk, a lamp, a siren.
Never here: a decision about when it is told.
Start with: client.py.
"""
