"""The forms of a Japanese verb in which violence is told: done to somebody, coming, threatened, tried. By sound."""

GODAN = {
    "る": ("ら", "り", "ろ", "つ"),
    "く": ("か", "き", "こ", "い"),
    "ぐ": ("が", "ぎ", "ご", "い"),
    "す": ("さ", "し", "そ", "し"),
    "う": ("わ", "い", "お", "つ"),
    "つ": ("た", "ち", "と", "つ"),
    "ぬ": ("な", "に", "の", "ん"),
    "ぶ": ("ば", "び", "ぼ", "ん"),
    "む": ("ま", "み", "も", "ん"),
}
"""By the last sound of the dictionary form: what stands before ない, ます, う, and て or た."""

DONE_TO = "れ(た|て|る|ま|ち|と|つ|そ|よ|か|ん|$|は|や)"
GOING_ON = "(き|く|い|お|る|と|も|し|や|こ|よ|は|ん|ま)"
THREATENED = "(ぞ|つ|と|か|よ|け|ほ|ふり|いき|そ|で|な|$)"
DONE = "(た|て(?!な)|ろ|る|と|ち|だ|で(?!な)|ど)"


def hostile_forms(verb: str) -> str:
    """A pattern of its forms. A vowel stem is marked: なげ-る. Any other verb is read by its last sound."""
    if verb.endswith("-る"):
        stem = verb.removesuffix("-る")
        return _pattern(stem, f"{stem}ら?", stem, f"{stem}よう", stem)
    before_nai, before_masu, before_u, before_te = GODAN[verb[-1]]
    stem = verb[:-1]
    return _pattern(
        verb, f"{stem}{before_nai}", f"{stem}{before_masu}", f"{stem}{before_u}う", f"{stem}{before_te}"
    )


def _pattern(plain: str, passive: str, joining: str, wish: str, past: str) -> str:
    whole = plain if plain[-1] in GODAN else f"{plain}る"
    return "|".join(
        (
            f"{passive}{DONE_TO}",
            f"{past}(て|で|と|ど|ち){GOING_ON}",
            f"{past}{DONE}",
            f"{whole}{THREATENED}",
            f"{joining}(か|つけ|はじ|だし|そう|よ|に|たお|あげ|ま(わ|く))",
            wish,
        )
    )
