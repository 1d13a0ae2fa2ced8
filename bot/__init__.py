"""Here: Mamori, a companion in LINE and Slack for staff who face harassment by customers.
Never here: texts that people read (flows/, knowledge/), or anything that an import sets going.
Start with: README.md beside this file, then core/walk.py."""
