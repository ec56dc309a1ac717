"""Time zones as segments of constant offset, from the pinned ``tzdata`` package and never from the machine.

Two machines with different system rules must agree on every instant, so the search path of ``zoneinfo`` is
emptied here, before anything of ours or of a library asks for a zone. No other module of the core asks it.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import tzdata

from agent.core.timespan import EPOCH, MINUTE, Span, floor_minute

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()

EPOCH_DAY = EPOCH.date().toordinal()

VERSION = tzdata.IANA_VERSION
"""Release of the zone rules, such as ``2026f``."""

STEP = 6 * 24 * 60
"""Minutes between two looks at a zone's offset: since 1970 none has changed twice in that time, nor will (tested)."""


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
    offset = (EPOCH + timedelta(minutes=minute)).astimezone(info).utcoffset()
    return (offset or timedelta()) // MINUTE


@lru_cache(maxsize=1024)
def _cut(zone: str, start: int, end: int, _version: str) -> tuple[Segment, ...]:
    info = zoneinfo.ZoneInfo(zone)
    found: list[Segment] = []
    here, offset, low = start, _offset(info, start), start
    while low < end:
        high = min(low + STEP, end)
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


def zone_segments(zone: str, window: Span) -> tuple[Segment, ...]:
    """Cut whole calendar years (UTC) around a window where the zone's offset changes; give what touches the window.

    ``window`` and the spans are UTC minutes, offsets minutes east. Cached by zone, years and release of the rules.
    An unknown zone raises ``zoneinfo.ZoneInfoNotFoundError``.
    """
    first = datetime(window.starts_at.year, 1, 1, tzinfo=UTC)
    last = datetime(window.ends_at.year + 1, 1, 1, tzinfo=UTC)
    whole = _cut(zone, floor_minute(first), floor_minute(last), VERSION)
    return tuple(segment for segment in whole if segment.span.touches(window))


def forget() -> None:
    """Empty the cache, as in a process that has just begun."""
    _cut.cache_clear()
    zoneinfo.ZoneInfo.clear_cache()
