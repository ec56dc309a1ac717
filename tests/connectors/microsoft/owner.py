"""Somebody with a mailbox in Microsoft 365, at work in Outlook, with none of our code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agent.clock import RehearsalClock
from agent.core.timespan import Span, instant
from agent.core.whereabouts import Whereabouts
from connectors.microsoft.calendar import GraphCalendar
from connectors.microsoft.scopes import WRITE
from connectors.microsoft.settings import MicrosoftCalendarSettings
from tests.connectors.microsoft.keeping import MemoryKeep, client_of, keep_for
from tests.contract.owners import ZONE, Entry
from tests.servers.microsoft.stage import Person, Stage, event

NOW = datetime(2027, 2, 20, 9, tzinfo=UTC)
METHODS = {"create": "event.create", "update": "event.update", "remove": "event.delete"}
MARK = "String {8f1c2a64-6b0e-4c57-9a6f-2d9a5c0e7b31} Name AttuneMeeting"
LONG_BEFORE = 90


def opened(stage: Stage, person: Person, keep: MemoryKeep, **settings: Any) -> GraphCalendar:
    """Open a calendar as the registry does."""
    zone = settings.pop("zone", ZONE)
    return GraphCalendar(
        MicrosoftCalendarSettings.model_validate({"kind": "microsoft", "book": True} | settings),
        client_of(stage),
        keep,
        home=Path(),
        where=Whereabouts(zone),
        owner=person.address,
        clock=RehearsalClock(NOW),
    )


@dataclass
class MicrosoftOwner:
    """A mailbox of its own, whose owner has agreed to some scopes."""

    stage: Stage
    scopes: tuple[str, ...] = (WRITE,)
    open: list[GraphCalendar] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = self.stage.account(name="Example Mentor")
        self.keep = keep_for(self.stage, self.person, *self.scopes)

    def reader(self, **settings: Any) -> GraphCalendar:
        self.open.append(opened(self.stage, self.person, self.keep, **settings))
        return self.open[-1]

    def writer(self, **settings: Any) -> GraphCalendar:
        return self.reader(**settings)

    def reader_with_a_wrong_password(self) -> GraphCalendar:
        self.stage.server.ask("POST", f"/accounts/{self.person.address}/revoke", {})
        return self.reader()

    def writer_that_loses_the_answer_to(self, method: str) -> GraphCalendar:
        self.stage.server.fail_next(METHODS[method], "after-commit")
        return self.writer()

    def add(self, entry: Entry) -> None:
        """A UID of ours stands for an event that was written earlier."""
        said: dict[str, Any] = {"subject": entry.uid}
        for line in entry.lines:
            name, _, value = line.partition(":")
            if name == "SUMMARY":
                said["subject"] = value
            elif name == "LOCATION":
                said["location"] = {"displayName": value}
        if "TRANSP:TRANSPARENT" in entry.lines:
            said["showAs"] = "free"
        if entry.uid.endswith("@attune"):
            said["singleValueExtendedProperties"] = [{"id": MARK, "value": entry.uid}]
        if any("PARTSTAT=DECLINED" in line for line in entry.lines):
            self.invited(entry.span, "decline", **said)
        elif "STATUS:CANCELLED" in entry.lines:
            self.invited(entry.span, "cancel", **said)
        else:
            self.act("POST", "/me/events", event(*times(entry.span), **said))

    def invited(self, span: Span, then: str = "", **said: Any) -> None:
        """Somebody else invites; afterwards the owner answers, or the other one calls it off."""
        other = self.stage.account()
        made = self.act(
            "POST", "/me/events", event(*times(span), attendees=[self.person.address], **said), by=other.address
        )
        if then == "cancel":
            self.act("POST", f"/me/events/{made['id']}/cancel", {}, by=other.address)
        elif then:
            clause = quote(f"iCalUId eq '{made['iCalUId']}'")
            found = self.act("GET", f"/me/events?$filter={clause}")
            self.act("POST", f"/me/events/{found['value'][0]['id']}/{then}", {})

    def move(self, uid: str, span: Span) -> None:
        start, end = times(span)
        changed = {"start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"}}
        self.patch(uid, **changed)

    def delete(self, uid: str) -> None:
        self.act("DELETE", f"/me/events/{self.event(uid)['id']}")

    def set_alarm(self, uid: str) -> None:
        self.patch(uid, reminderMinutesBeforeStart=LONG_BEFORE)

    def has_alarm(self, uid: str) -> bool:
        return bool(self.event(uid)["reminderMinutesBeforeStart"] == LONG_BEFORE)

    def titles(self, uid: str) -> list[str]:
        return titles(self.stage, self.person, uid)

    def event(self, uid: str) -> dict[str, Any]:
        """Give one of our events as Outlook has it."""
        clause = f"singleValueExtendedProperties/any(ep: ep/id eq '{MARK}' and ep/value eq '{uid}')"
        (found,) = self.act("GET", f"/me/events?$filter={quote(clause)}")["value"]
        return dict(found)

    def patch(self, uid: str, **changed: Any) -> None:
        self.act("PATCH", f"/me/events/{self.event(uid)['id']}", changed)

    def act(self, method: str, path: str, body: Any = None, by: str = "") -> Any:
        return self.stage.server.act(by or self.person.address, method, path, body)

    def close(self) -> None:
        for each in self.open:
            each.close()


def titles(stage: Stage, person: Person, uid: str) -> list[str]:
    """Title of each event that has this UID, by the double's own books."""
    return [each["subject"] for each in stage.server.events(person.address) if uid in each["extended"].values()]


def times(span: Span) -> tuple[str, str]:
    """Both ends as Graph has them."""
    return f"{instant(span.start):%Y-%m-%dT%H:%M:%S}", f"{instant(span.end):%Y-%m-%dT%H:%M:%S}"
