"""Here: a platform's bytes turned into our words, and our messages into its JSON.
Never here: a decision about a conversation or a page.
Start with: line/parse.py."""
