"""A pass lets in whom we gave it to, until its day, and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.web.passes import Pass, read, sign

NOW = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
GIVEN = Pass("ebetsu", NOW + timedelta(days=1), "本庁舎")
TOKEN = sign(KEY, GIVEN)
BODY, SEAL = TOKEN.split(".")


def test_a_pass_is_read_as_it_was_given() -> None:
    assert read(KEY, TOKEN, "ebetsu", NOW) == GIVEN


def test_a_pass_goes_through_an_address_as_it_is() -> None:
    assert TOKEN.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_pass_ends_with_its_day() -> None:
    assert read(KEY, TOKEN, "ebetsu", GIVEN.until - timedelta(seconds=1)) is not None
    assert read(KEY, TOKEN, "ebetsu", GIVEN.until) is None


def test_a_pass_of_another_organisation_or_another_key_opens_nothing() -> None:
    assert read(KEY, TOKEN, "sapporo", NOW) is None
    assert read(OTHER_KEY, TOKEN, "ebetsu", NOW) is None


@pytest.mark.parametrize(
    "token",
    [
        *(
            "",
            ".",
            "nonsense",
            BODY,
            f"{BODY}.",
            f".{SEAL}",
            f"{BODY}.{SEAL}x",
            f"{BODY}x.{SEAL}",
            f"{BODY}.日本",
        ),
        *(TOKEN + "=", f"{TOKEN}.{SEAL}", TOKEN[:-3], "a" * 100_000),
    ],
)
def test_what_was_not_signed_opens_nothing_and_breaks_nothing(token: str) -> None:
    assert read(KEY, token, "ebetsu", NOW) is None


def test_nobody_can_lengthen_a_pass_or_widen_it() -> None:
    for wanted in (replace(GIVEN, until=NOW + timedelta(days=999)), replace(GIVEN, site="")):
        forged = sign(OTHER_KEY, wanted).split(".")[0]
        assert read(KEY, f"{forged}.{SEAL}", "ebetsu", NOW) is None
