"""Which rules a TZID means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from agent.core.whereabouts import Whereabouts
from agent.core.zones import exists
from agent.ical.components import Component
from agent.ical.lines import Line
from agent.ical.times import moment, utc
from agent.ical.travels import Travelling, clock
from agent.ical.vtimezone import spelled

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
"""How much earlier and later a wall time may be when nobody knows its zone: UTC+14 to UTC-12."""

_IANA = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Zone:
    """Rules to read a wall time by. ``unknown`` ones are UTC, and the time may be anywhere on Earth."""

    rules: tzinfo
    unknown: bool = False

    def doubtful(self, *walls: datetime) -> bool:
        """Whether wall times are not all in one zone for certain."""
        return len({self.readings(wall) for wall in walls}) > 1 or len(self.readings(walls[0])) > 1

    def readings(self, wall: datetime) -> tuple[tzinfo, ...]:
        """Rules that a wall time may be read by: several where its owner is on the way from one zone to another."""
        return self.rules.readings(wall.date()) if isinstance(self.rules, Travelling) else (self.rules,)


UNKNOWN = Zone(UTC, unknown=True)


@dataclass(frozen=True, slots=True)
class Point:
    """A wall time and the zone it is read in. A whole day is in the zone of the calendar's owner.

    ``vague`` is a time of day that could not be read: the start of its date stands for it, in an unknown zone.
    """

    wall: datetime
    zone: Zone
    all_day: bool = False
    floating: bool = False
    vague: bool = False

    @property
    def instant(self) -> datetime:
        """Aware UTC; for an unknown zone as if it were UTC itself."""
        return utc(self.wall, self.zone.rules)


class Zones:
    """Zones of one file: the pinned rules by IANA or Windows name first, then what the file says itself."""

    def __init__(self, owner: Whereabouts, spelled_out: Iterable[Component]) -> None:
        self.owner = Zone(clock(owner))
        self._spelled_out: dict[str, Component] = {}
        for component in spelled_out:
            name = component.value("TZID").strip('"').replace("\\,", ",").replace("\\;", ";")
            self._spelled_out.setdefault(name, component)
        self._known: dict[str, Zone] = {}

    def point(self, value: str, line: Line) -> Point | None:
        """Place a value of a line; None where not even its date can be read."""
        found = moment(value)
        if found is None:
            return None
        if found.vague:
            return Point(found.wall, UNKNOWN, vague=True)
        if found.all_day:
            return Point(found.wall, self.owner, all_day=True)
        if found.offset is not None:
            return Point(found.wall, Zone(found.offset))
        name = line.param("TZID")
        return Point(found.wall, self.of(name) if name else self.owner, floating=not name)

    def of(self, name: str) -> Zone:
        """Rules for a TZID."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Zone:
        iana = pinned(name)
        if iana is not None:
            return Zone(ZoneInfo(iana))
        component = self._spelled_out.get(name)
        if component is None:
            return UNKNOWN
        rules = spelled(component)
        if rules is not None:
            return Zone(rules)
        iana = pinned(component.value("X-LIC-LOCATION"))
        return Zone(ZoneInfo(iana)) if iana else UNKNOWN


def pinned(name: str) -> str | None:
    """IANA name that a TZID stands for, where the pinned rules have it.

    Windows names are CLDR's; some programs prefix an IANA name with a path of their own.
    """
    if _IANA.fullmatch(name) and exists(name):
        return name
    if name.upper() in {"UTC", "GMT", "Z"}:
        return "UTC"
    windows = _windows(name)
    if windows is not None:
        return windows
    parts = name.split("/")
    for length in (3, 2):
        tail = "/".join(parts[-length:])
        if len(parts) > length and _IANA.fullmatch(tail) and exists(tail):
            return tail
    return "UTC" if len(parts) > 1 and parts[-1].upper() in {"UTC", "GMT"} else None


def _windows(name: str) -> str | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - half a second, rarely needed

    return {windows.casefold(): zone for windows, zone in WINDOWS_TO_OLSON.items()}.get(name.casefold())
