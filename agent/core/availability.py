"""What one person's own rules leave open, and what their soft rules charge."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from agent.core.boundaries import Strength, blocked, membership, whole_days
from agent.core.observation import Busy
from agent.core.people import Person
from agent.core.timespan import DAY, Run, Span, subtract, union

UNANSWERED_POINTS = 1.0
"""Points per minute for time under invitations that their owner has not answered, one or several."""


def hours(person: Person, window: Span) -> Run:
    """Minutes of a window in the person's availability and outside their hard boundaries, holidays aside."""
    hard = [b.rule for b in person.boundaries if b.strength is Strength.HARD]
    return subtract(membership(person.availability, person.zone, window), blocked(hard, person.zone, window))


def holidays(person: Person, window: Span) -> Run:
    """Minutes of a window on the person's public holidays, by their local day."""
    first, last = window.starts_at.date().toordinal() - 1, window.ends_at.date().toordinal() + 1
    near = (day for day in person.holidays if first <= day.toordinal() <= last)
    return blocked(whole_days(near), person.zone, window)


def open_time(person: Person, window: Span) -> Run:
    """Minutes of a window that no rule of the person's own forbids."""
    return subtract(hours(person, window), holidays(person, window))


@dataclass(frozen=True, slots=True)
class _Tariff:
    """One run charged at one rate, with running totals so that any span is priced by two look-ups."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    points: float

    def minutes_until(self, minute: int) -> int:
        i = bisect_right(self.starts, minute) - 1
        if i < 0:
            return 0
        return self.before[i] + min(minute, self.ends[i]) - self.starts[i]

    def charge(self, span: Span) -> float:
        return self.points * (self.minutes_until(span.end) - self.minutes_until(span.start))


def _tariff(run: Run, points: float) -> _Tariff:
    totals = (0, *accumulate(span.minutes for span in run))
    return _Tariff(tuple(s.start for s in run), tuple(s.end for s in run), totals[:-1], points)


@dataclass(frozen=True, slots=True)
class Burdens:
    """Prices meetings for one person: points per minute, and where soft rules overlap they add."""

    tariffs: tuple[_Tariff, ...]

    def of(self, span: Span) -> float:
        """Points of a meeting at this span."""
        return sum((tariff.charge(span) for tariff in self.tariffs), 0.0)


def burdens(person: Person, busy: Iterable[Busy], window: Span) -> Burdens:
    """Prepare the prices of a window that is at least as wide as the meetings to be priced."""
    rules = [
        _tariff(membership((b.rule,), person.zone, window), b.points)
        for b in person.boundaries
        if b.strength is Strength.SOFT
    ]
    unanswered = union(block.span for block in busy if not block.hard)
    return Burdens(tuple(t for t in (*rules, _tariff(unanswered, UNANSWERED_POINTS)) if t.starts))


def around(window: Span, minutes: int = 2 * DAY) -> Span:
    """A window widened on both sides."""
    return Span(window.start - minutes, window.end + minutes)
