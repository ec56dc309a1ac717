"""Points that name occurrences of a series, as EXDATE and RECURRENCE-ID do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from agent.ical.times import wall_of
from agent.ical.zones import Point


class Marks:
    """A set of occurrences of one series. What cannot be compared with the series names none of it."""

    def __init__(self, points: Iterable[Point], series: Point) -> None:
        self._walls: set[datetime] = set()
        self._instants: set[datetime] = set()
        self._dates: set[date] = set()
        for point in points:
            if series.all_day or point.all_day:
                self._dates.add(_day(point, series))
            elif point.floating or point.zone == series.zone:
                self._walls.add(point.wall)
            elif not point.zone.unknown:
                self._instants.add(point.instant)

    def name(self, point: Point) -> bool:
        """Whether one of them is this occurrence."""
        if point.wall in self._walls or point.wall.date() in self._dates:
            return True
        return bool(self._instants) and not point.zone.unknown and point.instant in self._instants


def _day(point: Point, series: Point) -> date:
    """Day that a mark names. A whole day given as an instant is midnight, there or here."""
    if point.all_day or point.floating or point.wall.time() == time():
        return point.wall.date()
    return wall_of(point.instant, series.zone.rules).date()
