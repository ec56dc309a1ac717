"""The zone rules that a file spells out itself in a VTIMEZONE (RFC 5545, section 3.6.5)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from agent.ical.components import Component
from agent.ical.expansion import occurrences
from agent.ical.recurrence import rule
from agent.ical.times import LATEST, Moment, moment, offset, shifted, wall_of

_FROM, _TO = datetime(1970, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - wall times
"""Years in which repeating changes are spelled out; before and after them the nearest offset holds."""

Change = tuple[datetime, timedelta, timedelta]
"""A naive instant in UTC from which on an offset holds, the offset before it, and the one after."""


class Spelled(tzinfo):
    """Offsets by their changes. A repeated wall time is its first pass, a skipped one has the offset before the gap."""

    def __init__(self, changes: list[Change]) -> None:
        self._instants = [instant for instant, _, _ in changes]
        self._offsets = [changes[0][1], *(after for _, _, after in changes)]
        self._walls = [
            shifted(instant, max(before, after))
            for instant, (before, after) in zip(self._instants, pairwise(self._offsets), strict=True)
        ]

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Offset of a wall time."""
        return self._offsets[bisect_right(self._walls, dt.replace(tzinfo=None))] if dt else timedelta()

    def dst(self, dt: datetime | None) -> timedelta:  # noqa: ARG002 - the signature is tzinfo's
        """Nothing: which of its offsets is summer time matters to nobody here."""
        return timedelta()

    def tzname(self, dt: datetime | None) -> None:
        """Nothing: an offset has no name here."""

    def fromutc(self, dt: datetime) -> datetime:
        """Wall time of an instant."""
        return dt + self._offsets[bisect_right(self._instants, dt.replace(tzinfo=None))]


def spelled(component: Component) -> Spelled | None:
    """Rules of a VTIMEZONE; None where a part of it makes no sense, for then the rest cannot be relied on."""
    changes: list[Change] = []
    for part in component.within("STANDARD", "DAYLIGHT"):
        found = _changes(part)
        if found is None:
            return None
        changes += found
    return Spelled(sorted(changes)) if changes else None


def _changes(part: Component) -> list[Change] | None:
    start = moment(part.value("DTSTART"))
    before, after = offset(part.value("TZOFFSETFROM")), offset(part.value("TZOFFSETTO"))
    if start is None or before is None or after is None:
        return None
    onsets = {start.wall}
    for text in (text for line in part.all("RDATE") for text in line.value.split(",")):
        found = moment(text)
        if found is None:
            return None
        onsets.add(_wall(found, before))
    for line in part.all("RRULE"):
        repeated = _repeated(line.value, start.wall, before)
        if repeated is None:
            return None
        onsets |= repeated
    return [(shifted(wall, -before), before, after) for wall in onsets]


def _wall(found: Moment, before: timedelta) -> datetime:
    """Wall time of a moment by the offset before the change; one in UTC says so."""
    if found.offset is None:
        return found.wall
    return shifted(wall_of(found.wall.replace(tzinfo=found.offset), UTC), before)


def _repeated(value: str, start: datetime, before: timedelta) -> set[datetime] | None:
    found = rule(value)
    if found.pattern is None:
        return None
    latest = _wall(found.until, before) if found.until else LATEST
    return set(occurrences(found, start, _FROM, _TO, lambda wall: wall > latest))
