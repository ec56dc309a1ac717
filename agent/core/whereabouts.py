"""What the clock on somebody's wall shows, at home and on their travels.

A journey changes the zone for whole local days of the place it leads to: from the first instant of its first day
there to the end of its last. Who travels on the next day does not come home in between: the first zone holds until the
second begins. Where two stays overlap, over the date line, the earlier one is lived to its end.

Everything here is arithmetic on segments of constant offset (``zones``); wall time is counted in minutes since
1970-01-01T00:00 on the wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from agent.core.timespan import DAY, Span
from agent.core.zones import EPOCH_DAY, Segment, zone_segments

AROUND = 3 * DAY
"""Minutes looked at on either side of a wall time: more than any zone, and any journey, shifts the clock."""


@dataclass(frozen=True, slots=True)
class Journey:
    """A stay in another zone (IANA name) over whole local days there, both included."""

    first: date
    last: date
    zone: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody's clock is: an IANA zone, and journeys in order that do not overlap."""

    home: str
    journeys: tuple[Journey, ...] = ()

    def zone_at(self, minute: int) -> str:
        """IANA name of the zone that a UTC minute is lived in."""
        for journey, span in self._stays():
            if span.start <= minute < span.end:
                return journey.zone
        return self.home

    def segments(self, window: Span) -> tuple[Segment, ...]:
        """Stretches of constant offset that together are the window, journeys included."""
        if not self.journeys:
            return zone_segments(self.home, window)
        found: list[Segment] = []
        here = window.start
        for journey, span in self._stays():
            start, end = max(span.start, here), min(span.end, window.end)
            if start < end:
                found += zone_segments(self.home, Span(here, start)) if here < start else ()
                found += zone_segments(journey.zone, Span(start, end))
                here = end
        if here < window.end:
            found += zone_segments(self.home, Span(here, window.end))
        return tuple(found)

    def local_day(self, minute: int) -> int:
        """Local calendar day of a UTC minute, as an ordinal (``date.fromordinal``)."""
        (segment,) = self.segments(Span(minute, minute + 1))
        return (minute + segment.offset) // DAY + EPOCH_DAY

    def utc(self, day: int, minute_of_day: int = 0) -> int:
        """UTC minute of a wall time on a local day (ordinal), as RFC 5545 (section 3.3.5) reads it.

        A repeated time is its first occurrence; a skipped one is read with the offset before the gap.
        ``minute_of_day`` may be 1440 or more: the days after.
        """
        wall = (day - EPOCH_DAY) * DAY + minute_of_day
        return first_reading(wall, self.segments(Span(wall - AROUND, wall + AROUND)))

    def _stays(self) -> tuple[tuple[Journey, Span], ...]:
        return _stays(self.journeys)


@lru_cache(maxsize=4096)
def _stays(journeys: tuple[Journey, ...]) -> tuple[tuple[Journey, Span], ...]:
    found: list[tuple[Journey, Span]] = []
    for journey in journeys:
        stay = _stay(journey)
        if stay is None:
            continue
        start = stay.start
        if found:
            before, lived = found[-1]
            if (journey.first - before.last).days == 1 and lived.end < start:
                found[-1] = (before, Span(lived.start, start))
            start = max(start, lived.end)
        if start < stay.end:
            found.append((journey, Span(start, stay.end)))
    return tuple(found)


def _stay(journey: Journey) -> Span | None:
    """Give its minutes, or None where the place itself left all of its days out."""
    there = Whereabouts(journey.zone)
    start, end = there.utc(journey.first.toordinal()), there.utc(journey.last.toordinal() + 1)
    return Span(start, end) if start < end else None


def first_reading(wall: int, segments: Sequence[Segment]) -> int:
    """UTC minute of a wall time, its first occurrence; a skipped one is read with the offset before the gap.

    The segments reach well to either side of it.
    """
    before, skipped = segments[0].offset, None
    for segment in segments:
        utc = wall - segment.offset
        if segment.span.start <= utc < segment.span.end:
            return utc
        if skipped is None and utc < segment.span.start:
            skipped = wall - before  # unless a journey brings it yet
        before = segment.offset
    return wall - before if skipped is None else skipped
