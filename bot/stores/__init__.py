"""Here: keeping things in Redis, one file for each port.
Never here: a decision about what is kept or when.
Start with: keys.py, where every key has its type and lifetime."""
