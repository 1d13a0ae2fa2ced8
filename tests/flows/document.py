"""Writes the tables of findings in docs/flows.md: .venv/bin/python -m tests.flows.document"""

import re

from bot.app.proving import load_sentences
from bot.core.checks import CODES
from tests.flows.means import ROOT

FILE = ROOT / "docs" / "flows.md"
SIGNS = {"ja": {"error": "止", "warning": "注"}, "en": {"error": "error", "warning": "warning"}}
HEADS = {
    "ja": "| 名前 | | 何がいけないか、どう直すか |\n|---|---|---|",
    "en": "| code | | what is wrong, how to mend it |\n|---|---|---|",
}


def table(language: str) -> str:
    """One row for each finding there can be, in the order in which they are looked for."""
    sentences = load_sentences(ROOT)
    rows = [
        f"| `{code}` | {SIGNS[language][level]} | {_plain(sentences[code][language])} |"
        for code, level in CODES.items()
    ]
    return "\n".join((HEADS[language], *rows))


def written(text: str) -> str:
    """The document with its tables as they must be."""
    for language in HEADS:
        mark = f"<!-- findings {language} -->"
        text = re.sub(rf"{mark}\n(\|.*\n)*\n?", f"{mark}\n{table(language)}\n\n", text)
    return text.rstrip() + "\n"


def _plain(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "…", sentence).replace("|", "／")


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text("utf-8")), "utf-8")
