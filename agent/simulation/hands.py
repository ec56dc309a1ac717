"""The hands of the people: they change their own calendars with a client that is not Attune's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar, vDatetime

from agent.simulation.outside.appointments import Stretch, address, attendees, components, organizer, stretch_of
from agent.simulation.outside.dav import Collection
from agent.simulation.outside.people import Roll
from agent.simulation.script import Act

NEW_EVENT = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Example//Phone calendar//EN\r
BEGIN:VEVENT\r
UID:{uid}@elsewhere.example\r
DTSTAMP:{now:%Y%m%dT%H%M%SZ}\r
DTSTART:{start:%Y%m%dT%H%M%SZ}\r
DTEND:{end:%Y%m%dT%H%M%SZ}\r
SUMMARY:{title}\r
END:VEVENT\r
END:VCALENDAR\r
"""

NO_CALENDAR = "<html><head><title>502 Bad Gateway</title></head><body>try later</body></html>\n"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One of Attune's meetings as its owner sees it in their calendar."""

    href: str
    calendar: Any
    event: Any
    when: Stretch


@dataclass
class Hands:
    """Performs acts. Each gives a record of what was done, or None where the meeting it needs is not there yet."""

    roll: Roll
    collections: Mapping[str, Collection]
    home: Path

    def perform(self, act: Act, now: datetime) -> dict[str, Any] | None:
        """Do what the act says, at this instant of the programme."""
        about: dict[str, Any] = {"id": act.id, "kind": act.kind, "at": now.isoformat(), "person": act.person}
        if act.kind == "spoil":
            return about | self._spoil(act)
        seen = self._next_meeting(act, now)
        if seen is None:
            return None
        sequence = int(seen.event.get("SEQUENCE", 0))
        about |= {"relationship": act.relationship, "uid": str(seen.event["UID"]), "sequence": sequence}
        about |= {"people": list(self.roll.bonds[act.relationship].people), "was": _ends(seen.when)}
        return about | PERFORM[act.kind](self.collections[act.person], act, seen, self.roll, now)

    def meetings_of(self, person: str) -> dict[str, str]:
        """Attune's events in a person's calendar, by the names of their resources."""
        return {
            item.href.rpartition("/")[2]: item.text
            for item in self.collections[person].items()
            if any(organizer(event) == self.roll.sender for event in components(item.text))
        }

    def _next_meeting(self, act: Act, now: datetime) -> Sighting | None:
        """The relationship's next meeting in the person's calendar that is far enough ahead."""
        bond = self.roll.bonds[act.relationship]
        emails = {self.roll.people[name].email for name in bond.people}
        calendars = ((item.href, Calendar.from_ical(item.text)) for item in self.collections[act.person].items())
        seen = (
            Sighting(href, calendar, event, stretch_of(event, "UTC"))
            for href, calendar in calendars
            for event in calendar.walk("VEVENT")
            if organizer(event) == self.roll.sender and set(attendees(event)) == emails
        )
        ahead = (each for each in seen if each.when.start >= now + act.ahead)
        return min(ahead, key=lambda each: each.when, default=None)

    def _spoil(self, act: Act) -> dict[str, Any]:
        file = self.home / act.file
        file.with_suffix(".whole").write_bytes(file.read_bytes())
        file.write_text(NO_CALENDAR, encoding="utf-8")
        assert act.until is not None  # noqa: S101  the script says so for this kind
        return {"file": act.file, "until": act.until.isoformat()}

    def mend(self, act: Act) -> None:
        """Put a spoilt file back as it was."""
        file = self.home / act.file
        file.with_suffix(".whole").replace(file)


def _conflict(own: Collection, act: Act, seen: Sighting, _roll: Roll, now: datetime) -> dict[str, Any]:
    start, end = seen.when.start, seen.when.end
    own.put(f"{act.id}.ics", NEW_EVENT.format(uid=act.id, now=now, start=start, end=end, title=act.title))
    return {}


def _decline(own: Collection, act: Act, seen: Sighting, roll: Roll, _now: datetime) -> dict[str, Any]:
    listed = seen.event["ATTENDEE"]
    for each in listed if isinstance(listed, list) else [listed]:
        if address(each) == roll.people[act.person].email:
            each.params["PARTSTAT"] = "DECLINED"
    own.put(seen.href, seen.calendar.to_ical().decode())
    return {}


def _delete(own: Collection, _act: Act, seen: Sighting, _roll: Roll, _now: datetime) -> dict[str, Any]:
    own.delete(seen.href)
    return {}


def _move(own: Collection, act: Act, seen: Sighting, _roll: Roll, _now: datetime) -> dict[str, Any]:
    to = Stretch(seen.when.start + act.by, seen.when.end + act.by)
    seen.event["DTSTART"], seen.event["DTEND"] = vDatetime(to.start), vDatetime(to.end)
    own.put(seen.href, seen.calendar.to_ical().decode())
    return {"to": _ends(to)}


PERFORM = {"conflict": _conflict, "decline": _decline, "delete": _delete, "move": _move}


def _ends(stretch: Stretch) -> list[str]:
    return [stretch.start.isoformat(), stretch.end.isoformat()]
