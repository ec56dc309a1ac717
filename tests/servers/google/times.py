"""Google's times: RFC 3339 instants, dates, and the two forms of an event's start and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tests.servers.google.documents import Json
from tests.servers.google.errors import Refusal, invalid


def instant(text: str) -> datetime:
    """Read an instant with its offset."""
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    """Write an instant in its own zone, with Z for UTC and no fraction."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def stamped(at: float) -> str:
    """Write seconds since 1970 with milliseconds, as Google writes when it made something."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def zones() -> frozenset[str]:
    """Give the names of all zones; asking the system takes milliseconds."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """Give a zone; refuses one that IANA does not know."""
    if name not in zones():
        raise invalid(f"Invalid time zone: {name}", "timeZone")
    return ZoneInfo(name)


def moment(value: Json, calendar_zone: str) -> datetime:
    """Give an event's start or end as an instant; a date is its first moment in the calendar's zone."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), datetime.min.time(), zone(calendar_zone))
    at = datetime.fromisoformat(value["dateTime"])
    return at if at.tzinfo else at.replace(tzinfo=zone(value["timeZone"]))


def check_times(event: Json, calendar_zone: str) -> None:
    """Refuse an event whose times make no sense."""
    start, end = event.get("start"), event.get("end")
    if not start or not end:
        raise Refusal(400, "required", f"Missing {'end' if start else 'start'} time.")
    for name, value in (("start", start), ("end", end)):
        _check_form(name, value, bool(event.get("recurrence")))
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if moment(start, calendar_zone) >= moment(end, calendar_zone) + _instant_allowed(start):
        raise invalid("The specified time range is empty.", reason="timeRangeEmpty", domain="calendar")


def _instant_allowed(start: Json) -> timedelta:
    """An event may take no time at all; a day may not."""
    return timedelta(0) if "date" in start else timedelta(seconds=1)


def _check_form(name: str, value: Json, recurs: bool) -> None:
    forms = [key for key in ("date", "dateTime") if value.get(key) is not None]
    if len(forms) != 1:
        raise invalid(f"Invalid {name} time.")
    if value.get("timeZone") and value["timeZone"] not in zones():
        raise invalid(f"Invalid time zone definition for {name} time.")
    if forms == ["dateTime"] and not value.get("timeZone"):
        if datetime.fromisoformat(value["dateTime"]).tzinfo is None:
            raise invalid(f"Missing time zone definition for {name} time.")
        if recurs:
            raise invalid(f"Missing time zone definition for {name} time.")


def shown(value: Json, zone_name: str) -> Json:
    """Write a start or end in the zone of whoever reads it."""
    if "date" in value:
        return {"date": value["date"]}
    at = moment(value, zone_name).astimezone(zone(zone_name))
    return {"dateTime": written(at), "timeZone": value.get("timeZone") or zone_name}
