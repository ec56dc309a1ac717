"""Events at the double of Google: made with one's own key, changed under If-Match, deleted and brought back."""

from __future__ import annotations

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.servers.google.acting import ALL, MENTOR, TEN, call, own_calendar, reason
from tests.servers.google.clients import service
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

KEY = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p"
LATER = {"start": {"dateTime": "2027-03-02T10:00:00Z"}, "end": {"dateTime": "2027-03-02T10:45:00Z"}}


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR)


@pytest.fixture
def events(server: GoogleServer, tokens: Json) -> str:
    """The path of the events of a calendar of our own."""
    return f"{own_calendar(server, tokens)}/events"


@pytest.fixture
def event(server: GoogleServer, tokens: Json, events: str) -> Json:
    """An event in it, with more to it than its time."""
    body = TEN | {
        "id": KEY,
        "summary": "Ação",
        "description": "x",
        "extendedProperties": {"private": {"meeting": "7", "pair": "p"}},
        "attendees": [{"email": "guest@elsewhere.example", "displayName": "Guest"}],
    }
    made: Json = call(server, tokens, "POST", events, body).raise_for_status().json()
    return made


def matching(event: Json) -> dict[str, str]:
    return {"If-Match": event["etag"]}


def test_the_library_that_google_ships_can_do_all_of_it(server: GoogleServer, tokens: Json) -> None:
    with service(server, "calendar.v3", tokens) as calendar:
        home = calendar.calendars().insert(body={"summary": "Attune", "timeZone": "Europe/Lisbon"}).execute()["id"]
        made = calendar.events().insert(calendarId=home, body=TEN | {"id": KEY, "summary": "One"}).execute()
        assert made["start"] == {"dateTime": "2027-03-01T10:00:00Z", "timeZone": "Europe/Lisbon"}
        change = calendar.events().patch(calendarId=home, eventId=KEY, body={"summary": "Two"})
        change.headers["If-Match"] = made["etag"]
        assert change.execute()["summary"] == "Two"
        whole = calendar.events().get(calendarId=home, eventId=KEY).execute()
        whole["summary"] = "Three"
        assert calendar.events().update(calendarId=home, eventId=KEY, body=whole).execute()["summary"] == "Three"
        calendar.events().delete(calendarId=home, eventId=KEY).execute()
        with pytest.raises(HttpError, match="Resource has been deleted"):
            calendar.events().delete(calendarId=home, eventId=KEY).execute()


@pytest.mark.parametrize("name", ["abcd", "ABCDE", "wxyz0", "a_b-c", "abc de", "a" * 1025])
def test_a_key_has_the_letters_of_base32hex(server: GoogleServer, tokens: Json, events: str, name: str) -> None:
    assert reason(call(server, tokens, "POST", events, TEN | {"id": name})) == (400, "invalid")


