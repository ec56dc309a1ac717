"""A small world planted by hand, in which everything is as promised: one meeting of pair-2, held, and its mails."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from agent.simulation.outside.evidence import gather
from agent.simulation.outside.report import report
from agent.simulation.world import World

MENTOR, MENTEE = "mentor-1", "mentee-2"
PEOPLE = (MENTOR, MENTEE)
UID = "planted-1@attune"
START = datetime(2027, 2, 10, 10, 15, tzinfo=UTC)
UNTIL = datetime(2027, 2, 20, tzinfo=UTC)
BOOKED = datetime(2027, 2, 1, 10, tzinfo=UTC)

EVENT = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Example//Planted//EN\r
{method}BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}\r
DTSTART:{start:%Y%m%dT%H%M%SZ}\r
DTEND:{end:%Y%m%dT%H%M%SZ}\r
SEQUENCE:{sequence}\r
STATUS:{status}\r
SUMMARY:{summary}\r
ORGANIZER:mailto:attune@northwind.example\r
{attendees}END:VEVENT\r
END:VCALENDAR\r
"""


def event(
    *,
    start: datetime = START,
    uid: str = UID,
    sequence: int = 0,
    method: str = "",
    summary: str = "Mentoring",
    stamp: datetime = BOOKED,
    status: str = "CONFIRMED",
    people: tuple[str, ...] = PEOPLE,
    declined: str = "",
) -> str:
    """Write one of Attune's events, as a calendar or (with a method) a mail holds it."""
    attendees = "".join(
        f"ATTENDEE;PARTSTAT={'DECLINED' if person == declined else 'ACCEPTED'}:mailto:{person}@northwind.example\r\n"
        for person in people
    )
    return EVENT.format(
        method=f"METHOD:{method}\r\n" if method else "",
        uid=uid,
        stamp=stamp,
        start=start,
        end=start + timedelta(minutes=45),
        sequence=sequence,
        status=status,
        summary=summary,
        attendees=attendees,
    )


@dataclass
class Planted:
    """A running world whose calendars and mails a test may doctor, and a judge's report on it."""

    world: World
    search: list[Path] = field(default_factory=list)

    def plant(self) -> None:
        """Start over: one meeting in both calendars, and six mails about it."""
        self.search = []
        self.acts([])
        for file in self.world.mails.iterdir():
            file.unlink()
        for person in self.world.roll.people:
            for name in self.world.hands.meetings_of(person):
                self.world.hands.collections[person].delete(name)
        for person in PEOPLE:
            self.put(person, event())
            self.mail(person, BOOKED, "Meeting", "REQUEST", event(method="REQUEST"))
            self.mail(person, START - timedelta(hours=48), "Plan")
            self.mail(person, START + timedelta(hours=2), "After")

    def put(self, person: str, text: str, name: str = "planted.ics") -> None:
        """Write something into a person's calendar."""
        self.world.hands.collections[person].put(name, text)

    def delete(self, person: str, name: str = "planted.ics") -> None:
        """Delete something from a person's calendar."""
        self.world.hands.collections[person].delete(name)

    def mail(
        self,
        person: str,
        at: datetime,
        subject: str,
        method: str = "",
        entry: str = "",
        *,
        text: str = "Hello",
        cte: str = "quoted-printable",
        identity: str = "",
        thread: str = UID,
        attached: str = "",
    ) -> str:
        """Let a mail arrive; give its file's name."""
        number = len(list(self.world.mails.glob("*.eml"))) + 1
        message = EmailMessage()
        message["To"] = f"{person}@northwind.example"
        message["Subject"] = subject
        message["Message-ID"] = identity or f"<{number}@attune.northwind.example>"
        message["References"] = f"<all-{person}@attune.northwind.example> <{thread}-{person}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, cte=cte)
        message.add_alternative(f"<p>{text}</p>", subtype="html")
        if entry:
            message.add_alternative(entry, subtype="calendar", params={"method": method})
            message.add_attachment(
                (attached or entry).encode(), maintype="application", subtype="ics", filename="invite.ics"
            )
        path = self.world.mails / f"{number:04}.eml"
        envelope = {"at": at.isoformat(), "from": "attune@northwind.example", "to": [f"{person}@northwind.example"]}
        path.with_suffix(".json").write_text(json.dumps(envelope), encoding="utf-8")
        path.write_bytes(message.as_bytes())
        return path.name

    def acts(self, acts: list[dict[str, Any]]) -> None:
        """Say what people have done."""
        (self.world.folder / "acts.json").write_text(json.dumps(acts), encoding="utf-8")

    def report(self) -> dict[str, Any]:
        """Have it judged, here and now."""
        return report(gather(self.world.manifest(UNTIL, self.search)))
