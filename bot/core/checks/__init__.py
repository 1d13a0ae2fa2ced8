"""Here: what is proved of a flow before anyone walks it, as findings with a code, a step and arguments.
Never here: sentences (flows/phrases/findings.yaml has them), files or lines (bot/app/proving.py adds them).
Start with: findings.py.
"""

from bot.core.checks.finding import CODES, Finding, Means
from bot.core.checks.findings import findings

__all__ = ["CODES", "Finding", "Means", "findings"]
