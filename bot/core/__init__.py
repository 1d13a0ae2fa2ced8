"""Here: what should happen, as pure functions over frozen data: two machines (walk, paging) and the cards they show.
Never here: input or output, a clock, randomness, logging, await, or any package outside the standard library.
Start with: walk.py, then paging.py, then incident.py, which joins them.
"""
