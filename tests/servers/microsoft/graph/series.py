"""Events that come again: when, and as what they are shown.

Documented under "recurrencePattern resource type" and "recurrenceRange resource type". A time of day is that of the
clock on the wall where the series was made. Daily, weekly and monthly by date; no occurrence differs from its series.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.microsoft.graph.errors import GraphError, bad_request
from tests.servers.microsoft.graph.mailboxes import Event
from tests.servers.microsoft.graph.zones import zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = frozenset({"daily", "weekly", "absoluteMonthly"})


def within(events: Iterable[Event], start: datetime, end: datetime) -> Iterator[Event]:
    """Give what lies in a window, wholly or in part: events, and each occurrence of a series as an event."""
    for event in events:
        for found in _occurrences(event, start, end) if event.recurrence else (event,):
            if found.start < end and (found.end > start or found.start == found.end == start):
                yield found


def occurrence(events: Iterable[Event], key: str) -> Event | None:
    """Find an occurrence by its id, in the first ten years of a series."""
    for event in events:
        if event.recurrence:
            for day in _dates(event, (event.start + timedelta(days=3_653)).date()):
                if _key(event, day) == key:
                    return _on(event, day)
    return None


def check(recurrence: Mapping[str, Any], start: datetime, named: str) -> None:
    """Refuse a recurrence that Outlook would, or that this double does not know."""
    pattern, limit = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    if pattern.get("type") not in KINDS:
        raise GraphError(501, "NotImplemented", f"This double does not know the pattern '{pattern.get('type')}'.")
    complete = (
        pattern.get("interval", 1) >= 1
        and (pattern["type"] != "weekly" or pattern.get("daysOfWeek"))
        and (pattern["type"] != "absoluteMonthly" or 1 <= pattern.get("dayOfMonth", 0) <= 31)
        and (limit.get("type") != "endDate" or limit.get("endDate"))
        and (limit.get("type") != "numbered" or limit.get("numberOfOccurrences", 0) >= 1)
        and limit.get("type") is not None
    )
    if not complete or limit.get("startDate") != start.astimezone(zone(named)).date().isoformat():
        raise bad_request("The recurrence is not complete, or does not begin with its event.", "ErrorInvalidRequest")


def _occurrences(event: Event, start: datetime, end: datetime) -> Iterator[Event]:
    for day in _dates(event, (end + timedelta(days=1)).date()):
        if datetime(day.year, day.month, day.day, tzinfo=UTC) >= start - timedelta(days=2) - (event.end - event.start):
            yield _on(event, day)


def _dates(event: Event, last: date) -> Iterator[date]:
    """Give the days of a series up to one, those taken out left out."""
    assert event.recurrence
    pattern, limit = event.recurrence["pattern"], event.recurrence["range"]
    first = date.fromisoformat(limit["startDate"])
    if limit["type"] == "endDate":
        last = min(last, date.fromisoformat(limit["endDate"]))
    count = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if not _fits(pattern, first, day):
            continue
        count += 1
        if limit["type"] == "numbered" and count > limit["numberOfOccurrences"]:
            return
        if day not in event.without:
            yield day


def _fits(pattern: Mapping[str, Any], first: date, day: date) -> bool:
    every: int = pattern.get("interval", 1)
    if pattern["type"] == "daily":
        return (day - first).days % every == 0
    if pattern["type"] == "weekly":
        begins = DAYS.index(pattern.get("firstDayOfWeek") or "sunday")
        weeks = (_week(day, begins) - _week(first, begins)).days // 7
        return DAYS[day.weekday()] in pattern["daysOfWeek"] and weeks % every == 0
    months = (day.year - first.year) * 12 + day.month - first.month
    wanted: int = pattern["dayOfMonth"]
    return months % every == 0 and day.day == min(wanted, calendar.monthrange(day.year, day.month)[1])


def _week(day: date, begins: int) -> date:
    return day - timedelta(days=(day.weekday() - begins) % 7)


def _on(event: Event, day: date) -> Event:
    there = zone(event.zones[0])
    wall = event.start.astimezone(there).replace(tzinfo=None)
    start = datetime.combine(day, wall.time(), there).astimezone(UTC)
    key = _key(event, day)
    return replace(event, id=key, start=start, end=start + (event.end - event.start), recurrence=None, series=event.id)


def _key(event: Event, day: date) -> str:
    return hashlib.sha256(f"{event.id}/{day}".encode()).hexdigest()[:32]
