"""Every key is written down, with a type, a lifetime or a reason to stay, and the hash tag of its organisation."""

from datetime import timedelta

import pytest

from bot.stores.keys import FAMILIES, ORGANISATIONS, Family, Keys, family_of


def every_key(k: Keys) -> list[str]:
    singles = [value for value in vars(k).values() if value != k.tag]
    methods = [getattr(Keys, name) for name in vars(Keys) if not name.startswith("_")]
    return singles + [method(k, "x:1") for method in methods]


def test_every_family_has_a_key_and_every_key_a_family() -> None:
    found = [family_of(key) for key in every_key(Keys("ebetsu"))]
    assert None not in found
    assert sorted(f.pattern for f in found if f) == sorted(f.pattern for f in FAMILIES)


def test_all_keys_of_an_organisation_share_its_hash_tag() -> None:
    assert all(key.startswith("{ebetsu}:") for key in every_key(Keys("ebetsu")))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.pattern)
def test_every_family_says_why_it_lives_as_long_as_it_does(family: Family) -> None:
    assert len(family.reason) > 20
    assert family.lifetime is None or timedelta(0) < family.lifetime <= timedelta(days=90)


def test_a_key_that_nobody_wrote_down_is_told_from_the_others() -> None:
    assert family_of("{ebetsu}:nonsense") is None
    assert family_of("seen:1") is None
    assert family_of(ORGANISATIONS) is not None
