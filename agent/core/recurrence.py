"""How something recurs: every so many days, weeks, months or years, within limits (RFC 5545, section 3.3.10).

Calendars and people's own rules share these values and their expansion (``occurrences``). How a recurrence is written
and when it ends is the business of whoever has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product


class Frequency(StrEnum):
    """What a recurrence counts in."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Limits:
    """The BY parts, each empty where there is none. Weekdays count Monday as 0, with their ordinal or 0."""

    month: frozenset[int] = frozenset()
    week: frozenset[int] = frozenset()
    year_day: frozenset[int] = frozenset()
    month_day: frozenset[int] = frozenset()
    day: frozenset[tuple[int, int]] = frozenset()
    hour: frozenset[int] = frozenset()
    minute: frozenset[int] = frozenset()
    second: frozenset[int] = frozenset()
    position: frozenset[int] = frozenset()

    def times(self, hour: int, minute: int, second: int) -> list[tuple[int, int, int]]:
        """Times of day in order, the given ones standing in for what is not limited."""
        return sorted(product(self.hour or {hour}, self.minute or {minute}, self.second or {second}))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A recurrence without its beginning and its end. ``week_starts`` is a weekday with Monday as 0."""

    frequency: Frequency
    interval: int = 1
    week_starts: int = 0
    limits: Limits = Limits()
