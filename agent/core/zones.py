"""Time zones as segments of constant offset, from the pinned ``tzdata`` package and never from the machine.

Two machines with different system rules must agree on every instant, so the search path of ``zoneinfo`` is
set to that package here, before anything of ours or of a library asks for a zone. No other module of the core asks it.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

import tzdata

from agent.core.timespan import EPOCH, MINUTE, Span

# Without a path zoneinfo finds the same files by import, at half the speed; it still does where this is no directory.
zoneinfo.reset_tzpath(to=(f"{tzdata.__path__[0]}/zoneinfo",))
zoneinfo.ZoneInfo.clear_cache()

EPOCH_DAY = EPOCH.date().toordinal()
NOTHING = timedelta()

VERSION = tzdata.IANA_VERSION
"""Release of the zone rules, such as ``2026f``."""

STEP = 6 * 24 * 60
"""Minutes between two looks at a zone's offset: since 1970 none has changed twice in that time, nor will (tested)."""

BLOCK = 64 * 24 * 60
"""Minutes that are cut in one go."""


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


@cache
def names() -> frozenset[str]:
    """Every IANA name in the pinned rules; found once, since six hundred files are opened for it."""
    return frozenset(zoneinfo.available_timezones())


def local(moment: datetime, zone: str) -> datetime:
    """Give the wall time of an aware instant in a zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone))


@lru_cache(maxsize=16384)
def _cut(zone: str, block: int, _version: str) -> tuple[Segment, ...]:
    clock = _Clock(zoneinfo.ZoneInfo(zone))
    found: list[Segment] = []
    here = low = block * BLOCK
    end, offset = here + BLOCK, clock.offset(here)
    while low < end - 1:
        high = min(low + STEP, end - 1)
        if (after := clock.offset(high)) != offset:
            change = clock.change(low, high, offset)
            found.append(Segment(Span(here, change), offset // MINUTE))
            here, offset = change, after
        low = high
    found.append(Segment(Span(here, end), offset // MINUTE))
    return tuple(found)


class _Clock:
    """Offsets of one zone at UTC minutes."""

    def __init__(self, info: zoneinfo.ZoneInfo) -> None:
        self._info = info
        self._epoch = EPOCH.replace(tzinfo=info)  # UTC that carries the zone, which is how ``fromutc`` is asked

    def offset(self, minute: int) -> timedelta:
        """Offset east at one minute."""
        return self._info.fromutc(self._epoch + minute * MINUTE).utcoffset() or NOTHING

    def change(self, inside: int, outside: int, offset: timedelta) -> int:
        """First minute without this offset, which holds at ``inside`` and no longer at ``outside``."""
        while outside - inside > 1:
            middle = (inside + outside) // 2
            if self.offset(middle) == offset:
                inside = middle
            else:
                outside = middle
        return outside


def zone_segments(zone: str, window: Span) -> tuple[Segment, ...]:
    """Cut a window where the zone's offset changes.

    ``window`` and the spans are UTC minutes, offsets minutes east. Cached by zone, sixty-four days and release of the
    rules. An unknown zone raises ``zoneinfo.ZoneInfoNotFoundError``.
    """
    found: list[Segment] = []
    for block in range(window.start // BLOCK, (window.end - 1) // BLOCK + 1):
        for segment in _cut(zone, block, VERSION):
            start, end = max(segment.span.start, window.start), min(segment.span.end, window.end)
            if start < end:
                if found and found[-1].offset == segment.offset:
                    start = found.pop().span.start
                found.append(Segment(Span(start, end), segment.offset))
    return tuple(found)


def forget() -> None:
    """Empty the cache, as in a process that has just begun."""
    _cut.cache_clear()
    zoneinfo.ZoneInfo.clear_cache()
