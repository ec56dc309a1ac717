"""Wall-clock rules as people.yaml writes them, asked minute by minute."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

zoneinfo.reset_tzpath(to=())

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def local(moment: datetime, zone: str) -> datetime:
    """Give the wall time of an aware instant in a zone of the pinned rules."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class WallRule:
    """A stretch of wall-clock minutes, on some days; ``end`` at or before ``start`` lies on the next day."""

    days: frozenset[int]
    start: int
    end: int
    first: date
    last: date

    def holds(self, wall: datetime) -> bool:
        """Whether this wall time lies inside."""
        minute = wall.hour * 60 + wall.minute
        today, yesterday = wall.date(), wall.date() - timedelta(days=1)
        if self.start < self.end:
            return self._on(today) and self.start <= minute < self.end
        return (self._on(today) and minute >= self.start) or (self._on(yesterday) and minute < self.end)

    def _on(self, day: date) -> bool:
        return day.weekday() in self.days and self.first <= day <= self.last


def wall_rule(raw: dict[str, Any]) -> WallRule:
    """Read one rule of people.yaml."""
    first, last = date.min, date.max
    if "dates" in raw:
        ends = str(raw["dates"]).split("..")
        first, last = date.fromisoformat(ends[0]), date.fromisoformat(ends[-1])
    start, end = raw.get("from", "00:00"), raw.get("to", "24:00")
    return WallRule(days(raw.get("days", "daily")), minute_of(start), minute_of(end), first, last)


def hours_rule(hours: str, on: Any) -> WallRule:
    """Read message hours such as ``08:00-18:30``."""
    start, _, end = hours.partition("-")
    return WallRule(days(on), minute_of(start), minute_of(end), date.min, date.max)


def minute_of(clock: str) -> int:
    """Minutes after midnight of ``HH:MM``."""
    hour, _, minute = clock.strip().partition(":")
    return int(hour) * 60 + int(minute)


def days(written: Any) -> frozenset[int]:
    """Read ``mon-fri``, ``sat-mon``, ``mon,wed``, ``daily`` or a list of such; Monday is 0."""
    if isinstance(written, list):
        return frozenset().union(*(days(part) for part in written))
    found: set[int] = set()
    for part in str(written).lower().split(","):
        if part.strip() == "daily":
            return frozenset(range(7))
        ends = [DAYS.index(end.strip()[:3]) for end in part.split("-")]
        found |= {(ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1)}
    return frozenset(found)
