"""Here: figures and single incidents laid out as table, CSV or document.
Never here: counting; the figures arrive ready made.
Start with: table.py."""
