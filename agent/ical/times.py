"""Dates, date-times and durations as text, and arithmetic on wall times (RFC 5545, section 3.3).

Arithmetic stays in the years 2 to 9998, so that no zone can push it over the edge of the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

EARLIEST, LATEST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001 - wall times
LONGEST = timedelta(days=200 * 366)
DAY = timedelta(days=1)

_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?|Z)?",
    re.IGNORECASE | re.ASCII,
)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE | re.ASCII
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d):?(\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or date-time as written: a naive wall time, its offset where it names one, whether it is a whole day.

    ``vague`` marks a time of day that could not be read: only its date counts.
    """

    wall: datetime
    offset: tzinfo | None = None
    all_day: bool = False
    vague: bool = False


def moment(value: str) -> Moment | None:
    """Read a DATE or DATE-TIME by its form, whatever VALUE claims; None where not even the date can be read."""
    value = value.strip()
    found = _MOMENT.fullmatch(value)
    if found is None:
        day = _DATE.match(value)
        return _day(day, vague=True) if day else None
    if found[4] is None:  # a date, which a Z behind it does not change
        return _day(found, vague=False)
    start = _day(found, vague=True)
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    if start is None or hour > 24 or minute > 59 or second > 60:
        return start
    return Moment(shifted(start.wall, timedelta(hours=hour, minutes=minute, seconds=second)), _zone(found[7]))


def _day(found: re.Match[str], *, vague: bool) -> Moment | None:
    try:
        wall = datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001 - a wall time
    except ValueError:
        return None
    return Moment(shifted(wall, timedelta()), all_day=True, vague=vague)


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    away = offset(text)
    return UTC if away is None else timezone(away)


def offset(text: str) -> timedelta | None:
    """Read a UTC offset such as ``-0330`` or ``+053000``; None where it makes no sense."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) > 23 or int(found[3]) > 59 or int(found[4] or 0) > 59:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -away if found[1] == "-" else away


@dataclass(frozen=True, slots=True)
class Duration:
    """Nominal days, which follow the wall clock, and exact time after them (RFC 5545, section 3.3.6)."""

    days: int
    exact: timedelta

    @property
    def negative(self) -> bool:
        """Whether it leads backwards."""
        return self.days < 0 or self.exact < timedelta()


def duration(value: str) -> Duration | None:
    """Read a DURATION, held below two hundred years."""
    found = _DURATION.fullmatch(value.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    # Ten digits are more than two hundred years in any unit, and int() of a million digits takes long.
    weeks, days, hours, minutes, seconds = (int((part or "0").lstrip("0")[:10] or 0) for part in found.groups()[1:])
    whole = min(weeks * 7 + days, LONGEST.days)
    exact = timedelta(seconds=min(hours * 3600 + minutes * 60 + seconds, LONGEST.days * 86400))
    return Duration(-whole, -exact) if found[1] == "-" else Duration(whole, exact)


def shifted(wall: datetime, by: timedelta) -> datetime:
    """A wall time moved, held within the years that arithmetic stays in."""
    try:
        return min(max(wall + by, EARLIEST), LATEST)
    except OverflowError:
        return LATEST if by > timedelta() else EARLIEST


def moved(instant: datetime, by: timedelta) -> datetime:
    """An aware UTC instant moved, held within the same years."""
    return shifted(instant.replace(tzinfo=None), by).replace(tzinfo=UTC)


def utc(wall: datetime, zone: tzinfo) -> datetime:
    """Instant of a wall time: the first pass of a repeated hour, the offset before the gap for a skipped one."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_of(instant: datetime, zone: tzinfo) -> datetime:
    """Wall time of an instant in a zone, naive."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
