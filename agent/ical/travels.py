"""The clock of somebody who travels, for what their calendar places nowhere: whole days and floating times.

Such a time is read in the zone that its owner is in on that day. On the first and the last day of a stay nobody can
tell before or after the flight, so whatever blocks is read in every zone of that day, and the widest counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from agent.core.timespan import floor_minute
from agent.core.whereabouts import Journey, Whereabouts

_DAY = timedelta(days=1)


class Travelling(tzinfo):
    """Offsets by where somebody is: over the days of a journey those of its zone, else those of home."""

    def __init__(self, where: Whereabouts) -> None:
        self._where = where

    def readings(self, day: date) -> tuple[ZoneInfo, ...]:
        """Zones that a wall time on this day may be read in, the likeliest first."""
        stays = [stay for stay in self._where.journeys if stay.first <= day <= stay.last]
        if not stays:
            return (ZoneInfo(self._where.home),)
        names = [stay.zone for stay in stays]
        if any(day in {stay.first, stay.last} for stay in stays):
            names += [stay.zone for stay in self._where.journeys if _next_to(stay, day)] + [self._where.home]
        return tuple(ZoneInfo(name) for name in dict.fromkeys(names))

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """Offset of a wall time in the likeliest zone."""
        return dt.replace(tzinfo=self.readings(dt.date())[0]).utcoffset() if dt else None

    def dst(self, dt: datetime | None) -> timedelta:  # noqa: ARG002 - the signature is tzinfo's
        """Nothing: which of its offsets is summer time matters to nobody here."""
        return timedelta()

    def tzname(self, dt: datetime | None) -> None:
        """Nothing: an offset has no name here."""

    def fromutc(self, dt: datetime) -> datetime:
        """Wall time of an instant."""
        instant = dt.replace(tzinfo=UTC)
        there = ZoneInfo(self._where.zone_at(floor_minute(instant)))
        return instant.astimezone(there).replace(tzinfo=self)


def _next_to(stay: Journey, day: date) -> bool:
    return stay.last + _DAY == day or stay.first == day + _DAY


def clock(where: Whereabouts) -> tzinfo:
    """Rules to read a wall time of somebody's by."""
    return Travelling(where) if where.journeys else ZoneInfo(where.home)
