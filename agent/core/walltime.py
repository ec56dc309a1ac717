"""The time on the wall at which a meeting was agreed, and the instant that it is by the zone rules of today.

Governments change the rules of a zone with a few weeks' notice, and then the clock on the wall is what people keep to.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.timespan import Span
from agent.core.whereabouts import AROUND, Whereabouts, first_reading
from agent.core.zones import VERSION, exists, zone_segments


@dataclass(frozen=True, slots=True)
class Wall:
    """``minute`` since 1970-01-01T00:00 on the wall of an IANA ``zone``, as the release ``rules`` of tzdata had it."""

    zone: str
    minute: int
    rules: str = VERSION


def on_the_wall(where: Whereabouts, minute: int) -> Wall:
    """What somebody's clock shows at a UTC minute, by the rules of today."""
    zone = where.zone_at(minute)
    return Wall(zone, minute + _offset(zone, minute))


def resolved(wall: Wall, was: int) -> int:
    """UTC minute of a wall time by the rules of today; ``was`` is the one by those of its own release.

    A repeated time is its first occurrence, a skipped one has the offset before the gap (RFC 5545, section 3.3.5).
    Nothing changes where the clock still shows that time at ``was``, be it the second time that day, nor where the
    rules of today no longer know the zone.
    """
    if wall.rules == VERSION or not exists(wall.zone) or was + _offset(wall.zone, was) == wall.minute:
        return was
    return first_reading(wall.minute, zone_segments(wall.zone, Span(wall.minute - AROUND, wall.minute + AROUND)))


def _offset(zone: str, minute: int) -> int:
    (segment,) = zone_segments(zone, Span(minute, minute + 1))
    return segment.offset
