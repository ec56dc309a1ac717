"""Calendars are opened for whoever asks, and closed when nobody has them any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import BaseModel

from agent.wiring.calendars import OpenCalendars
from connectors.base import CalendarReader
from connectors.memory import MemoryCalendar

PEOPLE = ("mentor-1", "mentee-1", "mentee-2")


class Settings(BaseModel):
    """Of a calendar that needs none."""


class Doors:
    """Opens calendars, and remembers which are open."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []

    def open(self, person: str, position: int, _settings: BaseModel) -> tuple[CalendarReader, Callable[[], None]]:
        name = f"{person}:{position}"
        self.opened.append(name)
        return MemoryCalendar(person), lambda: self.closed.append(name)


@pytest.fixture
def doors() -> Doors:
    return Doors()


def calendars(doors: Doors, at_hand: int = 2) -> OpenCalendars:
    return OpenCalendars({person: (Settings(),) for person in PEOPLE}, doors.open, at_hand)


def test_nothing_is_open_before_it_is_asked_for(doors: Doors) -> None:
    found = calendars(doors)
    assert (list(found), len(found), "mentor-1" in found, "nobody" in found) == (list(PEOPLE), 3, True, False)
    assert doors.opened == []


def test_a_calendar_is_opened_once(doors: Doors) -> None:
    found = calendars(doors)
    assert found["mentor-1"] is found["mentor-1"]
    assert doors.opened == ["mentor-1:0"]


def test_those_asked_longest_ago_are_closed_where_there_are_too_many(doors: Doors) -> None:
    found = calendars(doors)
    for person in ("mentor-1", "mentee-1", "mentor-1", "mentee-2"):
        assert found[person]
    assert doors.closed == ["mentee-1:0"]


def test_one_that_somebody_still_has_stays_open_and_is_the_only_one(doors: Doors) -> None:
    """Two at once would ask one mailbox side by side, and one that is closed could not answer."""
    found = calendars(doors, at_hand=1)
    held = found["mentor-1"]
    assert found["mentee-1"]
    assert doors.closed == []
    assert found["mentor-1"][0] is held[0]
    del held
    assert found["mentee-1"]
    assert "mentor-1:0" in doors.closed


def test_somebody_who_is_not_in_the_files_has_none(doors: Doors) -> None:
    assert calendars(doors).get("nobody", ()) == ()
