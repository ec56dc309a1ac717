"""Free and busy of several people, as others may see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.microsoft.stage import Person, Stage, code_of, event

pytestmark = pytest.mark.xdist_group("microsoft")


def asked(*addresses: str, start: str = "2027-03-01T08:00:00", end: str = "2027-03-01T12:00:00", **more: Any) -> Any:
    times = {"startTime": {"dateTime": start, "timeZone": "UTC"}, "endTime": {"dateTime": end, "timeZone": "UTC"}}
    return {"schedules": list(addresses), **times, **more}


def schedule(person: Person, *addresses: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.post("/me/calendar/getSchedule", asked(*addresses, **more))["value"]
    return found


def at(hour: int, **fields: Any) -> dict[str, Any]:
    return event(start=f"2027-03-01T{hour:02}:00:00", end=f"2027-03-01T{hour:02}:30:00", **fields)


def test_every_kind_of_time_is_told_apart(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    for hour, status in enumerate(("free", "tentative", "busy", "oof"), start=8):
        mentee.post("/me/events", at(hour, showAs=status))
    [found] = schedule(mentor, mentee.address)
    assert found["availabilityView"] == "00102030"
    assert [it["status"] for it in found["scheduleItems"]] == ["free", "tentative", "busy", "oof"]
    assert found["workingHours"]["daysOfWeek"][0] == "monday"
    mentee.post("/me/events", at(8, showAs="workingElsewhere"))
    assert schedule(mentor, mentee.address)[0]["availabilityView"][0] == "4"


def test_others_learn_when_and_nothing_of_what(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentee.book(subject="private words", sensitivity="private")
    [found] = schedule(mentor, mentee.address)
    assert set(found["scheduleItems"][0]) == {"status", "start", "end"}
    assert schedule(mentee, mentee.address)[0]["scheduleItems"][0]["subject"] == "private words"


def test_only_the_main_calendar_counts(stage: Stage) -> None:
    person = stage.person()
    own = person.post("/me/calendars", {"name": "Attune"})
    person.post(f"/me/calendars/{own['id']}/events", event())
    assert schedule(person, person.address)[0]["scheduleItems"] == []


def test_a_schedule_that_cannot_be_read_is_an_error_beside_the_others(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    stranger = Stage(stage.server, stage.client, "elsewhere.example").open().person()
    stage.server.ask("PUT", f"/accounts/{mentee.address}/mailbox", {"schedule_error": "ErrorNoFreeBusyAccess"})
    found = schedule(mentor, mentor.address, mentee.address, stranger.address, "nobody@nowhere.example")
    assert [it.get("error", {}).get("responseCode") for it in found] == [
        None,
        "ErrorNoFreeBusyAccess",
        "ErrorMailRecipientNotFound",
        "ErrorMailRecipientNotFound",
    ]
    assert [it["scheduleId"] for it in found[:2]] == [mentor.address, mentee.address]


@pytest.mark.parametrize(
    "body",
    [
        asked(*(f"person-{number}@many.example" for number in range(21))),
        asked(),
        asked("a@b.example", end="2027-05-02T08:00:00"),
        asked("a@b.example", end="2027-03-01T07:00:00"),
        asked("a@b.example", availabilityViewInterval=4),
        {"schedules": ["a@b.example"]},
    ],
)
def test_too_many_or_too_long_is_refused(stage: Stage, body: dict[str, Any]) -> None:
    answer = stage.person().ask("POST", "/me/calendar/getSchedule", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "ErrorInvalidParameter")


@pytest.mark.parametrize("wrong", [{"People": []}, {"schedules": "a@b.example"}, {"availabilityViewInterval": "15"}])
def test_parameters_that_are_not_as_declared_are_not_read(stage: Stage, wrong: dict[str, Any]) -> None:
    answer = stage.person().ask("POST", "/me/calendar/getSchedule", json=asked("a@b.example") | wrong)
    assert (answer.status_code, code_of(answer)) == (400, "RequestBodyRead")


def test_names_of_parameters_may_be_written_large(stage: Stage) -> None:
    person = stage.person()
    body = {name[0].upper() + name[1:]: value for name, value in asked(person.address).items()}
    assert len(person.post("/me/calendar/getSchedule", body)["value"]) == 1
