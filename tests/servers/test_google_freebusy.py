"""Free/busy at the double of Google: what blocks, for whom, and how much may be asked at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.google.acting import ALL, MENTEE, MENTOR, TEN, call, reason
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

WINDOW = {"timeMin": "2027-03-01T00:00:00Z", "timeMax": "2027-03-08T00:00:00Z"}
BUSY = [{"start": "2027-03-01T10:00:00Z", "end": "2027-03-01T10:45:00Z"}]


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR)


@pytest.fixture
def busy(server: GoogleServer, tokens: Json) -> Any:
    """What somebody's calendar says."""

    def ask(name: str = "primary", **more: Any) -> Any:
        body = WINDOW | {"items": [{"id": name}]} | more
        answer = call(server, tokens, "POST", "freeBusy", body).raise_for_status().json()
        return answer["calendars"][name]

    return ask


def put(server: GoogleServer, **more: Any) -> None:
    server.by_hand(MENTOR, "calendar.events.insert", TEN | more, calendarId="primary")


def test_an_empty_calendar_is_free(busy: Any) -> None:
    assert busy() == {"busy": []}


@pytest.mark.parametrize(
    ("event", "blocks"),
    [
        ({}, True),
        ({"transparency": "transparent"}, False),
        ({"status": "tentative"}, True),
        ({"eventType": "outOfOffice"}, True),
        ({"eventType": "focusTime"}, True),
        (
            {
                "eventType": "workingLocation",
                "transparency": "transparent",
                "visibility": "public",
                "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}},
            },
            False,
        ),
        ({"visibility": "private"}, True),
        ({"attendees": [{"email": MENTOR, "responseStatus": "declined"}]}, False),
        ({"attendees": [{"email": MENTOR, "responseStatus": "tentative"}]}, True),
        ({"attendees": [{"email": MENTOR}]}, True),
        ({"attendees": [{"email": MENTEE, "responseStatus": "declined"}]}, True),
    ],
)
def test_what_takes_its_owners_time_blocks(server: GoogleServer, busy: Any, event: Json, blocks: bool) -> None:
    put(server, **event)
    assert busy()["busy"] == (BUSY if blocks else [])


def test_an_unanswered_invitation_blocks_until_it_is_declined(server: GoogleServer, busy: Any) -> None:
    made = server.by_hand(
        MENTEE, "calendar.events.insert", TEN | {"attendees": [{"email": MENTOR}]}, calendarId="primary"
    )
    assert busy()["busy"] == BUSY
    declined = {"attendees": [{"email": MENTOR, "responseStatus": "declined"}]}
    server.by_hand(MENTOR, "calendar.events.patch", declined, calendarId="primary", eventId=made["id"])
    assert busy()["busy"] == []


def test_a_deleted_event_is_free(server: GoogleServer, busy: Any) -> None:
    put(server, id="abcde")
    server.by_hand(MENTOR, "calendar.events.delete", calendarId="primary", eventId="abcde")
    assert busy()["busy"] == []


def test_what_overlaps_or_touches_is_one_span_and_the_window_cuts_it(server: GoogleServer, busy: Any) -> None:
    put(server)
    for start, end in (("10:30", "11:30"), ("11:30", "12:00"), ("13:00", "14:00")):
        put(server, start={"dateTime": f"2027-03-01T{start}:00Z"}, end={"dateTime": f"2027-03-01T{end}:00Z"})
    cut = busy(timeMin="2027-03-01T10:15:00Z", timeMax="2027-03-01T13:30:00Z")["busy"]
    assert [(each["start"][11:16], each["end"][11:16]) for each in cut] == [("10:15", "12:00"), ("13:00", "13:30")]


def test_a_series_blocks_at_its_hour_on_the_wall_on_both_sides_of_a_change_of_clocks(
    server: GoogleServer, busy: Any
) -> None:
    lisbon = {"timeZone": "Europe/Lisbon"}
    put(
        server,
        start={"dateTime": "2027-03-27T10:00:00"} | lisbon,
        end={"dateTime": "2027-03-27T11:00:00"} | lisbon,
        recurrence=["RRULE:FREQ=DAILY;COUNT=3"],
    )
    found = busy(timeMin="2027-03-27T00:00:00Z", timeMax="2027-04-02T00:00:00Z")["busy"]
    assert [each["start"] for each in found] == ["2027-03-27T10:00:00Z", "2027-03-28T09:00:00Z", "2027-03-29T09:00:00Z"]


def test_a_whole_day_blocks_over_the_calendars_own_day(server: GoogleServer, busy: Any) -> None:
    day = {"start": {"date": "2027-03-02"}, "end": {"date": "2027-03-03"}}
    server.by_hand(MENTEE, "calendar.events.insert", day, calendarId="primary")
    server.share(MENTEE, MENTOR, "freeBusyReader")
    assert busy(MENTEE)["busy"] == [{"start": "2027-03-01T18:30:00Z", "end": "2027-03-02T18:30:00Z"}]
    assert busy(MENTEE, timeZone="Asia/Kolkata")["busy"][0]["start"] == "2027-03-02T00:00:00+05:30"


def test_a_calendar_that_is_not_shared_is_not_found_and_one_of_a_colleague_is(server: GoogleServer, busy: Any) -> None:
    error = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    assert busy(MENTEE) == error
    assert busy("nobody@gmail.example") == error
    server.add_account("one@org.example", hd="org.example")
    server.add_account("two@org.example", hd="org.example")
    colleague = server.grant("one@org.example")
    body = WINDOW | {"items": [{"id": "two@org.example"}]}
    answer = call(server, colleague, "POST", "freeBusy", body).json()
    assert answer["calendars"] == {"two@org.example": {"busy": []}}


def test_fifty_calendars_are_answered_and_the_rest_are_errors_of_their_own(server: GoogleServer, tokens: Json) -> None:
    items = [{"id": "primary"}] + [{"id": f"n{index}@gmail.example"} for index in range(50)]
    found = call(server, tokens, "POST", "freeBusy", WINDOW | {"items": items}).json()["calendars"]
    assert found["primary"] == {"busy": []}
    assert found["n49@gmail.example"]["errors"][0]["reason"] == "tooManyCalendarsRequested"
    assert found["n48@gmail.example"]["errors"][0]["reason"] == "notFound"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"calendarExpansionMax": 51}, "invalid"),
        ({"calendarExpansionMax": 0}, "invalid"),
        ({"groupExpansionMax": 101}, "invalid"),
        ({"timeMax": "2027-03-01T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMax": "2027-06-01T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMin": None}, "required"),
        ({"timeMin": "2027-03-01T00:00:00"}, "invalid"),
        ({"timeZone": "Mars/Olympus"}, "invalid"),
        ({"items": [{}]}, "required"),
    ],
)
def test_a_question_beyond_the_limits_is_refused(server: GoogleServer, tokens: Json, change: Json, why: str) -> None:
    body = WINDOW | {"items": [{"id": "primary"}]} | change
    assert reason(call(server, tokens, "POST", "freeBusy", body)) == (400, why)


def test_free_busy_may_lag_behind(server: GoogleServer, tokens: Json, busy: Any) -> None:
    server.set(index_lag=5)
    put(server)
    assert busy()["busy"] == []
    server.advance(5)
    assert busy()["busy"] == BUSY


def test_asking_is_no_write(server: GoogleServer, busy: Any) -> None:
    server.fail_next("*", "before-commit")
    assert busy() == {"busy": []}
    assert ALL not in server.calls()["methods"]
    assert server.faults() == []
