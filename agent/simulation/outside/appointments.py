"""Calendar text taken apart: Attune's own events on one side, what keeps people busy otherwise on the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

Event = Any
"""A VEVENT; the library's own type says too little of what its values are."""

WINDOWS = {
    "GMT Standard Time": "Europe/London",
    "India Standard Time": "Asia/Kolkata",
    "New Zealand Standard Time": "Pacific/Auckland",
    "Eastern Standard Time": "America/Toronto",
    "South Africa Standard Time": "Africa/Johannesburg",
}
PRIVATE = ("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Time from one aware instant to another."""

    start: datetime
    end: datetime

    def meets(self, other: Stretch) -> bool:
        """Whether they share time."""
        return self.start < other.end and other.start < self.end


def components(text: str | bytes) -> list[Event]:
    """Every VEVENT of a calendar's text; ``ValueError`` where it is none."""
    return list(Calendar.from_ical(text).walk("VEVENT"))


def stretch_of(event: Event, zone: str) -> Stretch:
    """When a single event is; floating and all-day ones are placed in the owner's zone."""
    start, tz = _wall(event["DTSTART"], zone)
    return Stretch(_utc(start, tz), _utc(start + _length(event, zone), tz))


def organizer(event: Event) -> str:
    """Give the address that an event names as its organizer, in small letters; empty where it has none."""
    return address(event.get("ORGANIZER", ""))


def address(value: object) -> str:
    """Give the bare address of a ``mailto:`` value."""
    return str(value).lower().removeprefix("mailto:")


def attendees(event: Event) -> dict[str, str]:
    """Addresses of the people an event invites, and their answers."""
    listed = event.get("ATTENDEE", [])
    return {
        address(each): str(each.params.get("PARTSTAT", "NEEDS-ACTION")).upper()
        for each in (listed if isinstance(listed, list) else [listed])
    }


def private_texts(events: Iterable[Event]) -> set[str]:
    """Whatever somebody wrote into their own events."""
    return {str(event[name]) for event in events for name in PRIVATE if str(event.get(name, "")).strip()}


def busy(events: Iterable[Event], zone: str, horizon: Stretch) -> Iterator[Stretch]:
    """Stretches inside a horizon in which these events of one calendar keep their owner busy, series unrolled."""
    events = list(events)
    replaced = {(str(e["UID"]), _utc(*_wall(e["RECURRENCE-ID"], zone))) for e in events if "RECURRENCE-ID" in e}
    for event in events:
        if _blocks(event):
            for stretch in _occurrences(event, zone, horizon):
                single = "RECURRENCE-ID" in event or (str(event["UID"]), stretch.start) not in replaced
                if single and stretch.meets(horizon):
                    yield stretch


def _blocks(event: Event) -> bool:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    told = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return told != "FREE" and str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"


def _occurrences(event: Event, zone: str, horizon: Stretch) -> Iterator[Stretch]:
    first, tz = _wall(event["DTSTART"], zone)
    length = _length(event, zone)
    rules = event.get("RRULE")
    if rules is None:
        yield Stretch(_utc(first, tz), _utc(first + length, tz))
        return
    text = ";".join(
        part if not part.startswith("UNTIL=") else _local_until(part, tz) for part in _rule_text(rules).split(";")
    )
    left_out = set(_left_out(event, zone))
    for start in rrulestr(text, dtstart=first):
        stretch = Stretch(_utc(start, tz), _utc(start + length, tz))
        if stretch.start >= horizon.end:
            return
        if stretch.start not in left_out:
            yield stretch


def _rule_text(rule: Any) -> str:
    text: str = rule.to_ical().decode()
    return text


def _local_until(part: str, tz: ZoneInfo) -> str:
    """Write the last moment of a series in the wall time that the series is unrolled in."""
    if not part.endswith("Z"):
        return part
    moment = datetime.strptime(part, "UNTIL=%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"UNTIL={moment.astimezone(tz):%Y%m%dT%H%M%S}"


def _left_out(event: Event, zone: str) -> Iterator[datetime]:
    listed = event.get("EXDATE", [])
    for group in listed if isinstance(listed, list) else [listed]:
        for each in group.dts:
            each.params.setdefault("TZID", group.params.get("TZID", ""))
            yield _utc(*_wall(each, zone))


def _length(event: Event, zone: str) -> timedelta:
    start, _ = _wall(event["DTSTART"], zone)
    if "DTEND" in event:
        return _wall(event["DTEND"], zone)[0] - start
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return length
    return timedelta(0) if isinstance(event["DTSTART"].dt, datetime) else timedelta(days=1)


def _wall(value: Any, zone: str) -> tuple[datetime, ZoneInfo]:
    """Wall time of a date or time, and the zone it is meant in."""
    moment = value.dt
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day), ZoneInfo(zone)  # noqa: DTZ001  the zone is beside it
    named = str(value.params.get("TZID", ""))
    if named and named != "UTC":
        return moment.replace(tzinfo=None), ZoneInfo(WINDOWS.get(named, named))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None), ZoneInfo("UTC")
    return moment, ZoneInfo(zone)


def _utc(wall: datetime, tz: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=tz).astimezone(UTC)
