"""Until when a series goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from agent.ical.recurrence import Rule
from agent.ical.times import DAY, LATEST, Moment, shifted, utc, wall_of
from agent.ical.zones import AHEAD, Point


def over(until: Moment | None, start: Point) -> Callable[[datetime], bool]:
    """Tell of a wall time whether it is after UNTIL, which holds the whole of its day where it is a date.

    A series of whole days whose UNTIL is an instant goes on to that instant's day, there or here.
    """
    if until is None:
        return lambda _: False
    if until.offset is None:
        latest = until.wall + DAY - timedelta.resolution if until.all_day else until.wall
        return lambda wall: wall > latest
    end = utc(until.wall, until.offset)
    if start.all_day:
        day = max(until.wall, wall_of(end, start.zone.rules))
        return lambda wall: wall > day
    if start.zone.unknown:
        end += AHEAD
    return lambda wall: utc(wall, start.zone.rules) > end


def latest_start(rule: Rule, start: Point) -> datetime:
    """Latest instant at which a rule that cannot be expanded may have an occurrence."""
    ends = [start.instant + timedelta(seconds=rule.longest)] if rule.longest is not None else []
    if rule.until is not None:
        zone = rule.until.offset or start.zone.rules
        ends.append(utc(shifted(rule.until.wall, DAY if rule.until.all_day or start.all_day else timedelta()), zone))
    return max(ends, default=LATEST.replace(tzinfo=UTC))