def test_the_same_key_twice_is_a_duplicate_even_when_the_first_was_deleted(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    assert reason(call(server, tokens, "POST", events, TEN | {"id": KEY})) == (409, "duplicate")
    call(server, tokens, "DELETE", f"{events}/{KEY}").raise_for_status()
    assert reason(call(server, tokens, "POST", events, TEN | {"id": KEY})) == (409, "duplicate")


def test_a_deleted_event_can_be_read_and_brought_back(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    assert call(server, tokens, "DELETE", f"{events}/{KEY}").status_code == 204
    assert call(server, tokens, "GET", f"{events}/{KEY}").json()["status"] == "cancelled"
    assert call(server, tokens, "PUT", f"{events}/{KEY}", LATER).json()["status"] == "confirmed"


def test_deleting_twice_is_gone_and_what_never_was_is_not_found(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    call(server, tokens, "DELETE", f"{events}/{KEY}")
    assert reason(call(server, tokens, "DELETE", f"{events}/{KEY}")) == (410, "deleted")
    for method in ("GET", "DELETE"):
        assert reason(call(server, tokens, method, f"{events}/00000")) == (404, "notFound")


@pytest.mark.parametrize(("method", "body"), [("PATCH", LATER), ("PUT", LATER), ("DELETE", None)])
def test_a_stale_version_is_not_written_over(
    server: GoogleServer, tokens: Json, events: str, event: Json, method: str, body: Any
) -> None:
    path = f"{events}/{KEY}"
    newer = call(server, tokens, "PATCH", path, {"summary": "New"}, headers=matching(event)).json()
    assert reason(call(server, tokens, method, path, body, headers=matching(event))) == (412, "conditionNotMet")
    assert call(server, tokens, "GET", path).json() == newer
    assert call(server, tokens, method, path, body, headers=matching(newer)).is_success


def test_a_version_that_is_known_is_not_sent_again(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    known = {"If-None-Match": event["etag"]}
    assert call(server, tokens, "GET", f"{events}/{KEY}", headers=known).status_code == 304


def test_a_patch_merges_objects_replaces_lists_and_takes_away_what_is_null(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    patch = {
        "description": None,
        "extendedProperties": {"private": {"meeting": "8", "pair": None}},
        "attendees": [{"email": "other@elsewhere.example"}],
    }
    after = call(server, tokens, "PATCH", f"{events}/{KEY}", patch).json()
    assert after["summary"] == "Ação"
    assert "description" not in after
    assert after["extendedProperties"] == {"private": {"meeting": "8"}}
    assert after["attendees"] == [{"email": "other@elsewhere.example", "responseStatus": "needsAction"}]


def test_a_put_leaves_nothing_that_it_does_not_name(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    after = call(server, tokens, "PUT", f"{events}/{KEY}", LATER).json()
    assert not {"summary", "description", "extendedProperties", "attendees"} & set(after)
    assert (after["id"], after["iCalUID"], after["created"]) == (KEY, event["iCalUID"], event["created"])


def test_what_was_read_may_be_sent_back_but_not_with_other_words_of_googles(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    path = f"{events}/{KEY}"
    assert call(server, tokens, "PUT", path, event | {"summary": "New"}).is_success
    now = call(server, tokens, "GET", path).json()
    assert reason(call(server, tokens, "PUT", path, now | {"htmlLink": "https://x.example"})) == (400, "invalid")
    assert reason(call(server, tokens, "PUT", path, now | {"organizer": {"email": "me@x.example"}})) == (400, "invalid")
    assert reason(call(server, tokens, "PUT", path, now | {"eventType": "focusTime"})) == (400, "invalid")


def test_a_change_of_time_counts_the_sequence_up_and_nothing_counts_it_down(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    path = f"{events}/{KEY}"
    assert call(server, tokens, "PATCH", path, {"summary": "x"}).json()["sequence"] == 0
    assert call(server, tokens, "PATCH", path, LATER).json()["sequence"] == 1
    assert call(server, tokens, "PATCH", path, {"sequence": 5}).json()["sequence"] == 5
    assert reason(call(server, tokens, "PATCH", path, {"sequence": 4})) == (400, "invalid")


def test_a_time_keeps_its_instant_and_is_shown_in_the_zone_that_is_asked_for(
    server: GoogleServer, tokens: Json, events: str
) -> None:
    body = {
        "id": KEY,
        "start": {"dateTime": "2027-07-01T10:00:00", "timeZone": "Europe/Lisbon"},
        "end": {"dateTime": "2027-07-01T15:30:00+05:30"},
    }
    call(server, tokens, "POST", events, body).raise_for_status()
    seen = call(server, tokens, "GET", f"{events}/{KEY}", params={"timeZone": "Asia/Kolkata"}).json()
    assert seen["start"] == {"dateTime": "2027-07-01T14:30:00+05:30", "timeZone": "Europe/Lisbon"}
    assert seen["end"]["dateTime"] == "2027-07-01T15:30:00+05:30"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"end": {"dateTime": "2027-03-01T09:00:00Z"}}, "timeRangeEmpty"),
        ({"end": {"date": "2027-03-02"}}, "invalid"),
        ({"start": {"dateTime": "2027-03-01T10:00:00"}}, "invalid"),
        ({"start": {"dateTime": "2027-03-01T10:00:00", "timeZone": "Nowhere/Else"}}, "invalid"),
        ({"start": {"date": "2027-03-01", "dateTime": "2027-03-01T10:00:00Z"}}, "invalid"),
        ({"start": {}}, "required"),
        ({"recurrence": ["RRULE:FREQ=WEEKLY"]}, "invalid"),
        ({"recurrence": ["DTSTART:20270301T100000Z"]}, "invalid"),
        ({"attendees": [{"displayName": "Nobody"}]}, "required"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"id": KEY, "iCalUID": "x@y.example"}, "invalid"),
        ({"eventType": "outOfOffice"}, "eventTypeRestriction"),
        ({"eventType": "fromGmail"}, "eventTypeRestriction"),
        ({"eventType": "birthday"}, "invalid"),
        ({"extendedProperties": {"private": {"k" * 45: "v"}}}, "invalid"),
        ({"extendedProperties": {"private": {"k": "v" * 1025}}}, "invalid"),
        ({"reminders": {"overrides": [{"method": "popup", "minutes": 1}] * 6}}, "invalid"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(
    server: GoogleServer, tokens: Json, events: str, change: Json, why: str
) -> None:
    assert reason(call(server, tokens, "POST", events, TEN | change)) == (400, why)


def meet(request: str) -> Json:
    return {"conferenceData": {"createRequest": {"requestId": request}}}


def test_a_meet_link_is_made_once_for_one_request_and_only_when_asked_for_with_version_one(
    server: GoogleServer, tokens: Json, events: str, event: Json
) -> None:
    path, one = f"{events}/{KEY}", {"conferenceDataVersion": 1}
    assert "hangoutLink" not in call(server, tokens, "PATCH", path, meet("r-1")).json()
    first = call(server, tokens, "PATCH", path, meet("r-1"), params=one).json()
    assert first["conferenceData"]["entryPoints"][0]["uri"] == first["hangoutLink"]
    assert call(server, tokens, "PATCH", path, meet("r-1"), params=one).json()["hangoutLink"] == first["hangoutLink"]
    assert call(server, tokens, "PATCH", path, {"summary": "x"}).json()["hangoutLink"] == first["hangoutLink"]
    assert call(server, tokens, "PATCH", path, meet("r-2"), params=one).json()["hangoutLink"] != first["hangoutLink"]
    assert "hangoutLink" not in call(server, tokens, "PATCH", path, {"conferenceData": None}, params=one).json()


def test_a_conference_may_still_be_on_its_way(server: GoogleServer, tokens: Json, events: str, event: Json) -> None:
    server.set(conference="pending")
    one = {"conferenceDataVersion": 1}
    waiting = call(server, tokens, "PATCH", f"{events}/{KEY}", meet("r-1"), params=one).json()
    assert waiting["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
    assert "hangoutLink" not in waiting
    server.set(conference="success")
    made = call(server, tokens, "PATCH", f"{events}/{KEY}", meet("r-1"), params=one).json()
    server.set(conference="failure")
    assert call(server, tokens, "PATCH", f"{events}/{KEY}", meet("r-1"), params=one).json()["hangoutLink"]
    assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}


def test_a_private_event_and_a_calendar_of_which_only_times_are_shared_show_times_only(server: GoogleServer) -> None:
    server.by_hand(MENTOR, "calendar.events.insert", TEN | {"summary": "Secret", "id": KEY}, calendarId="primary")
    times = server.grant(MENTOR, [f"{ALL}.events.freebusy"])
    (shown,) = call(server, times, "GET", "calendars/primary/events").json()["items"]
    assert "summary" not in shown
    assert shown["start"]["dateTime"] == TEN["start"]["dateTime"]
    server.share(MENTOR, "mentee@gmail.example", "freeBusyReader")
    seen = server.by_hand("mentee@gmail.example", "calendar.events.get", calendarId=MENTOR, eventId=KEY)
    assert "Secret" not in repr(seen)


def test_a_reader_does_not_write(server: GoogleServer) -> None:
    server.share(MENTOR, "mentee@gmail.example", "reader")
    theirs = server.grant("mentee@gmail.example", [ALL])
    assert reason(call(server, theirs, "POST", f"calendars/{MENTOR}/events", TEN)) == (403, "requiredAccessLevel")


def test_a_calendar_is_renamed_listed_and_deleted(server: GoogleServer) -> None:
    tokens = server.grant(MENTOR, [ALL])
    path = own_calendar(server, tokens)
    before = call(server, tokens, "GET", path).json()
    renamed = call(server, tokens, "PATCH", path, {"summary": "Mentoring", "timeZone": "Asia/Tokyo"}).json()
    assert (renamed["summary"], renamed["timeZone"]) == ("Mentoring", "Asia/Tokyo")
    stale = call(server, tokens, "PATCH", path, {"summary": "x"}, headers={"If-Match": before["etag"]})
    assert reason(stale) == (412, "conditionNotMet")
    listed = call(server, tokens, "GET", "users/me/calendarList").json()["items"]
    assert [(each["summary"], each.get("primary", False)) for each in listed] == [(MENTOR, True), ("Mentoring", False)]
    assert call(server, tokens, "DELETE", path).status_code == 204
    assert call(server, tokens, "GET", path).status_code == 404
    assert reason(call(server, tokens, "DELETE", "calendars/primary")) == (400, "cannotDeletePrimaryCalendar")


def test_the_calendar_of_somebody_else_is_put_into_a_list_once(server: GoogleServer) -> None:
    tokens = server.grant("mentee@gmail.example", [ALL])
    put = {"id": MENTOR, "selected": True}
    assert reason(call(server, tokens, "POST", "users/me/calendarList", put)) == (404, "notFound")
    server.share(MENTOR, "mentee@gmail.example", "freeBusyReader")
    assert call(server, tokens, "POST", "users/me/calendarList", put).json()["accessRole"] == "freeBusyReader"
    assert reason(call(server, tokens, "POST", "users/me/calendarList", put)) == (409, "duplicate")
    path = f"users/me/calendarList/{MENTOR}"
    assert call(server, tokens, "PATCH", path, {"summaryOverride": "Them"}).json()["summaryOverride"] == "Them"
    assert call(server, tokens, "DELETE", path).status_code == 204
    assert call(server, tokens, "GET", path).status_code == 404
