"""Measures how whole cohorts are planned: what a plan costs, how much less any plan could, and what it takes to find.

The work is made up from a seed. Mentors have one to five mentees; people live in twelve zones of four continents and
prefer nine to five, accept seven to twenty-two; pairs that share no good hour are common, so much burden cannot be
avoided. Calendars hold twenty-five entries a week, by day, at odd minutes. Eight weeks, a meeting a fortnight of 45
minutes give or take four days, on a grid of 15 minutes with the room, limits (2 a day, 5 a week), λ and prices of the
defaults. Three mentors in ten belong to large programmes: each of them has a mentee, at least, who has another mentor
there, so that groups of a few hundred pairs hang together. The rest are alone with their mentees. Half of the pairs
carry a ledger.

``python tests/bench/cohorts.py [--quick] [--json FILE]`` prints the table; ``make bench`` runs ``measure``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from agent.core.cohort.components import components
from agent.core.cohort.plan import plan_cohort
from agent.core.cohort.problem import POINT, Candidate, Capacity, Due, Request
from agent.core.meter import rate

ZONES = (
    "America/Los_Angeles", "America/Denver", "America/New_York", "America/Sao_Paulo", "Europe/London", "Europe/Berlin",
    "Africa/Lagos", "Africa/Nairobi", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
)  # fmt: skip
DAY, WEEK, GRID, DURATION, BEFORE, AFTER = 1440, 7 * 1440, 15, 45, 5, 10
MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // 60
EVERY, WINDOW = 2 * WEEK, 4 * DAY
DUES = tuple(MONDAY + WEEK + k * EVERY for k in range(4))
STARTS = range(MONDAY, MONDAY + 8 * WEEK, GRID)
OPENS, SHUTS, GOOD_FROM, GOOD_TO = 7 * 60, 22 * 60, 9 * 60, 17 * 60
PLAIN = "standard library"
EXTRA = "with [optimizer]"


@cache
def offset(zone: str, hour: int) -> int:
    """Minutes east of Greenwich in an hour of the epoch."""
    found = datetime.fromtimestamp(hour * 3600, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return int(found.total_seconds()) // 60 if found else 0


@cache
def prices(zone: str) -> dict[int, int]:
    """Shares of a point that a meeting costs somebody in a zone, for each start that they accept."""
    found = {}
    for start in STARTS:
        local = start + offset(zone, start // 60)
        minute = local % DAY
        if local // DAY % 7 in {2, 3} or minute < OPENS or minute + DURATION > SHUTS:  # day 2 was a Saturday
            continue
        away = (max(GOOD_FROM - m, m - GOOD_TO + 1, 0) for m in range(minute, minute + DURATION))
        found[start] = sum(map(rate, away))
    return found


@cache
def keys(zone: str) -> tuple[dict[int, int], dict[int, int]]:
    """Local day and local week (from Monday) of every start."""
    days = {start: (start + offset(zone, start // 60)) // DAY for start in STARTS}
    return days, {start: (day + 3) // 7 for start, day in days.items()}


def diary(seed: random.Random, zone: str) -> list[int]:
    """Where starts stop being possible and where they are again, in turn: 25 entries a week, by day on working days."""
    entries = sorted((start, start + seed.choice((30, 45, 60, 90))) for start in _entries(seed, zone))
    merged: list[int] = []
    for start, end in entries:
        if merged and start - AFTER <= merged[-1]:
            merged[-1] = max(merged[-1], end + BEFORE)
        else:
            merged += [start - AFTER - DURATION + 1, end + BEFORE]
    return merged


def _entries(seed: random.Random, zone: str) -> Iterable[int]:
    for _ in range(25 * 8):
        day = MONDAY + seed.randrange(8) * WEEK + seed.randrange(5) * DAY
        yield day + seed.randrange(OPENS, SHUTS) - offset(zone, day // 60)


@dataclass
class Somebody:
    """A person: a zone, the starts they can take with their price, and how many meetings they can have."""

    zone: str
    accepts: dict[int, int]
    capacity: Capacity


def somebody(seed: random.Random, zone: str) -> Somebody:
    """Whoever lives there, with a calendar of their own."""
    taken = diary(seed, zone)
    accepts = {start: price for start, price in prices(zone).items() if bisect_right(taken, start) % 2 == 0}
    days, weeks = keys(zone)
    return Somebody(zone, accepts, Capacity(days, weeks, 2, 5))


def request(name: str, mentor: str, mentee: str, people: dict[str, Somebody], seed: random.Random) -> Request:
    """A pair with its four meetings."""
    mine, yours = people[mentor].accepts, people[mentee].accepts
    days, meetings = people[mentor].capacity.day_of, []
    for due in DUES:
        window = range(due - WINDOW, due + WINDOW + 1, GRID)
        starts = [start for start in window if start in mine and start in yours]
        found = tuple(Candidate(start, (mine[start], yours[start])) for start in starts)
        days_off = tuple(abs(days[start] - days[due]) for start in starts)
        meetings.append(Due(found, DURATION, BEFORE, AFTER, days_off))
    ledger = (seed.randrange(64 * 60), seed.randrange(64 * 60)) if seed.random() < 0.5 else (0, 0)
    return Request(name, (mentor, mentee), tuple(meetings), EVERY, WINDOW, ledger, MONDAY)


def cohort(pairs: int, number: int = 1) -> tuple[list[Request], dict[str, Capacity]]:
    """A programme of so many pairs, made from a seed."""
    seed = random.Random(number)
    people: dict[str, Somebody] = {}
    requests: list[Request] = []
    tied: list[str] = []
    while len(requests) < pairs:
        mentor = f"mentor-{len(people)}"
        people[mentor] = somebody(seed, seed.choice(ZONES))
        large = seed.random() < 0.3
        for nth in range(min(seed.randint(1, 5), pairs - len(requests))):
            if large and tied and (nth == 0 or seed.random() < 0.1):
                mentee = tied.pop(seed.randrange(len(tied)))
            else:
                mentee = f"mentee-{len(people)}"
                people[mentee] = somebody(seed, seed.choice(ZONES))
                tied += [mentee] * large
            requests.append(request(f"pair-{len(requests):05}", mentor, mentee, people, seed))
        if len(tied) > 60:
            tied.clear()
    return requests, {name: each.capacity for name, each in people.items()}


def row(pairs: int, way: str) -> dict[str, object]:
    """Plan one cohort one way; measured in a process of its own, whose peak memory is its own."""
    requests, capacities = cohort(pairs)
    sizes = Counter(len(part) for part in components(requests))
    optimizer = None
    if way == EXTRA:
        from agent.accelerators.columns import ColumnGeneration

        optimizer = ColumnGeneration()
    began = time.process_time()
    plan = plan_cohort(requests, capacities, seed=1, optimizer=optimizer)
    seconds = time.process_time() - began
    return {
        "pairs": pairs,
        "way": way,
        "components": sum(sizes.values()),
        "largest": max(sizes),
        "sizes": dict(sorted(sizes.items())),
        "meetings": sum(len(each.meetings) for each in requests),
        "unplaced": len(plan.unplaced),
        "points": plan.cost / POINT,
        "bound_points": plan.lower_bound / POINT,
        "gap_percent": None if plan.gap is None else 100 * plan.gap,
        "cpu_seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure(quick: bool) -> list[dict[str, object]]:
    """Rows for each size and way: 100 pairs where it has to be quick, else 1,000 and 10,000."""
    ways = [(100, PLAIN), (100, EXTRA)] if quick else [(1000, PLAIN), (1000, EXTRA), (10_000, EXTRA)]
    found = []
    for pairs, way in ways:
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            found.append(alone.apply(row, (pairs, way)))
    return found


COLUMNS = {
    "pairs": "{:,}",
    "way": "{}",
    "components": "{:,}",
    "largest": "{}",
    "points": "{:,.2f}",
    "bound_points": "{:,.2f}",
    "unplaced": "{}",
    "gap_percent": "{:.4f}",
    "cpu_seconds": "{:.1f}",
    "peak_mb": "{:.0f}",
}


def table(rows: list[dict[str, object]]) -> str:
    """The rows as text, and below each how many components of each size there are."""
    lines = ["  ".join(f"{name:>18}" for name in COLUMNS)]
    for each in rows:
        shown = ("-" if each[name] is None else form.format(each[name]) for name, form in COLUMNS.items())
        lines.append("  ".join(f"{text:>18}" for text in shown))
        lines.append(f"    pairs in a component, and how many such: {each['sizes']}")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and write the rows as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows = measure(asked.quick)
    print(table(rows))
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
