"""The judge's own reading of calendars: series, exceptions, all-day items, zones and what counts as busy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.resources import data_dir
from agent.simulation.outside.appointments import Stretch, busy, components, private_texts

FEBRUARY = Stretch(datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


def stretches(lines: str, zone: str = "Europe/Lisbon", horizon: Stretch = FEBRUARY) -> list[str]:
    """Busy time of one event, as text in UTC."""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    return [f"{s.start:%d %H:%M}-{s.end:%d %H:%M}" for s in sorted(busy(components(text), zone, horizon))]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DTSTART:20270210T100000Z\nDTEND:20270210T110000Z", ["10 10:00-10 11:00"]),
        ("DTSTART:20270210T100000Z\nDURATION:PT30M", ["10 10:00-10 10:30"]),
        ("DTSTART:20270210T100000\nDTEND:20270210T110000", ["10 04:30-10 05:30"]),
        ("DTSTART;VALUE=DATE:20270210\nDTEND;VALUE=DATE:20270211", ["09 18:30-10 18:30"]),
        ("DTSTART;VALUE=DATE:20270210", ["09 18:30-10 18:30"]),
        ("DTSTART;VALUE=DATE:20270210\nTRANSP:TRANSPARENT", []),
        ("DTSTART;VALUE=DATE:20270210\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20270210T100000Z\nDTEND:20270210T110000Z\nSTATUS:CANCELLED", []),
        ("DTSTART:20270210T100000Z\nDTEND:20270210T110000Z\nSTATUS:TENTATIVE", ["10 10:00-10 11:00"]),
        (
            "DTSTART;TZID=India Standard Time:20270210T100000\nDTEND;TZID=India Standard Time:20270210T110000",
            ["10 04:30-10 05:30"],
        ),
        (
            "DTSTART;TZID=Asia/Kolkata:20270118T100000\nDURATION:PT1H\n"  # noqa: ISC004  one event
            "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270215T043000Z\nEXDATE;TZID=Asia/Kolkata:20270201T100000",
            ["15 04:30-15 05:30"],
        ),
    ],
)
def test_what_keeps_somebody_in_kolkata_busy(lines: str, expected: list[str]) -> None:
    assert stretches(lines, "Asia/Kolkata") == expected


def test_a_series_keeps_its_wall_time_over_a_change_of_clocks() -> None:
    spring = Stretch(datetime(2027, 3, 22, tzinfo=UTC), datetime(2027, 4, 5, tzinfo=UTC))
    weekly = "DTSTART;TZID=Europe/Lisbon:20270301T093000\nDTEND;TZID=Europe/Lisbon:20270301T100000\nRRULE:FREQ=WEEKLY"
    assert stretches(weekly, horizon=spring) == ["22 09:30-22 10:00", "29 08:30-29 09:00"]


def test_an_exception_takes_the_place_of_its_occurrence() -> None:
    text = (data_dir("config") / "demo/calendars/mentee-2-team.ics").read_text(encoding="utf-8")
    day = Stretch(datetime(2027, 3, 26, tzinfo=UTC), datetime(2027, 3, 27, tzinfo=UTC))
    assert list(busy(components(text), "Asia/Kolkata", day)) == [
        Stretch(datetime(2027, 3, 26, 10, 30, tzinfo=UTC), datetime(2027, 3, 26, 12, 0, tzinfo=UTC))
    ]


def test_everything_that_somebody_wrote_is_private() -> None:
    text = (data_dir("config") / "demo/booking/mentor-1.ics").read_text(encoding="utf-8")
    assert {"budget stand-up QX7-BUD1", "room behind the archive QX7-ROO3", "ask for four days a week QX7-ASK8"} < (
        private_texts(components(text))
    )
