"""Who has carried how much inconvenience, and what that makes the next slot cost.

The ledger of a relationship holds points per person. They fade with a half-life of twelve weeks: six meetings of a
fortnightly pair, long enough that an inconvenient hour is remembered until the other side has had its turn, short
enough that a hard spring does not rule the autumn.

    cost(slot) = Σ burden_i + λ · (max_i(ledger_i + burden_i) - min_i(ledger_i + burden_i)),   0 ≤ λ < 1

For a pair the bracket is the absolute imbalance afterwards. λ stays below 1: from there on, fairness would pay for
itself by burdening the luckier side without relieving the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.core.relationships import Ledger
from agent.core.timespan import DAY

HALF_LIFE = 12 * 7 * DAY
"""Minutes after which a point counts half."""

_SMALLEST = 1e-6


def decayed(ledger: Ledger, minute: int) -> Ledger:
    """The same ledger as it counts at a later minute; earlier ones change nothing."""
    if minute <= ledger.as_of:
        return ledger
    factor = 0.5 ** ((minute - ledger.as_of) / HALF_LIFE)
    points = {person: value * factor for person, value in ledger.points.items() if value * factor > _SMALLEST}
    return Ledger(points, minute)


def charged(ledger: Ledger, burden: Mapping[str, float], minute: int) -> Ledger:
    """The ledger after a meeting at this minute that cost each person so many points."""
    now = decayed(ledger, minute)
    points = dict(now.points)
    for person, value in burden.items():
        if value:
            points[person] = points.get(person, 0.0) + value
    return Ledger(points, now.as_of)


def cost(burden: Mapping[str, float], ledger: Ledger, people: Iterable[str], fairness: float) -> float:
    """Points that a slot costs the relationship as a whole; ``fairness`` is λ."""
    after = [ledger.points.get(person, 0.0) + burden.get(person, 0.0) for person in people]
    return sum(burden.values()) + fairness * (max(after) - min(after))
