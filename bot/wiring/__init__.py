"""Here: the composition root: the only place that reads the clock, makes ids, and joins real parts into processes.
Never here: a decision about people, questions or pages.
Start with: parts.py.
"""
