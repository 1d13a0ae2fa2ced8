"""Here: `make bench`: what a step costs in the running server, beside the plainest bot that does the same.
Never here: a figure that a test depends on; machines differ, so only figures of one run are compared.
Start with: run.py.
"""
