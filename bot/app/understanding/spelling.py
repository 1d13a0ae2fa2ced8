"""One way of writing: texts that sound alike are compared alike, however a thumb, a phone or a dictation wrote them."""

import re
import unicodedata
from collections.abc import Mapping

_SPACES_AND_STOPS = re.compile(r"[\s、。,.!?!?…・~〜]+")
_NO_WORD = re.compile(r"[^\w?]+")
_BETWEEN_LATIN = re.compile(r"(?<=[a-z0-9]) (?=[a-z0-9])")
_AGAIN = re.compile(r"(.)\1{2,}")
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ", "ー")
_SLIP = re.compile(r"(?<=[ぁ-ん])[a-z](?=[ぁ-ん])")
"""One Latin letter between kana is a thumb that met two keys: なぐrれた."""
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def normalised(text: str) -> str:
    """One width, one case, no spaces: half-width katakana and full-width letters read alike."""
    return _SPACES_AND_STOPS.sub("", unicodedata.normalize("NFKC", text).casefold())


class Spelling:
    """Turns written words into how they sound, by the readings of common words; what has none stays as it is."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        self._readings = {unicodedata.normalize("NFKC", word): kana for word, kana in readings.items()}
        longest_first = sorted(self._readings, key=lambda word: (-len(word), word))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def sounded(self, text: str) -> str:
        """Hiragana without small letters and long marks, threefold letters once; Latin words keep one space between."""
        folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
        words = _NO_WORD.sub(" ", self.letters(folded)).replace("_", " ")
        joined = re.sub(r"\s+", " ", words).strip()
        kept = _BETWEEN_LATIN.sub("\x00", joined).replace(" ", "").replace("\x00", " ")
        return _AGAIN.sub(r"\1", _SLIP.sub("", kept))

    def letters(self, text: str) -> str:
        """Only the letters are changed, so that a pattern may be turned the same way as the texts."""
        known = self._known
        read = known.sub(lambda found: self._readings[found[0]], text) if known else text
        return read.translate(_TO_HIRAGANA).translate(_SMALL)
