"""Rules about time, written in wall-clock time: on which local days they start, from when to when.

A rule belongs to the local day on which it starts and may end on the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

from agent.core.occurrences import period_of, walls
from agent.core.recurrence import Frequency, Pattern
from agent.core.timespan import DAY

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Dates:
    """Local days from ``first`` to ``last``, both included; None where open."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Every n-th week, counted from the week that begins on the day ``anchor``, in both directions."""

    every: int
    anchor: date

    def hold(self, day: date) -> bool:
        """Whether a day lies in one of them."""
        return (day.toordinal() - self.anchor.toordinal()) // 7 % self.every == 0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Local days by a pattern, from ``first`` on: to ``last``, and ``count`` of them, each without end where None.

    ``first`` fills in what the pattern leaves open; it is one of the days only if the pattern says so. A pattern that
    is limited to times of day has no meaning here.
    """

    pattern: Pattern
    first: date
    count: int | None = None
    last: date | None = None

    def days(self, among: range) -> tuple[int, ...]:
        """Days (ordinals) among some consecutive ones, in order; earlier ones are counted once, for a count alone."""
        return _recurring(self, among.start, among.stop - 1) if among else ()


@lru_cache(maxsize=4096)
def _recurring(recurrence: Recurrence, low: int, high: int) -> tuple[int, ...]:
    pattern, start = recurrence.pattern, datetime.combine(recurrence.first, time())
    first, end = (period_of(pattern, start, datetime.fromordinal(day)) for day in (low, high))
    left, begin = None, max(first, 0)
    if recurrence.count is not None:
        block = begin // BLOCKS[pattern.frequency]
        begin = block * BLOCKS[pattern.frequency]
        past = sum(_in_block(pattern, recurrence.first, number) for number in range(block))
        left = max(recurrence.count - past, 0)
    found = (wall.toordinal() for wall in islice(walls(pattern, start, range(begin, end + 1)), left))
    high = high if recurrence.last is None else min(high, recurrence.last.toordinal())
    return tuple(day for day in found if low <= day <= high)


BLOCKS = {Frequency.DAILY: 64, Frequency.WEEKLY: 16, Frequency.MONTHLY: 4, Frequency.YEARLY: 1}
"""Periods whose occurrences are counted together, and once."""


@lru_cache(maxsize=65536)
def _in_block(pattern: Pattern, first: date, number: int) -> int:
    """How many days a pattern has in one block of periods."""
    length = BLOCKS[pattern.frequency]
    periods = range(number * length, (number + 1) * length)
    return sum(1 for _ in walls(pattern, datetime.combine(first, time()), periods))


@dataclass(frozen=True, slots=True)
class Rule:
    """Wall-clock time on the local days that all of its conditions allow.

    ``start`` and ``end`` are minutes after local midnight of the rule's own day, ``0 <= start < 1440``,
    ``start < end <= start + 1440``; past 1440 is the next day. ``weekdays`` counts Monday as 0. ``dates`` are the
    stretches in which it starts, as terms are; empty where it always does. ``weeks`` leaves weeks out, and
    ``recurrence`` all days but its own.
    """

    weekdays: frozenset[int] = EVERY_DAY
    start: int = 0
    end: int = DAY
    dates: tuple[Dates, ...] = ()
    weeks: Weeks | None = None
    recurrence: Recurrence | None = None

    @property
    def weekly(self) -> bool:
        """Whether every week is like every other."""
        return not self.dates and self.weeks is None and self.recurrence is None

    def applies(self, day: date) -> bool:
        """Whether an occurrence starts on this local day."""
        if not self._allows(day):
            return False
        number = day.toordinal()
        return self.recurrence is None or bool(self.recurrence.days(range(number, number + 1)))

    def days(self, among: range) -> list[int]:
        """Local days (ordinals) among some consecutive ones on which an occurrence starts."""
        recurring = among if self.recurrence is None else self.recurrence.days(among)
        return [day for day in recurring if self._allows(date.fromordinal(day))]

    def _allows(self, day: date) -> bool:
        return (
            day.weekday() in self.weekdays
            and (not self.dates or any(dates.hold(day) for dates in self.dates))
            and (self.weeks is None or self.weeks.hold(day))
        )


def whole_days(days: Iterable[date]) -> tuple[Rule, ...]:
    """Rules for single local days, from midnight to midnight."""
    return tuple(Rule(dates=(Dates(day, day),)) for day in sorted(days))
