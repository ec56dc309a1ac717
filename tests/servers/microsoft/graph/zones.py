"""Times with the name of a zone, as Outlook writes them: Windows names and IANA names, never an offset.

Documented under "dateTimeTimeZone resource type".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from tests.servers.microsoft.graph.errors import GraphError, bad_request

WINDOWS = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "GTB Standard Time": "Europe/Bucharest",
    "FLE Standard Time": "Europe/Kyiv",
    "Turkey Standard Time": "Europe/Istanbul",
    "Israel Standard Time": "Asia/Jerusalem",
    "South Africa Standard Time": "Africa/Johannesburg",
    "W. Central Africa Standard Time": "Africa/Lagos",
    "E. Africa Standard Time": "Africa/Nairobi",
    "Egypt Standard Time": "Africa/Cairo",
    "Morocco Standard Time": "Africa/Casablanca",
    "Arabian Standard Time": "Asia/Dubai",
    "Russian Standard Time": "Europe/Moscow",
    "Iran Standard Time": "Asia/Tehran",
    "Pakistan Standard Time": "Asia/Karachi",
    "India Standard Time": "Asia/Kolkata",
    "Nepal Standard Time": "Asia/Kathmandu",
    "Bangladesh Standard Time": "Asia/Dhaka",
    "SE Asia Standard Time": "Asia/Bangkok",
    "Singapore Standard Time": "Asia/Singapore",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "Korea Standard Time": "Asia/Seoul",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Lord Howe Standard Time": "Australia/Lord_Howe",
    "New Zealand Standard Time": "Pacific/Auckland",
    "Samoa Standard Time": "Pacific/Apia",
    "Line Islands Standard Time": "Pacific/Kiritimati",
    "Hawaiian Standard Time": "Pacific/Honolulu",
    "Pacific Standard Time": "America/Los_Angeles",
    "Mountain Standard Time": "America/Denver",
    "Central Standard Time": "America/Chicago",
    "Eastern Standard Time": "America/New_York",
    "Atlantic Standard Time": "America/Halifax",
    "Newfoundland Standard Time": "America/St_Johns",
    "E. South America Standard Time": "America/Sao_Paulo",
    "Argentina Standard Time": "America/Argentina/Buenos_Aires",
    "SA Pacific Standard Time": "America/Bogota",
}
"""Names that a mailbox of this server knows, beside those of IANA."""

WALL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?(Z?)")
NEVER = "0001-01-01T00:00:00Z"


@cache
def zone(name: str) -> ZoneInfo:
    """Find a zone by either kind of name."""
    if name in WINDOWS:
        return ZoneInfo(WINDOWS[name])
    if name in available_timezones():
        return ZoneInfo(name)
    raise GraphError(
        400,
        "TimeZoneNotSupportedException",
        f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'.",
    )


def windows_name(name: str) -> str:
    """Give a zone's Windows name, where this server knows one."""
    return next((windows for windows, iana in WINDOWS.items() if iana == name), name)


def instant(value: Mapping[str, Any]) -> datetime:
    """Read a ``dateTimeTimeZone``: a time in the future of a spring gap is the one after it."""
    found = WALL.fullmatch(value.get("dateTime", ""))
    named = value.get("timeZone")
    if found is None or (found[3] and named != "UTC"):
        raise bad_request(f"The dateTime value '{value.get('dateTime')}' is not valid.", "ErrorInvalidRequest")
    there = zone(named or "")
    try:
        wall = datetime.fromisoformat(found[1]) + timedelta(microseconds=int((found[2] or "0").ljust(7, "0")[:6]))
        return wall.replace(tzinfo=there).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise bad_request(f"The dateTime value '{found[1]}' is not valid: {wrong}.", "ErrorInvalidRequest") from None


def boundary(text: str | None, name: str, default: ZoneInfo) -> datetime:
    """Read ``startDateTime`` or ``endDateTime``: ISO 8601 with an offset, or the time in the zone that is preferred."""
    if not text:
        raise bad_request(f"This request requires a time window specified by the query string parameter {name}.")
    digits = re.sub(r"(\.\d{6})\d+", r"\1", text.replace(" ", "+"))
    try:
        read = datetime.fromisoformat(digits)
        return read.replace(tzinfo=read.tzinfo or default).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_request(f"The value '{text}' of parameter '{name}' is invalid.", "ErrorInvalidParameter") from None


def written(at: datetime, name: str) -> dict[str, str]:
    """Write a ``dateTimeTimeZone``."""
    return {"dateTime": f"{at.astimezone(zone(name)):%Y-%m-%dT%H:%M:%S.%f}0", "timeZone": name}


def stamp(at: datetime) -> str:
    """Write a moment as a property of type DateTimeOffset."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def moment(text: str) -> datetime:
    """Read a DateTimeOffset, which the schema has found to be one."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).astimezone(UTC)
