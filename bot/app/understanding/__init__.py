"""Here: what typed words mean (acts, urgency, intent, facts). Offline; the same text always means the same.
Never here: what is done about it, network, words that people read.
Start with: engine.py, then deciding.py; training.py makes the models.
"""

from bot.app.understanding.deciding import Understanding
from bot.app.understanding.engine import Understander, load_understander
from bot.app.understanding.neighbours import WORTH_SAYING
from bot.app.understanding.phrases import URGENCIES, Phrase
from bot.app.understanding.spelling import normalised

__all__ = [
    "URGENCIES",
    "WORTH_SAYING",
    "Phrase",
    "Understander",
    "Understanding",
    "load_understander",
    "normalised",
]
