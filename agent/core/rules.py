"""Rules about time, written in wall-clock time: on which local days they start, from when to when.

A rule belongs to the local day on which it starts and may end on the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
class Rule:
    """Wall-clock time on the local days that all of its conditions allow.

    ``start`` and ``end`` are minutes after local midnight of the rule's own day, ``0 <= start < 1440``,
    ``start < end <= start + 1440``; past 1440 is the next day. ``weekdays`` counts Monday as 0. ``dates`` are the
    stretches in which it starts, as terms are; empty where it always does. ``weeks`` leaves weeks out.
    """

    weekdays: frozenset[int] = EVERY_DAY
    start: int = 0
    end: int = DAY
    dates: tuple[Dates, ...] = ()
    weeks: Weeks | None = None

    @property
    def weekly(self) -> bool:
        """Whether every week is like every other."""
        return not self.dates and self.weeks is None

    def applies(self, day: date) -> bool:
        """Whether an occurrence starts on this local day."""
        return (
            day.weekday() in self.weekdays
            and (not self.dates or any(dates.hold(day) for dates in self.dates))
            and (self.weeks is None or self.weeks.hold(day))
        )

    def days(self, among: range) -> list[int]:
        """Local days (ordinals) among some on which an occurrence starts."""
        return [day for day in among if self.applies(date.fromordinal(day))]


def whole_days(days: Iterable[date]) -> tuple[Rule, ...]:
    """Rules for single local days, from midnight to midnight."""
    return tuple(Rule(dates=(Dates(day, day),)) for day in sorted(days))
