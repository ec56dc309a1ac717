"""A file keeps the contract of what can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.timespan import instant
from agent.core.whereabouts import Whereabouts
from connectors.ics.calendar import IcsCalendar
from connectors.ics.settings import IcsSettings
from tests.contract.calendar import CalendarContract, PlaceContract
from tests.contract.owners import ADDRESS, ZONE, Entry


class FileOwner:
    """Exports a calendar to a file, anew with every change."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._events: list[str] = []
        self._export()

    def reader(self) -> IcsCalendar:
        settings = IcsSettings(kind="ics", path="team.ics")
        return IcsCalendar(settings, home=self._home, where=Whereabouts(ZONE), owner=ADDRESS)

    def add(self, entry: Entry) -> None:
        start, end = (f"{instant(minute):%Y%m%dT%H%M%SZ}" for minute in (entry.span.start, entry.span.end))
        times = (f"UID:{entry.uid}", "DTSTAMP:20270101T000000Z", f"DTSTART:{start}", f"DTEND:{end}")
        self._events += ["BEGIN:VEVENT", *times, *entry.lines, "END:VEVENT"]
        self._export()

    def take_away(self) -> None:
        (self._home / "team.ics").unlink()

    def _export(self) -> None:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Another//EN", *self._events, "END:VCALENDAR", ""]
        (self._home / "team.ics").write_bytes("\r\n".join(lines).encode())


class TestIcsFile(CalendarContract, PlaceContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Callable[[], FileOwner]:
        return lambda: FileOwner(tmp_path)
