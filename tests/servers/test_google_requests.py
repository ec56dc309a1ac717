"""Requests that do not match Google's own description: the double refuses each, as Google does or more strictly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.common.process import HTTP
from tests.servers.google.acting import ALL, MENTOR, TEN, call, own_calendar, reason
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

FREEBUSY = {"timeMin": "2027-03-01T00:00:00Z", "timeMax": "2027-03-02T00:00:00Z", "items": [{"id": "primary"}]}
EVENTS = "calendars/primary/events"


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    """Tokens for the whole calendar, so that nothing but the mistake is in the way."""
    return server.grant(MENTOR, [ALL])


BODIES = [
    ("POST", EVENTS, TEN | {"colour": "x"}, "badRequest"),
    ("POST", EVENTS, TEN | {"start": TEN["start"] | {"datetime": "x"}}, "badRequest"),
    ("POST", EVENTS, TEN | {"attendees": [{"email": "a@b.example", "role": "chair"}]}, "badRequest"),
    ("POST", EVENTS, TEN | {"attendees": [{"email": "a@b.example", "responseStatus": "maybe"}]}, "badRequest"),
    ("POST", EVENTS, TEN | {"visibility": "hidden"}, "badRequest"),
    ("POST", EVENTS, TEN | {"transparency": "free"}, "badRequest"),
    ("POST", EVENTS, TEN | {"summary": 7}, "badRequest"),
    ("POST", EVENTS, TEN | {"sequence": "1"}, "badRequest"),
    ("POST", EVENTS, TEN | {"sequence": 2**31}, "badRequest"),
    ("POST", EVENTS, TEN | {"guestsCanModify": "true"}, "badRequest"),
    ("POST", EVENTS, TEN | {"recurrence": "RRULE:FREQ=DAILY"}, "badRequest"),
    ("POST", EVENTS, TEN | {"extendedProperties": {"private": {"k": 1}}}, "badRequest"),
    ("POST", EVENTS, TEN | {"reminders": {"overrides": [{"method": "sms", "minutes": 5}]}}, "badRequest"),
    ("POST", EVENTS, TEN | {"start": {"dateTime": "2027-03-01 10:00"}}, "badRequest"),
    ("POST", EVENTS, TEN | {"start": {"date": "1 March"}}, "badRequest"),
    ("POST", EVENTS, TEN | {"kind": "calendar#calendar"}, "badRequest"),
    ("POST", EVENTS, {"end": TEN["end"]}, "required"),
    ("POST", EVENTS, [TEN], "badRequest"),
    ("POST", "calendars", {"description": "no name"}, "required"),
    ("POST", "calendars", {"summary": "x", "dataOwner": MENTOR}, "invalid"),
    ("POST", "freeBusy", FREEBUSY | {"calendars": []}, "badRequest"),
    ("POST", "freeBusy", FREEBUSY | {"items": [{"id": "primary", "kind": "x"}]}, "badRequest"),
]


@pytest.mark.parametrize(("method", "path", "body", "why"), BODIES)
def test_a_body_that_does_not_match_is_refused(
    server: GoogleServer, tokens: Json, method: str, path: str, body: Any, why: str
) -> None:
    assert reason(call(server, tokens, method, path, body)) == (400, why)
    assert server.events() == []


@pytest.mark.parametrize("name", ["created", "updated", "creator", "organizer", "htmlLink", "hangoutLink", "locked"])
def test_a_field_that_google_writes_is_refused_in_a_new_event(server: GoogleServer, tokens: Json, name: str) -> None:
    value: Any = {
        "created": "2027-01-01T00:00:00Z",
        "updated": "2027-01-01T00:00:00Z",
        "creator": {"email": MENTOR},
        "organizer": {"email": MENTOR},
        "locked": True,
    }.get(name, "https://x.example")
    event = call(server, tokens, "POST", EVENTS, TEN).json()
    assert reason(call(server, tokens, "POST", EVENTS, TEN | {name: value})) == (400, "invalid")
    assert reason(call(server, tokens, "PATCH", f"{EVENTS}/{event['id']}", {name: value})) == (400, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "query", "why"),
    [
        ("GET", EVENTS, {"maxresults": "5"}, "badRequest"),
        ("GET", EVENTS, {"maxResults": "many"}, "invalidParameter"),
        ("GET", EVENTS, {"maxResults": "0"}, "invalidParameter"),
        ("GET", EVENTS, {"showDeleted": "yes"}, "invalidParameter"),
        ("GET", EVENTS, {"orderBy": "end"}, "invalidParameter"),
        ("GET", EVENTS, {"orderBy": "startTime"}, "badRequest"),
        ("GET", EVENTS, {"timeMin": "2027-03-01"}, "invalidParameter"),
        ("GET", EVENTS, {"timeMin": "2027-03-01T00:00:00"}, "invalidParameter"),
        ("GET", EVENTS, {"eventTypes": "holiday"}, "invalidParameter"),
        ("GET", EVENTS, {"timeZone": "Mars/Olympus"}, "invalid"),
        ("GET", EVENTS, {"q": ["a", "b"]}, "invalidParameter"),
        ("GET", EVENTS, {"fields": "items(id,colour)"}, "invalidParameter"),
        ("GET", EVENTS, {"fields": "items(id"}, "invalidParameter"),
        ("GET", EVENTS, {"fields": ""}, "invalidParameter"),
        ("POST", EVENTS, {"sendUpdates": "some"}, "invalidParameter"),
        ("POST", EVENTS, {"conferenceDataVersion": "2"}, "invalidParameter"),
        ("POST", EVENTS, {"sendUpdates": "all", "sendNotifications": "true"}, "invalid"),
    ],
)
def test_a_parameter_that_does_not_match_is_refused(
    server: GoogleServer, tokens: Json, method: str, path: str, query: Any, why: str
) -> None:
    server.by_hand(MENTOR, "calendar.events.insert", TEN, calendarId="primary")
    body = TEN if method == "POST" else None
    assert reason(call(server, tokens, method, path, body, params=query)) == (400, why)


SCOPES = [
    ("POST", "freeBusy", FREEBUSY, {f"{ALL}.events", f"{ALL}.app.created"}),
    ("POST", EVENTS, TEN, {f"{ALL}.readonly", f"{ALL}.freebusy", f"{ALL}.events.readonly"}),
    ("GET", EVENTS, None, {f"{ALL}.freebusy"}),
    ("GET", "users/me/calendarList", None, {f"{ALL}.app.created", f"{ALL}.events"}),
    ("POST", "calendars", {"summary": "x"}, {f"{ALL}.events", f"{ALL}.readonly"}),
    (
        "POST",
        "/gmail/v1/users/me/messages/send",
        {"raw": "eA"},
        {ALL, "https://www.googleapis.com/auth/gmail.readonly"},
    ),
    ("GET", "/gmail/v1/users/me/messages", None, {"https://www.googleapis.com/auth/gmail.send"}),
]


@pytest.mark.parametrize(("method", "path", "body", "scopes"), SCOPES)
def test_a_method_is_refused_without_one_of_its_scopes(
    server: GoogleServer, method: str, path: str, body: Any, scopes: set[str]
) -> None:
    tokens = server.grant(MENTOR, sorted(scopes))
    assert reason(call(server, tokens, method, path, body)) == (403, "insufficientPermissions")


def test_a_calendar_that_somebody_else_made_is_not_there_for_a_grant_to_own_calendars(server: GoogleServer) -> None:
    server.add_client(name="other", secret="x")
    narrow = server.grant(MENTOR, [f"{ALL}.app.created"])
    theirs = own_calendar(server, server.grant(MENTOR, [f"{ALL}.app.created"], client="other"))
    assert reason(call(server, narrow, "GET", theirs)) == (404, "notFound")
    assert reason(call(server, narrow, "GET", EVENTS)) == (404, "notFound")
    assert call(server, narrow, "GET", own_calendar(server, narrow)).is_success


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Authorization": "Bearer ya29.wrong"}, "authError"),
        ({"Authorization": "Basic eDp5"}, "required"),
        ({}, "required"),
    ],
)
def test_nobody_gets_in_without_a_token(server: GoogleServer, headers: dict[str, str], why: str) -> None:
    refused = HTTP.get(f"{server.root}/calendar/v3/{EVENTS}", headers=headers)
    assert reason(refused) == (401, why)
    assert refused.headers["WWW-Authenticate"].startswith("Bearer realm=")


def test_a_body_is_json_and_only_where_one_is_due(server: GoogleServer, tokens: Json) -> None:
    url = f"{server.root}/calendar/v3/{EVENTS}"
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    form = HTTP.post(url, data={"summary": "x"}, headers=headers)
    broken = HTTP.post(url, content=b"{", headers=headers | {"Content-Type": "application/json"})
    idle = HTTP.request("DELETE", f"{url}/abcde", json={"a": 1}, headers=headers)
    assert [reason(each) for each in (form, broken, idle)] == [
        (400, "badRequest"), (400, "parseError"), (400, "badRequest"),
    ]  # fmt: skip


def test_what_google_does_not_have_is_not_found_and_what_the_double_does_not_do_says_so(
    server: GoogleServer, tokens: Json
) -> None:
    assert call(server, tokens, "GET", "calendars/primary/happenings").status_code == 404
    assert call(server, tokens, "PUT", EVENTS, TEN).status_code == 404
    assert reason(call(server, tokens, "GET", "colors")) == (501, "notMadeInTheDouble")


def test_every_refusal_is_in_the_ledger(server: GoogleServer, tokens: Json) -> None:
    call(server, tokens, "POST", EVENTS, TEN | {"colour": "x"})
    call(server, tokens, "POST", EVENTS, TEN)
    calls = server.calls()
    assert calls["methods"] == {"calendar.events.insert": 2}
    assert [(each["account"], each["status"], each["reason"]) for each in calls["refused"]] == [
        (MENTOR, 400, "badRequest")
    ]
