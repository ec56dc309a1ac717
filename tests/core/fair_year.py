"""A year of pairs for whom every time is inconvenient to somebody: who carries it, and how much of it there is.

``python -m tests.core.fair_year`` prints the table. Each pair meets every fortnight at the slot that the search puts
first, and its ledger is charged; calendars are busy at random. Beside each choice stands the least that any slot of
the same search would have cost the two together.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.core.burden import charged
from agent.core.people import Person
from agent.core.relationships import Ledger, Relationship
from agent.core.slots import best, search
from agent.core.timespan import DAY, Span, floor_minute, instant
from tests.factories import NOW, observed, pair, person, policy, rule

PLACES = (
    ("Europe/Lisbon", "Pacific/Auckland"),
    ("Europe/London", "Australia/Sydney"),
    ("America/Los_Angeles", "Asia/Kolkata"),
    ("America/New_York", "Asia/Tokyo"),
    ("Europe/Berlin", "Pacific/Auckland"),
    ("America/Sao_Paulo", "Asia/Singapore"),
    ("Africa/Nairobi", "America/Vancouver"),
)
"""None of these pairs shares a minute between nine and five."""

MEETINGS = 26
WINDOW = 4 * DAY
FAIRNESS = 0.5


@dataclass(frozen=True)
class Year:
    """What a year cost each of two people, and the least it could have cost them together; in points."""

    places: tuple[str, str]
    carried: tuple[float, float]
    least: float

    @property
    def total(self) -> float:
        return sum(self.carried)

    @property
    def share(self) -> float:
        """Of the worse-off partner, in the total."""
        return max(self.carried) / self.total


def somebody(name: str, zone: str) -> Person:
    """Available from early to late, happy from nine to five."""
    return person(name, zone, availability=(rule("06:00", "23:00"),), good_hours=(rule("09:00", "17:00"),))


def diary(seed: random.Random, window: Span) -> list[Span]:
    """Something in the calendar about every third hour."""
    starts = range(window.start - DAY, window.end + DAY, 180)
    return [Span(at, at + seed.choice((30, 60, 90))) for start in starts for at in (start + seed.randrange(180),)]


def year(places: tuple[str, str], seed: int, fairness: float = FAIRNESS) -> Year:
    """Meet for a year."""
    dice = random.Random(seed)
    relationship = pair(
        somebody("mentor-1", places[0]),
        somebody("mentee-1", places[1]),
        policy=policy(fairness=fairness, grid=timedelta(minutes=15)),
    )
    ledger, due, least = Ledger(), floor_minute(NOW) + 14 * DAY, 0.0
    carried = {"mentor-1": 0.0, "mentee-1": 0.0}
    for _ in range(MEETINGS):
        start, points, minimum = _meet(relationship, ledger, due, dice)
        ledger, least = charged(ledger, points, start), least + minimum
        carried = {name: carried[name] + points[name] for name in carried}
        due = start + 14 * DAY
    return Year(places, (carried["mentor-1"], carried["mentee-1"]), least)


def _meet(
    relationship: Relationship, ledger: Ledger, due: int, dice: random.Random
) -> tuple[int, dict[str, float], float]:
    window = Span(due - WINDOW, due + WINDOW + 1)
    seen = observed(relationship, {p.id: diary(dice, window) for p in relationship.people})
    found = search(relationship, seen, window, ledger=ledger)
    slot = best(found, instant(due))
    assert slot is not None
    return slot.span.start, dict(slot.burden), min(sum(each.burden.values()) for each in found.slots)


def years(seeds: range) -> Iterator[Year]:
    """Every pair of places with every seed."""
    return (year(places, seed) for places in PLACES for seed in seeds)


def main() -> None:
    """Print each pair of places over ten seeds, with what it would cost were nobody to ask who carries it."""
    print(f"{'pair':<42}{'worst share':>12}{'points':>9}{'least':>9}{'ratio':>8}{'unfair':>9}")
    total = least = 0.0
    for places in PLACES:
        found = [year(places, seed) for seed in range(10)]
        points, floor = sum(y.total for y in found), sum(y.least for y in found)
        total, least = total + points, least + floor
        share = max(y.share for y in found)
        unfair = sum(year(places, seed, 0.0).total for seed in range(10))
        figures = f"{share:>12.3f}{points:>9.0f}{floor:>9.0f}{points / floor:>8.3f}{unfair:>9.0f}"
        print(f"{' and '.join(places):<42}{figures}")
    print(f"{'all':<42}{'':>12}{total:>9.0f}{least:>9.0f}{total / least:>8.3f}")


if __name__ == "__main__":
    main()
