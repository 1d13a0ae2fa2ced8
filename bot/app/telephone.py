"""Telephone numbers as they are dialled from anywhere: +819012345678."""

import re
import unicodedata

DASHES = re.compile(r"[\s()./‐‑‒–—―−ー-]+")

JAPANESE = re.compile(r"\+81(?:[5789]0\d{8}|(?![5789]0)[1-9]\d{8})")


def as_e164(written: str) -> str:
    """The number with its country; one without is Japanese (090-1234-5678). Raises ValueError in words for the author.

    https://www.itu.int/rec/T-REC-E.164
    """
    number = DASHES.sub("", unicodedata.normalize("NFKC", written))
    number = f"+{number[3:]}" if number.startswith("010") else number
    if number.startswith("+810"):
        number = f"+81{number[4:]}"  # as in +81 (0)90 …
    elif number.startswith("0") and not number.startswith("00"):
        number = f"+81{number[1:]}"
    if number.startswith("+81") and not JAPANESE.fullmatch(number):
        raise ValueError(
            f"日本の電話番号は 0 から始まる 10桁、050・070・080・090 なら 11桁です(今は「{written}」)"
        )
    if not re.fullmatch(r"\+[1-9]\d{7,14}", number):
        raise ValueError(f"電話番号は 090-1234-5678 か +819012345678 の形で書いてください(今は「{written}」)")
    return number
