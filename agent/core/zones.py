"""Time zones as segments of constant offset, from the pinned ``tzdata`` package and never from the machine.

Two machines with different system rules must agree on every instant, so the search path of ``zoneinfo`` is
emptied here, before anything of ours or of a library asks for a zone.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from agent.core.timespan import EPOCH, MINUTE, Span, floor_minute, instant

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()

EPOCH_DAY = EPOCH.date().toordinal()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of UTC minutes over which local time is UTC plus ``offset`` minutes."""

    span: Span
    offset: int


def exists(name: str) -> bool:
    """Whether the pinned rules know this IANA name."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def names() -> frozenset[str]:
    """Every IANA name in the pinned rules."""
    return frozenset(zoneinfo.available_timezones())


def local(moment: datetime, zone: str) -> datetime:
    """Give the wall time of an aware instant in a zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone))


def _offset(info: zoneinfo.ZoneInfo, minute: int) -> int:
    offset = instant(minute).astimezone(info).utcoffset()
    return (offset or timedelta()) // MINUTE


@lru_cache(maxsize=1024)
def segments(zone: str, start: int, end: int) -> tuple[Segment, ...]:
    """Cut ``[start, end)`` of UTC minutes where the zone's offset changes, to the minute.

    No zone changes twice within six hours, so that is the step of the scan; each change is then found by halving.
    """
    info = zoneinfo.ZoneInfo(zone)
    found: list[Segment] = []
    here, offset, low = start, _offset(info, start), start
    while low < end:
        high = min(low + 360, end)
        if high < end and (after := _offset(info, high)) != offset:
            inside, outside = low, high
            while outside - inside > 1:
                middle = (inside + outside) // 2
                if _offset(info, middle) == offset:
                    inside = middle
                else:
                    outside = middle
            found.append(Segment(Span(here, outside), offset))
            here, offset = outside, after
        low = high
    found.append(Segment(Span(here, end), offset))
    return tuple(found)


def year_segments(zone: str, window: Span) -> tuple[Segment, ...]:
    """Give the segments that touch a window, from a cache of whole years that later windows hit."""
    first = datetime(window.starts_at.year, 1, 1, tzinfo=UTC)
    last = datetime(window.ends_at.year + 1, 1, 1, tzinfo=UTC)
    whole = segments(zone, floor_minute(first), floor_minute(last))
    return tuple(segment for segment in whole if segment.span.touches(window))


def local_date(minute: int, zone: str) -> date:
    """Calendar day of a UTC minute in a zone."""
    return local(instant(minute), zone).date()


def wall_to_utc(day: date, minute_of_day: int, zone: str) -> int:
    """UTC minute of a wall time as RFC 5545 (section 3.3.5) reads it.

    A repeated time is its first occurrence; a skipped one is read with the offset before the gap. ``minute_of_day``
    may be 1440 or more: the days after.
    """
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute_of_day)  # noqa: DTZ001
    return floor_minute(naive.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0))


def days_of(window: Span, zone: str) -> tuple[date, ...]:
    """Local days that a window touches, with one more on either side for rules that cross midnight."""
    first = local_date(window.start, zone).toordinal() - 1
    last = local_date(window.end - 1, zone).toordinal() + 1
    return tuple(date.fromordinal(n) for n in range(first, last + 1))
