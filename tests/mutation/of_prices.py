"""Mistakes about what a meeting costs somebody, and what they have carried."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

BURDEN = ("test_burden",)
METER = ("test_meter",)

MUTANTS = (
    Mutant(
        "distance is capped at half a day's half",
        "meter",
        "FARTHEST = 12 * 60",
        "FARTHEST = 6 * 60",
        METER,
    ),
    Mutant(
        "the price of distance is not convex",
        "meter",
        "return (-(-min(distance, FARTHEST) // QUARTER)) ** 2",
        "return (-(-min(distance, FARTHEST) // QUARTER)) * 8",
        METER,
    ),
    Mutant(
        "distance is rounded down",
        "meter",
        "return (-(-min(distance, FARTHEST) // QUARTER)) ** 2",
        "return (min(distance, FARTHEST) // QUARTER) ** 2",
        METER,
    ),
    Mutant(
        "distance is from the farther end of a gap",
        "meter",
        "    if last > middle:\n        shares += _sum_up_to(closes - max(first, middle)) - _sum_up_to(closes - last)",
        "    if last > middle:\n        shares += _sum_up_to(last - opens) - _sum_up_to(max(first, middle) - opens)",
        METER,
    ),
    Mutant(
        "two invitations at once cost twice",
        "meter",
        "_tariff(union(block.span for block in busy if not block.hard), UNANSWERED_POINTS)",
        "_tariff(tuple(sorted(block.span for block in busy if not block.hard)), UNANSWERED_POINTS)",
        METER,
    ),
    Mutant(
        "old burdens grow instead of fading",
        "burden",
        "factor = 0.5 ** ((minute - ledger.as_of) / HALF_LIFE)",
        "factor = 0.5 ** ((ledger.as_of - minute) / HALF_LIFE)",
        BURDEN,
    ),
    Mutant(
        "imbalance is rewarded",
        "burden",
        "return sum(burden.values()) + fairness * (max(after) - min(after))",
        "return sum(burden.values()) - fairness * (max(after) - min(after))",
        BURDEN,
    ),
    Mutant(
        "what was carried is not counted",
        "burden",
        "after = [ledger.points.get(person, 0.0) + burden.get(person, 0.0) for person in people]",
        "after = [burden.get(person, 0.0) for person in people]",
        BURDEN,
    ),
    Mutant(
        "the one who carries least sets the price",
        "burden",
        "return sum(burden.values()) + fairness",
        "return min(burden.values()) + fairness",
        BURDEN,
    ),
)
