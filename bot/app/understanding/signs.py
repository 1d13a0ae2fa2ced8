"""What a model sees of a text: its letters, its sound, what it speaks of and how it ends. Each group weighs the same."""

import math
import re
from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise

from bot.app.understanding.danger import Danger, DangerKind, DangerWords, items_of
from bot.app.understanding.spelling import Spelling, normalised

Signs = dict[str, float]
"""A sign's name and its weight in this text; the squares add up to one."""

WEIGHTS = {
    "letters": 0.85,
    "sound": 1.2,
    "notions": 1.0,
    "spoken": 0.6,
    "pairs": 0.6,
    "form": 0.7,
    "danger": 0.85,
}
"""Found by cross-validation on the phrases."""
_DENIED = re.compile(r"(?:な(?:い|か|く|し)|ませ|てへん|ず$|not)")
_DONE_TO = re.compile(r"れ(?:た|て|る|ま|そ)")
_LATIN_DENIAL = re.compile(r"(?:not|didnt|never|no|wasnt|isnt) ?\w* ?$")
_LATIN_WORD = re.compile(r"[a-z]+")


class Reader:
    """Reads the signs of texts by the readings, the notions and the danger words that the organisation keeps."""

    def __init__(self, spelling: Spelling, notions: Mapping[str, str], danger: DangerWords) -> None:
        self._spelling, self._danger = spelling, danger
        self._notions = {name: self._pattern(words) for name, words in notions.items()}

    def sound(self, text: str) -> str:
        return self._spelling.sounded(text)

    def danger(self, sound: str) -> Danger:
        return self._danger.found_in(sound)

    @property
    def danger_kinds(self) -> tuple[DangerKind, ...]:
        return self._danger.kinds

    def danger_facts(self, danger: Danger) -> dict[str, str]:
        return self._danger.facts(danger)

    def signs(self, text: str) -> Signs:
        sound = self.sound(text)
        notions = self._spoken_of(sound)
        spoken = sorted(name for name in notions if name.startswith("n"))
        groups = {
            "letters": _grams(normalised(text), 1, 3, "s:"),
            "sound": _grams(sound, 2, 4, "r:"),
            "notions": notions,
            "spoken": {f"o{name}" for name in spoken},
            "pairs": {
                f"{one}&{other}" for one, other in combinations(spoken, 2) if one[1] == ":" == other[1]
            },
            "form": _form(sound),
            "danger": _told(self.danger(sound)),
        }
        return _weighed(groups)

    def _spoken_of(self, sound: str) -> set[str]:
        found: set[str] = set()
        for name, words in self._notions.items():
            for hit in words.finditer(sound):
                tail = sound[hit.end() : hit.end() + 7]
                found |= {f"n:{name}", f"t:{name}:{tail[:3]}"}
                if _DENIED.search(tail) or _LATIN_DENIAL.search(sound[: hit.start()]):
                    found.add(f"n-:{name}")
                if _DONE_TO.search(tail[:4]):
                    found.add(f"n<:{name}")
        return found

    def _pattern(self, words: str) -> re.Pattern[str]:
        parts = (self._spelling.letters(item).replace("_", " ") for item in items_of(words))
        return re.compile("|".join(f"(?:{part})" for part in parts))


def _grams(text: str, shortest: int, longest: int, mark: str) -> set[str]:
    padded = f"^{text}$"
    sizes = range(shortest, longest + 1)
    return {mark + padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1)}


def _form(sound: str) -> set[str]:
    """Beginning, end, length, and words where the writing has them."""
    latin = _LATIN_WORD.findall(sound)
    return {
        *(f"e:{sound[-size:]}" for size in (2, 3, 4, 5)),
        *(f"b:{sound[:size]}" for size in (2, 3, 4)),
        f"l:{min(6, len(sound) // 5)}",
        *(f"w:{word}" for word in latin),
        *(f"w:{one} {two}" for one, two in pairwise(latin)),
    }


def _told(danger: Danger) -> set[str]:
    names = {f"d:{kind}" for kind in danger.kinds} | {f"d-:{kind}" for kind in danger.denied}
    return names | {f"g:{guard}" for guard in danger.guards} | ({"d:now"} if danger.is_now else {"d:not"})


def _weighed(groups: Mapping[str, Iterable[str]]) -> Signs:
    signs: Signs = {}
    for group, names in groups.items():
        ordered = sorted(names)
        for name in ordered:
            signs[name] = WEIGHTS[group] / math.sqrt(len(ordered))
    length = math.sqrt(math.fsum(weight * weight for weight in signs.values()))
    return {name: weight / length for name, weight in signs.items()}
