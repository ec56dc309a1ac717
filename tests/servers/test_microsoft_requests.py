"""Graph's double refuses what Graph refuses: the wrong token, scope, word, type, etag, and too much at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.servers.microsoft.stage import Stage, code_of, event

pytestmark = pytest.mark.xdist_group("microsoft")


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_wrong_token_is_refused_with_a_challenge(stage: Stage, token: str) -> None:
    person = stage.account()
    person.token = token
    answer = person.ask("GET", "/me")
    assert (answer.status_code, code_of(answer)) == (401, "InvalidAuthenticationToken")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_ends_by_the_servers_clock(stage: Stage) -> None:
    person = stage.person()
    stage.server.advance(4_501)
    answer = person.ask("GET", "/me")
    assert (answer.status_code, code_of(answer)) == (401, "InvalidAuthenticationToken")


SCHEDULE = {
    "schedules": ["a@b.example"],
    "startTime": {"dateTime": "2027-03-01T00:00:00", "timeZone": "UTC"},
    "endTime": {"dateTime": "2027-03-02T00:00:00", "timeZone": "UTC"},
}


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        ("Calendars.Read", "GET", "/me", None),
        ("User.Read", "GET", "/me/calendars", None),
        ("User.Read", "POST", "/me/calendar/getSchedule", SCHEDULE),
        ("Calendars.Read", "POST", "/me/events", event()),
        ("Calendars.Read", "POST", "/me/calendars", {"name": "Attune"}),
        ("Calendars.ReadWrite", "GET", "/me/mailboxSettings", None),
        ("Calendars.ReadWrite", "POST", "/me/sendMail", {}),
        ("Calendars.ReadBasic", "POST", "/subscriptions", {}),
        ("Mail.Send", "GET", "/me/messages", None),
        ("User.Read", "GET", "/me/calendarView/delta", None),
    ],
)
def test_without_the_scope_of_an_operation_it_is_denied(
    stage: Stage, scope: str, method: str, path: str, body: Any
) -> None:
    answer = stage.person(scope).ask(method, path, json=body)
    assert (answer.status_code, code_of(answer)) == (403, "ErrorAccessDenied")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("User.Read", "/me"),
        ("Calendars.ReadBasic", "/me/calendars"),
        ("Calendars.Read", "/me/events"),
        ("MailboxSettings.Read", "/me/mailboxSettings"),
        ("Mail.ReadBasic", "/me/messages"),
    ],
)
def test_the_least_scope_is_enough(stage: Stage, scope: str, path: str) -> None:
    assert stage.person(scope).ask("GET", path).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"sujet": "Mentoring"},
        {"showAs": "away"},
        {"showAs": 3},
        {"isAllDay": "yes"},
        {"attendees": [{"emailAddress": {"address": "a@b.example"}, "role": "chair"}]},
        {"attendees": {"emailAddress": {"address": "a@b.example"}}},
        {"start": {"dateTime": "2027-03-01T09:00:00", "timezone": "UTC"}},
        {"singleValueExtendedProperties": [{"id": "String {00000000-0000-0000-0000-000000000001} Name A", "v": "1"}]},
    ],
)
def test_a_body_that_is_not_as_described_is_not_read(stage: Stage, wrong: dict[str, Any]) -> None:
    answer = stage.person().ask("POST", "/me/events", json=event() | wrong)
    assert (answer.status_code, code_of(answer)) == (400, "RequestBodyRead")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"changeKey": "abc"}, "ErrorInvalidPropertySet"),
        ({"start": None}, "ErrorPropertyValidationFailure"),
        ({"end": {"dateTime": "2027-03-01T08:00:00", "timeZone": "UTC"}}, "ErrorCalendarEndDateIsEarlierThanStartDate"),
        ({"end": {"dateTime": "2027-03-01T11:00:00", "timeZone": "Mars"}}, "TimeZoneNotSupportedException"),
        ({"end": {"dateTime": "2027-03-01T11:00:00+01:00", "timeZone": "UTC"}}, "ErrorInvalidRequest"),
        ({"end": {"dateTime": "2027-13-01T11:00:00", "timeZone": "UTC"}}, "ErrorInvalidRequest"),
        ({"isAllDay": True}, "ErrorInvalidRequest"),
        ({"attendees": [{"emailAddress": {"address": "nobody"}}]}, "ErrorInvalidRecipients"),
        ({"singleValueExtendedProperties": [{"id": "Name A", "value": "1"}]}, "ErrorInvalidExtendedProperty"),
        ({"isOnlineMeeting": True, "onlineMeetingProvider": "skypeForBusiness"}, "ErrorInvalidRequest"),
    ],
)
def test_a_body_that_makes_no_event_is_refused(stage: Stage, wrong: dict[str, Any], code: str) -> None:
    person = stage.person()
    answer = person.ask("POST", "/me/events", json=event() | wrong)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert stage.server.events(person.address) == []


def test_a_body_has_to_be_json(stage: Stage) -> None:
    person = stage.person()
    assert person.ask("POST", "/me/events", content="{}").status_code == 415
    answer = person.ask("POST", "/me/events", content="{", headers={"Content-Type": "application/json"})
    assert code_of(answer) == "RequestBodyRead"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/me/events?$filtre=1", "BadRequest"),
        ("/me/events?$top=5&$top=6", "BadRequest"),
        ("/me/events?$top=many", "BadRequest"),
        ("/me/events?$select=subject,shoe", "RequestBroker--ParseUri"),
        ("/me/events?$filter=shoe eq 'x'", "ErrorInvalidProperty"),
        ("/me/events?$filter=subject like 'x'", "BadRequest"),
        ("/me/events?$filter=subject eq 'x' and", "BadRequest"),
        ("/me/events?$filter=createdDateTime ge yesterday", "BadRequest"),
        ("/me/events?$orderby=shoe", "ErrorInvalidProperty"),
        ("/me/events?$expand=singleValueExtendedProperties", "ErrorInvalidRequest"),
        ("/me/calendarView", "BadRequest"),
        ("/me/calendarView?startDateTime=yesterday&endDateTime=2027-03-01", "ErrorInvalidParameter"),
        ("/me/calendarView/delta?startDateTime=2027-03-01&endDateTime=2027-03-02&$select=id", "BadRequest"),
        ("/me/evenings", "BadRequest"),
        ("/me/events/evening", "ErrorInvalidIdMalformed"),
        (f"/me/events/AAMkAG{'0' * 32}AAA=", "ErrorItemNotFound"),
        ("/users/somebody@else.example/events", "ErrorAccessDenied"),
    ],
)
def test_what_cannot_be_asked_is_refused(stage: Stage, path: str, code: str) -> None:
    assert code_of(stage.person().ask("GET", path)) == code


def test_a_method_that_a_place_does_not_know_is_refused(stage: Stage) -> None:
    assert stage.person().ask("PUT", "/me/events").status_code == 405


def test_a_zone_that_is_preferred_has_to_be_known(stage: Stage) -> None:
    answer = stage.person().ask("GET", "/me/events", headers={"Prefer": 'outlook.timezone="Mars"'})
    assert code_of(answer) == "TimeZoneNotSupportedException"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_stale_etag_changes_nothing(stage: Stage, method: str) -> None:
    person = stage.person()
    made = person.book()
    path = f"/me/events/{made['id']}"
    assert person.ask("PATCH", path, json={"subject": "First"}).status_code == 200
    stale = {"If-Match": made["@odata.etag"]}
    body = {"json": {"subject": "Second"}} if method == "PATCH" else {}
    answer = person.ask(method, path, headers=stale, **body)
    assert (answer.status_code, code_of(answer)) == (412, "ErrorIrresolvableConflict")
    now = person.get(path)
    assert now["subject"] == "First"
    assert person.ask(method, path, headers={"If-Match": now["@odata.etag"]}, **body).is_success


def test_a_mailbox_answers_four_requests_at_the_same_time(stage: Stage) -> None:
    person, other = stage.person(), stage.person()
    stage.server.ask("PUT", "/lags", {"latency": 0.4})
    with ThreadPoolExecutor(7) as pool:
        own = list(pool.map(lambda _: person.ask("GET", "/me"), range(6)))
        elsewhere = other.ask("GET", "/me")
    refused = [answer for answer in own if answer.status_code == 429]
    assert len(refused) == 2
    assert {code_of(answer) for answer in refused} == {"ApplicationThrottled"}
    assert all("MailboxConcurrency" in answer.text for answer in refused)
    assert elsewhere.status_code == 200


def test_a_throttled_mailbox_says_how_long(stage: Stage) -> None:
    person = stage.person()
    stage.server.ask("PUT", f"/accounts/{person.address}/mailbox", {"throttled": 30})
    answer = person.ask("GET", "/me")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 31
    stage.server.advance(31)
    assert person.ask("GET", "/me").status_code == 200


@pytest.mark.parametrize(("status", "code"), [(503, "ServiceUnavailable"), (504, "GatewayTimeout")])
def test_a_mailbox_may_be_down_and_no_other(stage: Stage, status: int, code: str) -> None:
    person, other = stage.person(), stage.person()
    stage.server.ask("PUT", f"/accounts/{person.address}/mailbox", {"down": status})
    answer = person.ask("GET", "/me/events")
    assert (answer.status_code, code_of(answer), "Retry-After" in answer.headers) == (status, code, status == 503)
    assert other.ask("GET", "/me/events").status_code == 200
    stage.server.ask("PUT", f"/accounts/{person.address}/mailbox", {"down": None})
    assert person.ask("GET", "/me/events").status_code == 200


def test_errors_look_like_graphs(stage: Stage) -> None:
    error = stage.person().ask("GET", "/me/evenings").json()["error"]
    assert set(error) == {"code", "message", "innerError"}
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}


def test_a_batch_answers_each_by_itself(stage: Stage) -> None:
    person = stage.person()
    json = {"Content-Type": "application/json"}
    requests = [
        {"id": "1", "method": "POST", "url": "/me/events", "headers": json, "body": event()},
        {"id": "2", "method": "GET", "url": "/me/events?$select=subject", "dependsOn": ["1"]},
        {"id": "3", "method": "GET", "url": f"/me/events/AAMkAG{'0' * 32}AAA="},
        {"id": "4", "method": "GET", "url": "/me", "dependsOn": ["3"]},
    ]
    responses = {it["id"]: it for it in person.post("/$batch", {"requests": requests})["responses"]}
    assert {name: it["status"] for name, it in responses.items()} == {"1": 201, "2": 200, "3": 404, "4": 424}
    assert [it["subject"] for it in responses["2"]["body"]["value"]] == ["Mentoring"]


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [{"id": str(number), "method": "GET", "url": "/me"} for number in range(21)],
        [{"id": "1", "method": "GET", "url": "/me"}, {"id": "1", "method": "GET", "url": "/me"}],
        [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}],
        [{"id": "1", "method": "POST", "url": "/me/events", "body": {}}],
        [{"id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me"}],
        [{"id": "1", "method": "GET", "url": "/me", "retries": 3}],
    ],
)
def test_a_batch_that_is_not_well_formed_is_refused_whole(stage: Stage, requests: list[dict[str, Any]]) -> None:
    assert stage.person().ask("POST", "/$batch", json={"requests": requests}).status_code == 400


def test_what_reached_the_server_is_counted_by_operation(stage: Stage) -> None:
    person = stage.person()
    person.book()
    person.get("/me/events")
    person.ask("GET", "/me/evenings")
    summary = stage.server.calls()
    assert summary["methods"]["event.create"] == summary["methods"]["event.list"] == 1
    assert [it["reason"] for it in summary["refused"]] == ["BadRequest"]


def test_an_answer_that_does_not_fit_the_schema_is_a_fault_of_the_double(stage: Stage) -> None:
    person = stage.person(language=5)
    answer = person.ask("GET", "/me/mailboxSettings")
    assert answer.status_code == 500
    with pytest.raises(AssertionError, match="locale"):
        stage.server.assert_sound()
    stage.server.reset()


def test_me_may_be_written_as_a_user(stage: Stage) -> None:
    person = stage.person()
    made = person.book()
    for name in (person.id, person.address):
        assert person.get(f"/users/{name}/Events/{made['id']}")["id"] == made["id"]
