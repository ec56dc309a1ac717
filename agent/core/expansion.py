"""Rules written in wall-clock time, as UTC minutes.

Two readings of the same rule exist around a change of offset and both are needed:

- *membership*: every minute whose wall time lies in the rule, both passes of a repeated hour included;
- *end points*: from the instant of its first wall time to that of its last, as RFC 5545 (section 3.3.5) reads them.

Availability is membership. A hard boundary blocks the union of both: when in doubt, block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.core import minutes
from agent.core.rules import Rule
from agent.core.timespan import DAY, Run, Span
from agent.core.weeks import MONDAY, WEEK
from agent.core.whereabouts import AROUND, Whereabouts, first_reading
from agent.core.zones import EPOCH_DAY, Segment


@dataclass(frozen=True, slots=True)
class Wall:
    """Somebody's wall clock over a window: sets of its minutes, and their way to UTC.

    Bit 0 of a set is the wall minute ``origin``, the first of a Monday before the window; there are ``length`` bits.
    """

    where: Whereabouts
    window: Span
    segments: tuple[Segment, ...]
    origin: int
    length: int

    @classmethod
    def over(cls, where: Whereabouts, window: Span) -> Wall:
        """Look at a window of UTC minutes."""
        segments = where.segments(window)
        low = min(s.span.start + s.offset for s in segments)
        high = max(s.span.end + s.offset for s in segments)
        origin = (low - MONDAY) // WEEK * WEEK + MONDAY
        return cls(where, window, segments, origin, high - origin)

    def lay(self, rules: Iterable[Rule]) -> int:
        """Wall minutes that lie in one of the rules."""
        week = mask = 0
        for rule in rules:
            bits = minutes.ones(rule.end - rule.start)
            if rule.weekly:
                for weekday in rule.weekdays:
                    week |= bits << (weekday * DAY + rule.start)
            else:
                first = self.origin // DAY + EPOCH_DAY
                for day in rule.days(range(first - 1, first + self.length // DAY + 1)):
                    at = (day - first) * DAY + rule.start
                    mask |= bits << at if at >= 0 else bits >> -at
        week |= week >> WEEK
        return (mask | minutes.tiled(week, WEEK, self.length)) & minutes.ones(self.length)

    def utc(self, mask: int) -> int:
        """Minutes of the window whose wall time lies in a set; bit 0 is the window's first minute."""
        found = 0
        for segment in self.segments:
            length, at = segment.span.minutes, segment.span.start
            inside = (mask >> (at + segment.offset - self.origin)) & minutes.ones(length)
            found |= inside << (at - self.window.start)
        return found

    def doubtful(self, rules: Sequence[Rule]) -> int:
        """Minutes of the window between the RFC 5545 instants of those occurrences that end at a change of offset.

        Everywhere else they are the minutes whose wall time lies in the rule.
        """
        mask = 0
        near = Span(self.window.start - AROUND, self.window.end + AROUND)
        for before, after in pairwise(self.where.segments(near)):
            at = after.span.start
            low, high = sorted((at + before.offset, at + after.offset))
            first, last = low // DAY + EPOCH_DAY, high // DAY + EPOCH_DAY
            ending = [rule for rule in rules if _ends(rule, low, high)]
            mask |= between_end_points(ending, self.where, range(first - 1, last + 1), self.window)
        return mask


def _ends(rule: Rule, low: int, high: int) -> bool:
    """Whether the times of day at which a rule begins or ends come between two wall times, these included."""
    return any((high - edge) // DAY > (low - 1 - edge) // DAY for edge in (rule.start, rule.end))


def expand(rules: Iterable[Rule], where: Whereabouts, window: Span) -> int:
    """Minutes of a window whose wall time lies in one of the rules, as bits; bit 0 is the window's first minute."""
    wall = Wall.over(where, window)
    return wall.utc(wall.lay(rules))


def between_end_points(rules: Sequence[Rule], where: Whereabouts, days: range, window: Span) -> int:
    """Minutes of a window between the RFC 5545 instants of the ends of each occurrence that starts on these days."""
    if not (rules and days):
        return 0
    wall = Span((days[0] - EPOCH_DAY) * DAY - AROUND, (days[-1] - EPOCH_DAY) * DAY + AROUND + 2 * DAY)
    segments = where.segments(wall)
    return minutes.filled(
        (
            Span(start, end)
            for rule in rules
            for day in rule.days(days)
            if (start := _instant(day, rule.start, segments)) < (end := _instant(day, rule.end, segments))
        ),
        window,
    )


def _instant(day: int, minute_of_day: int, segments: Sequence[Segment]) -> int:
    return first_reading((day - EPOCH_DAY) * DAY + minute_of_day, segments)


def blocked(rules: Iterable[Rule], where: Whereabouts, window: Span) -> int:
    """Minutes of a window that hard rules block, as bits: both readings."""
    rules = tuple(rules)
    wall = Wall.over(where, window)
    return wall.utc(wall.lay(rules)) | wall.doubtful(rules)


def membership(rules: Iterable[Rule], where: Whereabouts, window: Span) -> Run:
    """What ``expand`` gives, as spans."""
    return minutes.as_run(expand(rules, where, window), window.start)


def blocked_run(rules: Iterable[Rule], where: Whereabouts, window: Span) -> Run:
    """What ``blocked`` gives, as spans."""
    return minutes.as_run(blocked(rules, where, window), window.start)
