"""Recurring events as their occurrences, by dateutil, in the zone that the event is written in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from tests.servers.google.documents import Json
from tests.servers.google.errors import invalid
from tests.servers.google.times import moment, written, zone

PREFIXES = ("RRULE", "EXRULE", "RDATE", "EXDATE")


def check_rules(event: Json, calendar_zone: str) -> None:
    """Refuse rules that mean nothing."""
    lines = event.get("recurrence", ())
    if any(not line.startswith(PREFIXES) for line in lines):
        raise invalid("Invalid recurrence rule.", "recurrence")
    if lines:
        _rule(event, calendar_zone)


def occurrences(event: Json, calendar_zone: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give the spans of an event that touch a window; a single event has one."""
    begins, ends = moment(event["start"], calendar_zone), moment(event["end"], calendar_zone)
    if not event.get("recurrence"):
        if begins < end and ends > start:
            yield begins, ends
        return
    home = zone(_home(event, calendar_zone))
    wall, length = begins.astimezone(home).replace(tzinfo=None), _length(event, calendar_zone)
    low = min(wall, (start.astimezone(home)).replace(tzinfo=None) - length - timedelta(days=1))
    for each in _rule(event, calendar_zone).between(low, end.astimezone(home).replace(tzinfo=None), inc=True):
        first = each.replace(tzinfo=home).astimezone(UTC)
        last = (each + length).replace(tzinfo=home).astimezone(UTC)
        if first < end and last > start:
            yield first, last


def instance(event: str, data: Json, calendar_zone: str, begins: datetime, ends: datetime) -> tuple[str, Json]:
    """Give one occurrence as an event of its own, with its id."""
    home = _home(data, calendar_zone)
    if "date" in data["start"]:
        first, last = (each.astimezone(zone(home)).date() for each in (begins, ends))
        start, end, name = {"date": f"{first}"}, {"date": f"{last}"}, f"{first:%Y%m%d}"
    else:
        start, end = ({"dateTime": written(each), "timeZone": home} for each in (begins, ends))
        name = f"{begins.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    own = {"start": start, "end": end, "originalStartTime": start, "recurringEventId": event}
    return f"{event}_{name}", {key: value for key, value in data.items() if key != "recurrence"} | own


def _home(event: Json, calendar_zone: str) -> str:
    return str(event["start"].get("timeZone") or calendar_zone)


def _length(event: Json, calendar_zone: str) -> timedelta:
    """How long by the clock on the wall."""
    home = zone(_home(event, calendar_zone))
    first, last = (moment(event[end], calendar_zone).astimezone(home).replace(tzinfo=None) for end in ("start", "end"))
    return last - first


def _rule(event: Json, calendar_zone: str) -> Any:
    """Read the rules over wall-clock times; an UNTIL in UTC is put on that clock first."""
    home = zone(_home(event, calendar_zone))
    begins = moment(event["start"], calendar_zone).astimezone(home).replace(tzinfo=None)
    try:
        lines = [_on_the_wall(line, _home(event, calendar_zone)) for line in event["recurrence"]]
        return rrulestr("\n".join(lines), dtstart=begins, forceset=True)
    except (ValueError, KeyError) as error:
        raise invalid("Invalid recurrence rule.", "recurrence") from error


def _on_the_wall(line: str, home: str) -> str:
    name, _, value = line.partition(":")
    kind = name.split(";")[0]
    if kind in {"RDATE", "EXDATE"}:
        return f"{kind}:{','.join(_wall(each, home) for each in value.split(','))}"
    parts = [part.split("=", 1) for part in value.split(";")]
    return f"{kind}:" + ";".join(f"{key}={_wall(each, home) if key == 'UNTIL' else each}" for key, each in parts)


def _wall(text: str, home: str) -> str:
    if len(text) == 8:
        return f"{date.fromisoformat(text):%Y%m%d}T000000"
    at = datetime.fromisoformat(text)
    return f"{at.astimezone(zone(home)) if at.tzinfo else at:%Y%m%dT%H%M%S}"
