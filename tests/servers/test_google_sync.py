"""Reading a calendar at the double of Google: windows, filters, pages, and what changed since a token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.google.acting import ALL, MENTOR, TEN, call, reason
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

EVENTS = "calendars/primary/events"
DAY = 86400


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR, [ALL])


def at(day: int, **more: Any) -> Json:
    """An event on a day of March, with the day in its key."""
    times = {"start": {"dateTime": f"2027-03-{day:02}T10:00:00Z"}, "end": {"dateTime": f"2027-03-{day:02}T11:00:00Z"}}
    return {"id": f"date{day:02}", "summary": f"Day {day}", **times, **more}


@pytest.fixture
def add(server: GoogleServer, tokens: Json) -> Any:
    return lambda event: call(server, tokens, "POST", EVENTS, event).raise_for_status().json()


@pytest.fixture
def listed(server: GoogleServer, tokens: Json) -> Any:
    return lambda **query: call(server, tokens, "GET", EVENTS, params=query).raise_for_status().json()


def ids(page: Json) -> list[str]:
    return [each["id"] for each in page["items"]]


def test_a_window_has_what_touches_it(add: Any, listed: Any) -> None:
    for day in (1, 2, 3):
        add(at(day))
    assert ids(listed(timeMin="2027-03-01T11:00:00Z", timeMax="2027-03-03T10:00:00Z")) == ["date02"]
    assert ids(listed(timeMin="2027-03-01T10:59:00Z", timeMax="2027-03-03T10:01:00Z")) == ["date01", "date02", "date03"]


def test_pages_go_through_everything_once_and_only_the_last_gives_a_token(add: Any, listed: Any) -> None:
    for day in range(1, 6):
        add(at(day))
    first = listed(maxResults=2)
    add(at(9))
    second = listed(maxResults=2, pageToken=first["nextPageToken"])
    third = listed(maxResults=2, pageToken=second["nextPageToken"])
    assert ids(first) + ids(second) + ids(third) == [f"date0{day}" for day in range(1, 6)]
    assert ["nextSyncToken" in page for page in (first, second, third)] == [False, False, True]
    assert ids(listed(syncToken=third["nextSyncToken"])) == ["date09"]


def test_events_are_found_by_their_private_properties(add: Any, listed: Any) -> None:
    add(at(1, extendedProperties={"private": {"pair": "a", "meeting": "1"}}))
    add(at(2, extendedProperties={"private": {"pair": "a", "meeting": "2"}}))
    add(at(3, extendedProperties={"shared": {"pair": "a"}}))
    assert ids(listed(privateExtendedProperty="pair=a")) == ["date01", "date02"]
    assert ids(listed(privateExtendedProperty=["pair=a", "meeting=2"])) == ["date02"]
    assert ids(listed(sharedExtendedProperty="pair=a")) == ["date03"]


def test_a_token_gives_what_changed_since_and_deleted_events_with_their_id_only(
    server: GoogleServer, tokens: Json, add: Any, listed: Any
) -> None:
    for day in (1, 2, 3):
        add(at(day))
    token = listed()["nextSyncToken"]
    again = listed(syncToken=token)
    assert ids(again) == []
    call(server, tokens, "PATCH", f"{EVENTS}/date02", {"summary": "New"})
    call(server, tokens, "DELETE", f"{EVENTS}/date03")
    changed = listed(syncToken=again["nextSyncToken"])
    assert ids(changed) == ["date02", "date03"]
    assert set(changed["items"][1]) == {"kind", "etag", "id", "status"}
    assert ids(listed(syncToken=changed["nextSyncToken"])) == []


@pytest.mark.parametrize(
    "query",
    [
        {"timeMin": "2027-03-01T00:00:00Z"},
        {"privateExtendedProperty": "a=b"},
        {"q": "x"},
        {"orderBy": "updated"},
        {"updatedMin": "2027-03-01T00:00:00Z"},
        {"iCalUID": "x"},
        {"showDeleted": "false"},
        {"singleEvents": "true"},
    ],
)
def test_a_token_goes_with_nothing_that_narrows(server: GoogleServer, tokens: Json, listed: Any, query: Json) -> None:
    token = listed()["nextSyncToken"]
    refused = call(server, tokens, "GET", EVENTS, params=query | {"syncToken": token})
    assert reason(refused) == (400, "badRequest")


@pytest.mark.parametrize("query", [{"q": "x"}, {"orderBy": "updated"}, {"privateExtendedProperty": "a=b"}])
def test_a_list_that_was_narrowed_gives_no_token(listed: Any, query: Json) -> None:
    assert "nextSyncToken" not in listed(**query)


def test_an_expired_token_asks_for_a_full_read(server: GoogleServer, tokens: Json, listed: Any) -> None:
    token = listed()["nextSyncToken"]
    server.expire_sync_tokens()
    assert reason(call(server, tokens, "GET", EVENTS, params={"syncToken": token})) == (410, "fullSyncRequired")
    token = listed()["nextSyncToken"]
    server.advance(29 * DAY)
    fresh = server.grant(MENTOR, [ALL])
    assert reason(call(server, fresh, "GET", EVENTS, params={"syncToken": token})) == (410, "fullSyncRequired")
    assert call(server, fresh, "GET", EVENTS).is_success


def test_a_token_of_another_calendar_or_made_up_is_refused(server: GoogleServer, tokens: Json, listed: Any) -> None:
    other = call(server, tokens, "POST", "calendars", {"summary": "x"}).json()["id"].replace("@", "%40")
    theirs = call(server, tokens, "GET", f"calendars/{other}/events").json()["nextSyncToken"]
    for token in (theirs, "made-up", "bnVsbA=="):
        assert reason(call(server, tokens, "GET", EVENTS, params={"syncToken": token})) == (400, "invalid")


def test_what_was_changed_since_a_time_has_deleted_events_too(
    server: GoogleServer, tokens: Json, add: Any, listed: Any
) -> None:
    add(at(1))
    add(at(2))
    server.advance(60)
    call(server, tokens, "DELETE", f"{EVENTS}/date02")
    found = listed(updatedMin="2027-02-22T12:00:30Z")
    assert [(each["id"], each["status"]) for each in found["items"]] == [("date02", "cancelled")]
    old = call(server, tokens, "GET", EVENTS, params={"updatedMin": "2027-01-01T00:00:00Z"})
    assert reason(old) == (410, "updatedMinTooLongAgo")


def test_deleted_events_are_in_a_list_only_where_asked_for(
    server: GoogleServer, tokens: Json, add: Any, listed: Any
) -> None:
    add(at(1))
    call(server, tokens, "DELETE", f"{EVENTS}/date01")
    assert ids(listed()) == []
    assert listed(showDeleted="true")["items"][0]["summary"] == "Day 1"


def test_a_write_may_be_seen_late_in_lists_though_it_can_be_got(
    server: GoogleServer, tokens: Json, add: Any, listed: Any
) -> None:
    server.set(index_lag=10)
    token = listed()["nextSyncToken"]
    add(at(1))
    assert call(server, tokens, "GET", f"{EVENTS}/date01").is_success
    assert ids(listed()) == []
    waiting = listed(syncToken=token)
    assert ids(waiting) == []
    server.advance(10)
    assert ids(listed(syncToken=waiting["nextSyncToken"])) == ["date01"]


WEEKLY = {
    "id": "series0",
    "summary": "Weekly",
    "start": {"dateTime": "2027-03-22T10:00:00Z", "timeZone": "Europe/Lisbon"},
    "end": {"dateTime": "2027-03-22T11:00:00", "timeZone": "Europe/Lisbon"},
    "recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=20270412T090000Z", "EXDATE;TZID=Europe/Lisbon:20270405T100000"],
}


def test_a_series_is_one_event_or_its_occurrences_at_the_same_hour_on_the_wall(
    server: GoogleServer, tokens: Json, add: Any, listed: Any
) -> None:
    """Clocks in Lisbon change on 28 March; the rule ends on 12 April, and one occurrence is left out.

    Its start is written with an offset, which is not that of its later occurrences.
    """
    add(WEEKLY)
    assert ids(listed()) == ["series0"]
    page = listed(singleEvents="true", orderBy="startTime")
    assert [each["start"]["dateTime"] for each in page["items"]] == [
        "2027-03-22T10:00:00Z",
        "2027-03-29T10:00:00+01:00",
        "2027-04-12T10:00:00+01:00",
    ]
    assert page["items"][1]["id"] == "series0_20270329T090000Z"
    one = call(server, tokens, "GET", f"{EVENTS}/series0_20270329T090000Z").json()
    assert one == page["items"][1]
    assert call(server, tokens, "GET", f"{EVENTS}/series0_20270405T090000Z").status_code == 404


def test_a_selector_cuts_the_answer_down(add: Any, listed: Any) -> None:
    add(at(1) | TEN)
    cut = listed(fields="items(id,start/dateTime),nextSyncToken")
    assert set(cut) == {"items", "nextSyncToken"}
    assert cut["items"] == [{"id": "date01", "start": {"dateTime": "2027-03-01T10:00:00Z"}}]
    assert listed(fields="summary") == {"summary": MENTOR}
    assert set(listed(fields="items/*")["items"][0]) > {"id", "etag", "organizer"}
