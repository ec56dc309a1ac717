"""People's own series: expanded where a window or free/busy is asked for, by the clock on the wall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.microsoft.stage import Person, Stage, event

pytestmark = pytest.mark.xdist_group("microsoft")


def repeated(
    kind: str, limit: dict[str, Any] | None = None, start: str = "2027-03-22", **pattern: Any
) -> dict[str, Any]:
    found = {
        "pattern": {"type": kind, "interval": 1, **pattern},
        "range": {"startDate": start, **(limit or {"type": "noEnd"})},
    }
    times = (f"{start}T09:00:00", f"{start}T10:00:00")
    return event(*times, zone="Europe/Lisbon", recurrence=found)


def starts(person: Person, first: str, last: str) -> list[str]:
    window = f"startDateTime={first}T00:00:00Z&endDateTime={last}T00:00:00Z&$top=100"
    return [it["start"]["dateTime"][:16] for it in person.get(f"/me/calendarView?{window}")["value"]]


def test_a_weekly_meeting_keeps_its_hour_when_the_clocks_change(stage: Stage) -> None:
    person = stage.person()
    person.post("/me/events", repeated("weekly", daysOfWeek=["monday"]))
    assert starts(person, "2027-03-20", "2027-04-10") == ["2027-03-22T09:00", "2027-03-29T08:00", "2027-04-05T08:00"]


@pytest.mark.parametrize(
    ("body", "days"),
    [
        (repeated("daily", {"type": "numbered", "numberOfOccurrences": 3}, interval=2), [22, 24, 26]),
        (repeated("daily", {"type": "endDate", "endDate": "2027-03-24"}), [22, 23, 24]),
        (repeated("weekly", daysOfWeek=["monday", "wednesday"], interval=2), [22, 24]),
        (repeated("absoluteMonthly", start="2027-03-31", dayOfMonth=31), [31]),
    ],
)
def test_a_series_comes_as_often_as_it_says(stage: Stage, body: dict[str, Any], days: list[int]) -> None:
    person = stage.person()
    person.post("/me/events", body)
    assert [int(it[8:10]) for it in starts(person, "2027-03-20", "2027-04-02")] == days


def test_the_last_day_of_a_short_month_stands_for_its_thirty_first(stage: Stage) -> None:
    person = stage.person()
    person.post("/me/events", repeated("absoluteMonthly", start="2027-03-31", dayOfMonth=31))
    assert [it[5:10] for it in starts(person, "2027-03-01", "2027-06-01")] == ["03-31", "04-30", "05-31"]


def test_a_series_takes_its_owners_time(stage: Stage) -> None:
    person = stage.person()
    person.post("/me/events", repeated("daily", start="2024-01-01"))
    asked = {
        "schedules": [person.address],
        "startTime": {"dateTime": "2027-03-01T08:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2027-03-01T11:00:00", "timeZone": "UTC"},
        "availabilityViewInterval": 60,
    }
    assert person.post("/me/calendar/getSchedule", asked)["value"][0]["availabilityView"] == "020"


def test_an_occurrence_names_its_series_and_can_be_left_out(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    body = repeated("daily", {"type": "numbered", "numberOfOccurrences": 2})
    made = mentor.post("/me/events", body | {"attendees": [{"emailAddress": {"address": mentee.address}}]})
    assert made["type"] == "seriesMaster"
    window = "startDateTime=2027-03-22T00:00:00Z&endDateTime=2027-03-24T00:00:00Z"
    delta = mentor.get(f"/me/calendarView/delta?{window}")
    first, second = delta["value"]
    assert (first["type"], first["seriesMasterId"]) == ("occurrence", made["id"])
    assert mentor.get(f"/me/events/{first['id']}")["start"] == first["start"]
    assert mentor.ask("PATCH", f"/me/events/{first['id']}", json={"subject": "x"}).status_code == 501
    assert mentor.ask("DELETE", f"/me/events/{first['id']}").status_code == 204
    assert starts(mentor, "2027-03-22", "2027-03-24") == starts(mentee, "2027-03-22", "2027-03-24")
    assert starts(mentor, "2027-03-22", "2027-03-24") == ["2027-03-23T09:00"]
    told = mentor.get(delta["@odata.deltaLink"])["value"]
    assert {(it["id"], "@removed" in it) for it in told} == {(second["id"], False), (first["id"], True)}
    mentor.ask("DELETE", f"/me/events/{made['id']}")
    assert starts(mentor, "2027-03-22", "2027-03-24") == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"pattern": {"type": "relativeMonthly", "interval": 1}}, 501),
        ({"pattern": {"type": "weekly", "interval": 1}}, 400),
        ({"range": {"type": "numbered", "startDate": "2027-03-22"}}, 400),
        ({"range": {"type": "noEnd", "startDate": "2027-03-23"}}, 400),
    ],
)
def test_a_recurrence_that_cannot_be_is_refused(stage: Stage, changed: dict[str, Any], status: int) -> None:
    body = repeated("daily")
    body["recurrence"] |= changed
    assert stage.person().ask("POST", "/me/events", json=body).status_code == status
