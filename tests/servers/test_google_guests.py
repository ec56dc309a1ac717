"""Guests at the double of Google: invitations appear in their calendars, answers come back, each after a while."""

from __future__ import annotations

import pytest

from tests.servers.google.acting import ALL, MENTEE, MENTOR, TEN, call, own_calendar, reason
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

KEY = "meeting01"
OUTSIDE = "guest@elsewhere.example"
PRIMARY = f"calendars/primary/events/{KEY}"


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR)


@pytest.fixture
def theirs(server: GoogleServer) -> Json:
    """Tokens of the guest."""
    return server.grant(MENTEE, [ALL])


@pytest.fixture
def path(server: GoogleServer, tokens: Json) -> str:
    """Where the organiser's event will be: in a calendar of our own in the mentor's account."""
    return f"{own_calendar(server, tokens)}/events"


def invite(server: GoogleServer, tokens: Json, path: str, *guests: str, **query: str) -> Json:
    body = TEN | {"id": KEY, "summary": "Talk", "attendees": [{"email": each} for each in guests or (MENTEE, OUTSIDE)]}
    body["extendedProperties"] = {"private": {"mine": "1"}, "shared": {"ours": "1"}}
    made: Json = call(server, tokens, "POST", path, body, params=query).raise_for_status().json()
    return made


def answers(event: Json) -> dict[str, str]:
    return {each["email"]: each["responseStatus"] for each in event["attendees"]}


def reply(server: GoogleServer, theirs: Json, response: str) -> Json:
    mine = {"attendees": [{"email": MENTEE, "responseStatus": response}], "attendeesOmitted": True}
    done: Json = call(server, theirs, "PATCH", PRIMARY, mine).raise_for_status().json()
    return done


def test_an_invitation_appears_in_the_guests_calendar_without_what_is_the_organisers_alone(
    server: GoogleServer, tokens: Json, theirs: Json, path: str
) -> None:
    event = invite(server, tokens, path)
    copy = call(server, theirs, "GET", PRIMARY).json()
    assert (copy["summary"], copy["iCalUID"]) == ("Talk", event["iCalUID"])
    assert copy["extendedProperties"] == {"shared": {"ours": "1"}}
    assert "self" not in copy["organizer"]
    assert [each.get("self", False) for each in copy["attendees"]] == [True, False]


def test_an_answer_comes_back_and_reaches_the_other_guests(
    server: GoogleServer, tokens: Json, theirs: Json, path: str
) -> None:
    invite(server, tokens, path, MENTEE, MENTOR)
    reply(server, theirs, "accepted")
    assert answers(call(server, tokens, "GET", f"{path}/{KEY}").json()) == {MENTEE: "accepted", MENTOR: "needsAction"}
    other = server.by_hand(MENTOR, "calendar.events.get", calendarId="primary", eventId=KEY)
    assert answers(other)[MENTEE] == "accepted"


def test_both_ways_take_their_time(server: GoogleServer, tokens: Json, theirs: Json, path: str) -> None:
    server.set(invitation_lag=30)
    invite(server, tokens, path)
    assert call(server, theirs, "GET", PRIMARY).status_code == 404
    server.advance(30)
    reply(server, theirs, "declined")
    assert answers(call(server, tokens, "GET", f"{path}/{KEY}").json())[MENTEE] == "needsAction"
    server.advance(30)
    assert answers(call(server, tokens, "GET", f"{path}/{KEY}").json())[MENTEE] == "declined"


def test_a_guest_elsewhere_answers_by_mail(server: GoogleServer, tokens: Json, path: str) -> None:
    before = invite(server, tokens, path)
    server.answer(before["organizer"]["email"], KEY, OUTSIDE, "tentative")
    after = call(server, tokens, "GET", f"{path}/{KEY}").json()
    assert answers(after)[OUTSIDE] == "tentative"
    assert after["etag"] != before["etag"]


def test_a_move_and_a_cancellation_reach_the_guest(server: GoogleServer, tokens: Json, theirs: Json, path: str) -> None:
    invite(server, tokens, path)
    later = {"start": {"dateTime": "2027-03-03T10:00:00Z"}, "end": {"dateTime": "2027-03-03T11:00:00Z"}}
    call(server, tokens, "PATCH", f"{path}/{KEY}", later).raise_for_status()
    assert call(server, theirs, "GET", PRIMARY).json()["start"]["dateTime"] == "2027-03-03T15:30:00+05:30"
    call(server, tokens, "DELETE", f"{path}/{KEY}").raise_for_status()
    assert call(server, theirs, "GET", PRIMARY).json()["status"] == "cancelled"


