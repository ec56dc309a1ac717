"""A calendar's owner on a CalDAV server, with a plain HTTP client and an iCalendar library instead of our code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx

from agent.clock import RehearsalClock
from agent.core.observation import Answer
from agent.core.timespan import Span, instant
from agent.core.whereabouts import Whereabouts
from connectors.caldav.calendar import CalDavCalendar
from connectors.caldav.settings import CalDavSettings
from tests.contract.owners import ADDRESS, ZONE, Entry
from tests.servers.caldav import CalDavServer
from tests.servers.lossy import LossyProxy

NOW = datetime(2027, 2, 20, 9, tzinfo=UTC)
METHODS = {"create": "PUT", "update": "PUT", "remove": "DELETE"}
ALARM = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"


def calendar(url: str, login: tuple[str, str] | None, zone: str = ZONE) -> CalDavCalendar:
    """Open a calendar as the registry does."""
    settings = CalDavSettings.model_validate(
        {"kind": "caldav", "url": url, "book": True} | ({"username": login[0], "password": login[1]} if login else {})
    )
    return CalDavCalendar(settings, home=Path(), where=Whereabouts(zone), owner=ADDRESS, clock=RehearsalClock(NOW))


@dataclass
class DavOwner:
    """One new, empty calendar on a server."""

    server: CalDavServer
    proxy: LossyProxy
    path: str = ""
    opened: list[CalDavCalendar] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = self.server.make_calendar()

    def reader(self) -> CalDavCalendar:
        return self._open(self.server.url(self.path))

    writer = reader

    def reader_in(self, zone: str) -> CalDavCalendar:
        self.opened.append(calendar(self.server.url(self.path), self.server.login, zone))
        return self.opened[-1]

    def reader_with_a_wrong_password(self) -> CalDavCalendar:
        return self._open(self.server.url(self.path), (self.server.username or "", "wrong"))

    def writer_that_loses_the_answer_to(self, method: str) -> CalDavCalendar:
        self.proxy.lose_answer_to(METHODS[method])
        return self._open(f"http://127.0.0.1:{self.proxy.port}{self.path}")

    def take_away(self) -> None:
        self._ask("DELETE", self.path)

    def add(self, entry: Entry) -> None:
        start, end = (f"{instant(minute):%Y%m%dT%H%M%SZ}" for minute in (entry.span.start, entry.span.end))
        self.put(entry.uid, (f"DTSTART:{start}", f"DTEND:{end}", *entry.lines))

    def put(self, uid: str, *events: Sequence[str]) -> None:
        """Write a resource of some events with one UID, each given as lines."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Another//EN"]
        for event in events:
            lines += ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20270101T000000Z", *event, "END:VEVENT"]
        self._ask("PUT", f"{self.path}another-{abs(hash(uid))}.ics", "\r\n".join([*lines, "END:VCALENDAR", ""]))

    def move(self, uid: str, span: Span) -> None:
        start, end = (f"{instant(minute):%Y%m%dT%H%M%S}" for minute in (span.start, span.end))
        # In their own words: a wall time, which in March is UTC in Lisbon.
        self._edit(
            uid,
            (r"\r\nDTSTART[^\r]*", f"\r\nDTSTART;TZID=Europe/Lisbon:{start}"),
            (r"\r\nDTEND[^\r]*", f"\r\nDTEND;TZID=Europe/Lisbon:{end}"),
        )

    def answer(self, uid: str, answer: Answer) -> None:
        mine = rf"(ATTENDEE[^\r]*PARTSTAT=)[A-Z-]+([^\r]*mailto:{ADDRESS})"
        self._edit(uid, (mine, rf"\g<1>{answer.value.upper()}\g<2>"))

    def cancel(self, uid: str) -> None:
        self._edit(uid, ("STATUS:CONFIRMED", "STATUS:CANCELLED"))

    def set_alarm(self, uid: str) -> None:
        self._edit(uid, ("END:VEVENT", f"{ALARM}END:VEVENT"))

    def has_alarm(self, uid: str) -> bool:
        return all("TRIGGER:-PT15M" in text for _, text in self._events(uid))

    def delete(self, uid: str) -> None:
        for path, _ in self._events(uid):
            self._ask("DELETE", path)

    def titles(self, uid: str) -> list[str]:
        found = [re.search(r"\r\nSUMMARY:([^\r]*)", text) for _, text in self._events(uid)]
        return [match[1].replace("\\,", ",") for match in found if match]

    def close(self) -> None:
        for each in self.opened:
            each.close()

    def _open(self, url: str, login: tuple[str, str] | None = None) -> CalDavCalendar:
        self.opened.append(calendar(url, login or self.server.login))
        return self.opened[-1]

    def _edit(self, uid: str, *changes: tuple[str, str]) -> None:
        for path, text in self._events(uid):
            before, event, after = text.partition("BEGIN:VEVENT")  # a zone that a server adds stands before it
            for pattern, replacement in changes:
                after, count = re.subn(pattern, replacement, after)
                assert count == 1, pattern
            self._ask("PUT", path, before + event + after)

    def _events(self, uid: str) -> Iterator[tuple[str, str]]:
        listing = ET.fromstring(self._ask("PROPFIND", self.path, depth="1").content)
        for href in [each.text or "" for each in listing.iter("{DAV:}href") if (each.text or "").endswith(".ics")]:
            text = re.sub(r"\r?\n", "\r\n", self._ask("GET", href).text).replace("\r\n ", "")
            if f"\r\nUID:{uid}\r\n" in text:
                yield href, text

    def _ask(self, method: str, path: str, body: str = "", depth: str = "0") -> httpx.Response:
        headers = {"Depth": depth} | ({"Content-Type": "text/calendar; charset=utf-8"} if body else {})
        answer = httpx.request(
            method, self.server.url(path), content=body.encode(), headers=headers, auth=self.server.login
        )
        return answer.raise_for_status()
