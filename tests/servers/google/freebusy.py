"""Calendar API v3, ``freebusy.query``: when each of some calendars is busy, and nothing else.

The reference of Freebusy: query gives the limits; that a query may span 90 days is from users' reports of
``timeRangeTooLong`` (cal.com, pull request 11962).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.servers.google.asking import Ask, handles
from tests.servers.google.documents import Json
from tests.servers.google.errors import invalid, required
from tests.servers.google.recurrence import occurrences
from tests.servers.google.times import instant, written, zone
from tests.servers.google.world import Calendar

MOST_CALENDARS, MOST_IN_GROUP = 50, 100
LONGEST = timedelta(days=90)

Span = tuple[datetime, datetime]


@handles("calendar.freebusy.query")
def query(ask: Ask) -> Json:
    start, end = _window(ask)
    most = _limit(ask, "calendarExpansionMax", MOST_CALENDARS)
    _limit(ask, "groupExpansionMax", MOST_IN_GROUP)
    home = zone(ask.body.get("timeZone") or "UTC")
    calendars: Json = {}
    for index, item in enumerate(ask.body.get("items") or ()):
        name = item.get("id")
        if name is None:
            raise required("items.id")
        if index >= most:
            calendars[name] = {"errors": [{"domain": "calendar", "reason": "tooManyCalendarsRequested"}], "busy": []}
            continue
        calendars[name] = _calendar(ask, name, start, end)
    for each in calendars.values():
        each["busy"] = [
            {"start": written(a.astimezone(home)), "end": written(b.astimezone(home))} for a, b in each["busy"]
        ]
    return {
        "kind": "calendar#freeBusy",
        "timeMin": written(start.astimezone(home)),
        "timeMax": written(end.astimezone(home)),
        "calendars": calendars,
    }


def _window(ask: Ask) -> Span:
    for name in ("timeMin", "timeMax"):
        if ask.body.get(name) is None:
            raise required(name)
        if instant(ask.body[name]).tzinfo is None:
            raise invalid(f"Invalid {name}: no time zone offset.", name)
    start, end = instant(ask.body["timeMin"]), instant(ask.body["timeMax"])
    if start >= end:
        raise invalid("The specified time range is empty.", "timeMax", "timeRangeEmpty", "calendar")
    if end - start > LONGEST:
        raise invalid("The requested time range is too long.", "timeMax", "timeRangeTooLong", "calendar")
    return start, end


def _limit(ask: Ask, name: str, most: int) -> int:
    given = ask.body.get(name)
    if given is not None and not 1 <= given <= most:
        raise invalid(f"Invalid value for {name}: {given} is not within 1 and {most}.", name)
    return most if given is None else int(given)


def _calendar(ask: Ask, name: str, start: datetime, end: datetime) -> Json:
    calendar = ask.world.calendars.get(ask.calendar_id(name))
    if calendar is None or ask.role(calendar) == "none":
        return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    return {"busy": list(_joined(sorted(_busy(ask, calendar, start, end))))}


def _busy(ask: Ask, calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """Give the spans that take time, cut to the window."""
    cut = ask.world.cut(calendar)
    for entry in calendar.entries.values():
        version = entry.seen(cut)
        if version is None or version.cancelled or not takes_time(version.data, calendar.id):
            continue
        for begins, ends in occurrences(version.data, calendar.zone, start, end):
            yield max(begins, start), min(ends, end)


def takes_time(data: Json, me: str) -> bool:
    """Say whether an event blocks its owner: opaque, and not declined; unanswered and tentative block.

    Working locations and birthdays do not, since they cannot be opaque.
    """
    mine: Json = next((each for each in data.get("attendees", ()) if each["email"] == me), {})
    return data.get("transparency", "opaque") == "opaque" and mine.get("responseStatus") != "declined"


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Join what overlaps or touches."""
    current: Span | None = None
    for begins, ends in spans:
        if current is None or begins > current[1]:
            if current is not None:
                yield current
            current = begins, ends
        else:
            current = current[0], max(current[1], ends)
    if current is not None:
        yield current
