"""A VEVENT as what it says of time: where it starts, how long it lasts, how it repeats, whether it blocks.

What cannot be read takes its widest reading: an end that is missing its sense lasts one day from the start, an end
before the start blocks from the one to the other and that day too, a time in an unknown zone may be anywhere on Earth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from agent.core.timespan import Span, covering
from agent.ical.blocking import Blocks, blocks
from agent.ical.components import Component
from agent.ical.lines import Line
from agent.ical.recurrence import Rule, rule
from agent.ical.times import DAY, Duration, duration, moved, shifted, utc
from agent.ical.zones import AHEAD, BEHIND, Point, Zones


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: nominal days, then exact time. ``before`` is how much earlier it may have begun."""

    days: int = 0
    exact: timedelta = timedelta()
    before: timedelta = timedelta()

    @property
    def reach(self) -> timedelta:
        """About how much time it takes after its start."""
        return timedelta(days=self.days) + self.exact


ONE_DAY = Length(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """One occurrence: a start and a length."""

    start: Point
    length: Length

    @property
    def span(self) -> Span | None:
        """Whole minutes that cover it at its widest reading; None where it takes no time."""
        if self.length == Length():
            return None
        start = self.start
        last = shifted(start.wall, timedelta(days=self.length.days))
        ends_on = shifted(last, self.length.exact - timedelta.resolution)
        first = moved(min(utc(start.wall, rules) for rules in start.zone.readings(start.wall)), -self.length.before)
        end = moved(max(utc(last, rules) for rules in start.zone.readings(ends_on)), self.length.exact)
        if first < end and start.zone.unknown:
            return covering(moved(first, -AHEAD), moved(end, BEHIND))
        return covering(first, end) if first < end else None


@dataclass(frozen=True, slots=True)
class Event:
    """A series or single event, or an exception to one.

    ``recurrence`` is the occurrence that an exception stands for, None where that cannot be read; ``ongoing`` makes it
    hold for all later ones too. ``more`` are the RDATEs, ``lost`` counts those that could not be read.
    """

    uid: str
    sequence: int
    stay: Stay
    blocks: Blocks
    rules: tuple[Rule, ...] = ()
    more: tuple[Stay, ...] = ()
    excluded: tuple[Point, ...] = ()
    exception: bool = False
    recurrence: Point | None = None
    ongoing: bool = False
    lost: int = 0


def event(component: Component, zones: Zones, owner: str) -> Event | None:
    """Read a VEVENT; None where its start cannot be read, for then it is nowhere."""
    starts = [point for line in component.all("DTSTART") if (point := zones.point(line.value, line))]
    if not starts:
        return None
    stay = Stay(starts[0], _length(component, starts, zones))
    more, lost = _more(component, stay, zones)
    named = component.all("RECURRENCE-ID")
    return Event(
        component.value("UID"),
        sequence(component),
        stay,
        blocks(component, owner),
        tuple(rule(line.value) for line in component.all("RRULE")),
        tuple(more),
        tuple(_points(component, "EXDATE", zones)),
        bool(named),
        zones.point(named[0].value, named[0]) if named else None,
        bool(named) and (named[0].param("RANGE") or "").upper() == "THISANDFUTURE",
        lost,
    )


def sequence(component: Component) -> int:
    """The event's revision, 0 where it has none."""
    value = component.value("SEQUENCE")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def period(value: str, line: Line, zones: Zones) -> Stay | None:
    """Read a PERIOD (RFC 5545, section 3.3.9); None where its start cannot be read."""
    first, _, last = value.partition("/")
    start = zones.point(first, line)
    if start is None:
        return None
    lasting = duration(last)
    return Stay(start, _lasting(start, lasting) if lasting else _until(start, zones.point(last, line)))


def _length(component: Component, starts: list[Point], zones: Zones) -> Length:
    """Longest of what DTEND and DURATION say; without either a whole day is one day and a moment takes no time.

    Where there is a second start, which there must not be, it may be meant as the end.
    """
    start = starts[0]
    ends = [zones.point(line.value, line) for line in component.all("DTEND")]
    found = [_until(start, end) for end in (*ends, *starts[1:])]
    found += [_lasting(start, duration(line.value)) for line in component.all("DURATION")]
    if not found:
        return ONE_DAY if start.all_day or start.vague or component.torn else Length()
    return max(found, key=lambda length: (length.reach, length.before))


def _until(start: Point, end: Point | None) -> Length:
    """Length up to an end, which for a whole day is the day after the last."""
    if end is None:
        return ONE_DAY
    if start.all_day:
        days = math.ceil((end.wall + DAY * end.vague - start.wall) / DAY)
        return Length(max(days, 1), before=max(timedelta(days=-days), timedelta()))
    if end.all_day or end.vague:  # which part of that day is not said
        end = Point(shifted(end.wall, DAY), start.zone)
    away = end.instant - start.instant
    if start.floating and end.floating and start.zone.doubtful(start.wall, end.wall):
        away = max(away, end.wall - start.wall)  # on the way nobody can tell which of them it is
    if end.zone.unknown and not start.zone.unknown:
        away += BEHIND
    if away < timedelta():
        return Length(1, before=-away)
    return Length(1) if start.vague and away < DAY else Length(exact=away)


def _lasting(start: Point, lasting: Duration | None) -> Length:
    if lasting is None:
        return ONE_DAY
    if lasting.negative:
        return Length(1, before=timedelta(days=-lasting.days) - lasting.exact)
    if start.all_day or start.vague:
        return Length(max(lasting.days + math.ceil(lasting.exact / DAY), 1))
    return Length(lasting.days, lasting.exact)


def _more(component: Component, stay: Stay, zones: Zones) -> tuple[list[Stay], int]:
    """Stays of every RDATE, and how many of them could not be read."""
    found: list[Stay] = []
    lost = 0
    for line in component.all("RDATE"):
        for value in filter(None, line.value.split(",")):
            point = zones.point(value, line)
            added = period(value, line, zones) if "/" in value else Stay(point, stay.length) if point else None
            if added is None:
                lost += 1
            else:
                found.append(added)
    return found, lost


def _points(component: Component, name: str, zones: Zones) -> list[Point]:
    values = ((value, line) for line in component.all(name) for value in line.value.split(","))
    return [point for value, line in values if (point := zones.point(value, line)) and not point.vague]
