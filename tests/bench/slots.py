"""Measures the slot search against a plain one: minute by minute, on python-dateutil's rule sets.

Both search the same world in the same run, six weeks of it, and have to give the same starts at the same prices;
otherwise the figures would mean nothing. ``make bench`` prints the table.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule, rruleset

sys.path.insert(0, str(Path(__file__).parents[2]))

from agent.core import zones
from agent.core.boundaries import Strength
from agent.core.observation import Observed
from agent.core.people import Person
from agent.core.policy import Policy
from agent.core.relationships import Ledger, Relationship
from agent.core.rules import Rule
from agent.core.slots import search
from agent.core.timespan import DAY, Span, floor_minute, instant
from tests.factories import NOW, WEEKDAYS, circle, hard, observed, person, rule, soft

WEEKS = 6
WINDOW = Span(floor_minute(NOW) + DAY, floor_minute(NOW) + (7 * WEEKS + 1) * DAY)
"""Summer time begins in it, on both sides of the Atlantic."""

REPEATS = 5
Prices = dict[int, dict[str, float]]


@dataclass(frozen=True)
class Row:
    """One world, measured in seconds. ``first`` is our search before it has learned about any zone."""

    name: str
    slots: int
    first: float
    then: float
    plain: float


def somebody(name: str, zone: str, seed: random.Random) -> Person:
    """Office hours, a hard lunch, a soft start and end of the day."""
    lunch = seed.choice(("12:00", "12:30", "13:00"))
    return person(
        name,
        zone,
        availability=(rule("08:00", "19:00", days=WEEKDAYS),),
        boundaries=(hard(lunch, f"{lunch[:2]}:59"), soft(2, "08:00", "09:30"), soft(1, "17:00", "19:00")),
    )


def diary(seed: random.Random, entries: int) -> list[Span]:
    """Busy time at odd minutes."""
    starts = (seed.randrange(WINDOW.start - DAY, WINDOW.end + DAY) for _ in range(entries))
    return [Span(start, start + seed.choice((25, 30, 50, 61, 90))) for start in starts]


def world(places: Iterable[str], entries: int) -> tuple[Relationship, Observed]:
    """People in these zones, each with so many entries in six weeks."""
    seed = random.Random(entries)
    people = [somebody(f"person-{n}", zone, seed) for n, zone in enumerate(places)]
    relationship = circle(*people, policy=Policy())
    return relationship, observed(relationship, {p.id: diary(seed, entries) for p in people})


def ours(relationship: Relationship, seen: Observed) -> Prices:
    """Search as the agent does."""
    found = search(relationship, seen, WINDOW, ledger=Ledger())
    return {slot.span.start: dict(slot.burden) for slot in found.slots}


def ours_afresh(relationship: Relationship, seen: Observed) -> Prices:
    """Search as a process that has just begun."""
    zones.forget()
    return ours(relationship, seen)


def occurrences(rules: Iterable[Rule], zone: str) -> set[int]:
    """Minutes of the window that lie in an occurrence of the rules."""
    info = ZoneInfo(zone)
    first = instant(WINDOW.start).astimezone(info).replace(hour=0, minute=0, tzinfo=None) - timedelta(days=2)
    last = instant(WINDOW.end).replace(tzinfo=None) + timedelta(days=2)
    minutes: set[int] = set()
    for each in rules:
        dates = rruleset(cache=True)
        dates.rrule(rrule(WEEKLY, byweekday=sorted(each.weekdays), dtstart=first + timedelta(minutes=each.start)))
        for begins in dates.between(first, last, inc=True):
            start = floor_minute(begins.replace(tzinfo=info))
            minutes.update(range(start, start + each.end - each.start))
    return minutes


def plain(relationship: Relationship, seen: Observed) -> Prices:
    """Search by asking of every minute of every candidate whether each person can and what it costs them."""
    policy = relationship.policy
    length, grid, before, after = (
        int(d.total_seconds()) // 60
        for d in (policy.cadence.duration, policy.grid, policy.buffers.before, policy.buffers.after)
    )
    calendars = [_calendar(p, seen) for p in relationship.people]
    found: Prices = {}
    for start in range(-(-WINDOW.start // grid) * grid, WINDOW.end, grid):
        meeting, roomy = range(start, start + length), range(start - before, start + length + after)
        if all(all(m in free for m in meeting) and not any(m in busy for m in roomy) for free, busy, _ in calendars):
            found[start] = {
                p.id: sum(points for minutes, points in costs for m in meeting if m in minutes)
                for p, (_, _, costs) in zip(relationship.people, calendars, strict=True)
            }
    return found


def _calendar(who: Person, seen: Observed) -> tuple[set[int], set[int], list[tuple[set[int], float]]]:
    never = [b.rule for b in who.boundaries if b.strength is Strength.HARD]
    free = occurrences(who.availability, who.zone) - occurrences(never, who.zone)
    busy = {minute for block in seen.of(who.id).busy or () for minute in range(block.span.start, block.span.end)}
    soft_rules = [b for b in who.boundaries if b.strength is Strength.SOFT]
    return free, busy, [(occurrences([b.rule], who.zone), b.points) for b in soft_rules]


def fastest(work: Callable[[], Prices]) -> tuple[float, Prices]:
    """Seconds of the fastest of some runs, and what it found."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - begun)
    return min(times), found


def measure(name: str, places: tuple[str, ...], entries: int) -> Row:
    """Both searches over one world; exits where they disagree."""
    relationship, seen = world(places, entries)
    first, _ = fastest(lambda: ours_afresh(relationship, seen))
    then, found = fastest(lambda: ours(relationship, seen))
    slow, expected = fastest(lambda: plain(relationship, seen))
    if found != expected:
        sys.exit(f"{name}: the two searches disagree on {len(set(found) ^ set(expected))} starts or on prices")
    return Row(name, len(found), first, then, slow)


WORLDS = (
    ("pair, empty diaries", ("Europe/Lisbon", "America/Sao_Paulo"), 0),
    ("pair, half-hour zone", ("Europe/Lisbon", "Asia/Kolkata"), 60),
    ("pair, full diaries", ("Europe/Lisbon", "America/New_York"), 240),
    ("circle of five", ("Europe/Lisbon", "Europe/Berlin", "Africa/Lagos", "Asia/Dubai", "Asia/Kolkata"), 60),
)


def main() -> None:
    """Measure every world, saying which one, and print the table."""
    rows = []
    for n, (name, places, entries) in enumerate(WORLDS, 1):
        print(f"\r{n}/{len(WORLDS)} {name:<24}", end="", file=sys.stderr, flush=True)
        rows.append(measure(name, places, entries))
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    print(f"Every start in {WEEKS} weeks; the fastest of {REPEATS} runs, same answers from both.\n")
    print(f"{'world':<24}{'slots':>7}{'ours, first':>14}{'ours, then':>14}{'plain':>12}{'ratio':>8}")
    for row in rows:
        times = f"{row.first * 1000:>11.1f} ms{row.then * 1000:>11.1f} ms{row.plain * 1000:>9.1f} ms"
        print(f"{row.name:<24}{row.slots:>7}{times}{row.plain / row.then:>7.0f}x")


if __name__ == "__main__":
    main()
