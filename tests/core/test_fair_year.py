"""Over a year the inconvenient hours are shared, and sharing them costs next to nothing."""

from __future__ import annotations

import pytest

from tests.core.fair_year import PLACES, year


@pytest.mark.parametrize("places", PLACES, ids=" and ".join)
def test_neither_carries_much_more_than_half_and_both_little_more_than_they_must(places: tuple[str, str]) -> None:
    found = year(places, seed=1)
    assert found.share <= 0.60
    assert found.total <= 1.10 * found.least


def test_without_fairness_one_of_them_can_carry_nearly_all() -> None:
    """What the ledger is for: the same year, with nobody asking who carries it."""
    places = ("Europe/Berlin", "Pacific/Auckland")
    shares = [year(places, seed, fairness=0.0).share for seed in range(3)]
    assert max(shares) > year(places, seed=1).share