def test_a_guest_who_is_no_longer_asked_has_no_event(
    server: GoogleServer, tokens: Json, theirs: Json, path: str
) -> None:
    invite(server, tokens, path)
    call(server, tokens, "PATCH", f"{path}/{KEY}", {"attendees": [{"email": OUTSIDE}]}).raise_for_status()
    assert call(server, theirs, "GET", PRIMARY).json()["status"] == "cancelled"


def test_a_guest_who_deletes_their_copy_says_no(server: GoogleServer, tokens: Json, theirs: Json, path: str) -> None:
    invite(server, tokens, path)
    call(server, theirs, "DELETE", PRIMARY).raise_for_status()
    assert answers(call(server, tokens, "GET", f"{path}/{KEY}").json())[MENTEE] == "declined"


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "Mine"},
        {"start": {"dateTime": "2027-03-01T11:00:00Z"}},
        {"attendees": [{"email": OUTSIDE, "responseStatus": "accepted"}], "attendeesOmitted": True},
        {"attendees": [{"email": MENTEE, "responseStatus": "accepted"}]},
        {"attendees": [{"email": "new@elsewhere.example"}], "attendeesOmitted": True},
        {"extendedProperties": {"shared": {"ours": "2"}}},
    ],
)
def test_a_guest_changes_nothing_of_the_organisers(
    server: GoogleServer, tokens: Json, theirs: Json, path: str, change: Json
) -> None:
    before = invite(server, tokens, path)
    assert reason(call(server, theirs, "PATCH", PRIMARY, change)) == (403, "forbiddenForNonOrganizer")
    assert call(server, tokens, "GET", f"{path}/{KEY}").json() == before


def test_what_is_the_guests_own_stays_when_the_organiser_writes(
    server: GoogleServer, tokens: Json, theirs: Json, path: str
) -> None:
    invite(server, tokens, path)
    own = {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 3}]}, "colorId": "5"}
    call(server, theirs, "PATCH", PRIMARY, own).raise_for_status()
    call(server, tokens, "PATCH", f"{path}/{KEY}", {"summary": "New"}).raise_for_status()
    copy = call(server, theirs, "GET", PRIMARY).json()
    assert (copy["summary"], copy["colorId"], copy["reminders"]) == ("New", "5", own["reminders"])


@pytest.mark.parametrize(
    ("query", "told"),
    [({}, set()), ({"sendUpdates": "none"}, set()), ({"sendUpdates": "externalOnly"}, {OUTSIDE}),
     ({"sendUpdates": "all"}, {MENTEE, OUTSIDE}), ({"sendNotifications": "true"}, {MENTEE, OUTSIDE})],
)  # fmt: skip
def test_google_writes_mails_to_whom_it_was_told(
    server: GoogleServer, tokens: Json, path: str, query: dict[str, str], told: set[str]
) -> None:
    invite(server, tokens, path, **query)
    assert {(each["to"], each["kind"]) for each in server.notices()} == {(each, "invitation") for each in told}


def test_each_change_has_its_own_mail(server: GoogleServer, tokens: Json, path: str) -> None:
    invite(server, tokens, path)
    everybody = {"sendUpdates": "all"}
    call(server, tokens, "PATCH", f"{path}/{KEY}", {"summary": "x", "attendees": [{"email": MENTEE}]}, params=everybody)
    call(server, tokens, "DELETE", f"{path}/{KEY}", params=everybody)
    said = [(each["to"], each["kind"]) for each in server.notices()]
    assert said == [(OUTSIDE, "cancellation"), (MENTEE, "update"), (MENTEE, "cancellation")]


@pytest.mark.parametrize(("resets", "after"), [(False, "accepted"), (True, "needsAction")])
def test_a_new_time_may_ask_anew(
    server: GoogleServer, tokens: Json, theirs: Json, path: str, resets: bool, after: str
) -> None:
    server.set(time_change_resets_answers=resets)
    invite(server, tokens, path)
    reply(server, theirs, "accepted")
    later = {"start": {"dateTime": "2027-03-03T10:00:00Z"}, "end": {"dateTime": "2027-03-03T11:00:00Z"}}
    assert answers(call(server, tokens, "PATCH", f"{path}/{KEY}", later).json())[MENTEE] == after
