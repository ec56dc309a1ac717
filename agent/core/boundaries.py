"""Rules of one person about time, written in wall-clock time and expanded to UTC per local day.

A rule belongs to the local day on which it starts and may end on the next. Two readings of the same rule exist
around a change of offset and both are needed:

- *membership*: every minute whose wall time lies in the rule, both passes of a repeated hour included;
- *end points*: from the instant of its first wall time to that of its last, as RFC 5545 (section 3.3.5) reads them.

Availability is membership. A hard boundary blocks the union of both: when in doubt, block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agent.core.timespan import DAY, Run, Span, clip, union
from agent.core.zones import EPOCH_DAY, days_of, wall_to_utc, year_segments

EVERY_DAY = frozenset(range(7))


class Strength(StrEnum):
    """Whether a boundary is never crossed, or costs."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Rule:
    """Wall-clock time on some local days.

    ``start`` and ``end`` are minutes after local midnight of the rule's own day, ``0 <= start < 1440``,
    ``start < end <= start + 1440``; past 1440 is the next day. ``weekdays`` counts Monday as 0. ``first`` and
    ``last`` are inclusive local dates, None where open.
    """

    weekdays: frozenset[int] = EVERY_DAY
    start: int = 0
    end: int = DAY
    first: date | None = None
    last: date | None = None

    def applies(self, day: date) -> bool:
        """Whether an occurrence starts on this local day."""
        return (
            day.weekday() in self.weekdays
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Boundary:
    """A rule with its strength. ``points`` per minute apply to a soft one. Its private name never gets this far."""

    rule: Rule
    strength: Strength = Strength.HARD
    points: float = 1.0


def membership(rules: Iterable[Rule], zone: str, window: Span) -> Run:
    """UTC minutes of a window whose wall time in the zone lies in one of the rules."""
    days = days_of(window, zone)
    wall = union(
        Span(base + rule.start, base + rule.end)
        for rule in rules
        for day in days
        if rule.applies(day)
        for base in ((day.toordinal() - EPOCH_DAY) * DAY,)
    )
    utc: list[Span] = []
    for segment in year_segments(zone, window):
        shifted = Span(segment.span.start + segment.offset, segment.span.end + segment.offset)
        inside = clip(wall, shifted)
        utc += [Span(span.start - segment.offset, span.end - segment.offset) for span in inside]
    return clip(union(utc), window)


def end_points(rules: Iterable[Rule], zone: str, window: Span) -> Run:
    """UTC minutes of a window between the RFC 5545 instants of each rule's ends."""
    days = days_of(window, zone)
    ends = (
        (wall_to_utc(day, rule.start, zone), wall_to_utc(day, rule.end, zone))
        for rule in rules
        for day in days
        if rule.applies(day)
    )
    return clip(union(Span(start, end) for start, end in ends if start < end), window)


def blocked(rules: Iterable[Rule], zone: str, window: Span) -> Run:
    """UTC minutes that hard rules block: both readings of each."""
    rules = tuple(rules)
    return union((*membership(rules, zone, window), *end_points(rules, zone, window)))


def whole_days(days: Iterable[date]) -> tuple[Rule, ...]:
    """Rules for single local days, from midnight to midnight."""
    return tuple(Rule(first=day, last=day) for day in sorted(days))
