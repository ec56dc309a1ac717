"""Half-open spans of whole UTC minutes since the epoch, and the algebra of sorted, disjoint runs of them.

Inside the search time is an ``int``: minutes since 1970-01-01T00:00Z. Outside it is an aware ``datetime`` in UTC.
The two conversions are here, so that rounding is decided in one place: outward, for whatever blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = 24 * 60


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """The minutes ``start <= m < end``. An empty or negative span is a programming error."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a span must end after it starts: {self.start}..{self.end}")

    @property
    def minutes(self) -> int:
        """Length in minutes, at least one."""
        return self.end - self.start

    @property
    def starts_at(self) -> datetime:
        """First instant, aware UTC."""
        return instant(self.start)

    @property
    def ends_at(self) -> datetime:
        """First instant after it, aware UTC."""
        return instant(self.end)

    @property
    def start_text(self) -> str:
        """First instant as RFC 3339 to the minute, as the journal has it."""
        return self.starts_at.strftime("%Y-%m-%dT%H:%MZ")

    def touches(self, other: Span) -> bool:
        """Whether they share a minute; end to end they do not."""
        return self.start < other.end and other.start < self.end


Run = tuple[Span, ...]
"""Sorted, disjoint spans with a gap between neighbours."""


def floor_minute(moment: datetime) -> int:
    """Minute that an aware datetime lies in."""
    return (moment - EPOCH) // MINUTE


def ceil_minute(moment: datetime) -> int:
    """First whole minute at or after an aware datetime."""
    return -((EPOCH - moment) // MINUTE)


def instant(minute: int) -> datetime:
    """Aware UTC datetime of a minute."""
    return EPOCH + minute * MINUTE


def whole_minutes(length: timedelta) -> int:
    """Length in minutes, rounded up."""
    return -(-length // MINUTE)


def covering(start: datetime, end: datetime) -> Span | None:
    """Smallest span of whole minutes that covers ``[start, end)``, or None where that is empty."""
    first, last = floor_minute(start), ceil_minute(end)
    return Span(first, last) if last > first else None


def union(spans: Iterable[Span]) -> Run:
    """Merge spans in any order; what overlaps or meets end to end becomes one."""
    merged: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def intersect(left: Sequence[Span], right: Sequence[Span]) -> Run:
    """Minutes in both of two runs."""
    shared: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            shared.append(Span(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtract(run: Sequence[Span], holes: Sequence[Span]) -> Run:
    """Minutes of the first run that are in no span of the second; both sorted and disjoint."""
    left: list[Span] = []
    j = 0
    for span in run:
        start = span.start
        while j < len(holes) and holes[j].end <= start:
            j += 1
        k = j
        while k < len(holes) and holes[k].start < span.end:
            if holes[k].start > start:
                left.append(Span(start, holes[k].start))
            start = max(start, holes[k].end)
            k += 1
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def clip(run: Sequence[Span], window: Span) -> Run:
    """Minutes of a run inside one span."""
    return intersect(run, (window,))


def total(run: Iterable[Span]) -> int:
    """Minutes in a run."""
    return sum(span.minutes for span in run)


def overlap(run: Iterable[Span], span: Span) -> int:
    """Minutes that a span shares with a run."""
    return sum(max(0, min(span.end, other.end) - max(span.start, other.start)) for other in run)


def covers(run: Iterable[Span], span: Span) -> bool:
    """Whether one span of the run holds the whole of another."""
    return any(other.start <= span.start and span.end <= other.end for other in run)
