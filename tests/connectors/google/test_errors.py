"""What each answer of Google means for the caller, and what the lack of one does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from agent.core.observation import OwnEvent
from connectors.errors import (
    Conflict,
    ConnectorError,
    ConsentRevoked,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Temporary,
    Unreadable,
)
from connectors.google import freebusy, http
from connectors.google.calendar import GoogleCalendar
from connectors.google.settings import GoogleClientSettings
from connectors.google.tokens import Tokens
from connectors.oauth import Secret
from tests.connectors.google.owner import MemoryKeep, opened
from tests.contract.owners import TEN, UID, WINDOW, at, invitation
from tests.servers.google.running import DEFAULT_SCOPES
from tests.servers.scripted import Reply, ScriptedServer

EVENT = OwnEvent(UID, invitation().span, etag='"1"', href="calendar/event")
GONE = Reply(404, b"{}")
TOKENS = Tokens("refresh", frozenset(DEFAULT_SCOPES), access="access", calendar="ours@group.calendar.google.com")


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def keep() -> MemoryKeep:
    return MemoryKeep(Secret(TOKENS.packed(), 1))


@pytest.fixture
def calendar(scripted: ScriptedServer, keep: MemoryKeep) -> Iterator[GoogleCalendar]:
    root = f"http://127.0.0.1:{scripted.port}"
    client = GoogleClientSettings(client_id="one", token=f"{root}/token", calendar_api=f"{root}/calendar/v3/")
    found = opened(None, keep, client=client)  # type: ignore[arg-type]  # nothing but the client is asked for
    yield found
    found.close()


def no(status: int, reason: str = "", **headers: str) -> Reply:
    body = {"error": {"code": status, "message": "title of a secret meeting", "errors": [{"reason": reason}]}}
    return Reply(status, json.dumps(body).encode(), headers)


Call = Callable[[GoogleCalendar], object]
WRITES: list[Call] = [
    lambda calendar: calendar.create(invitation()),
    lambda calendar: calendar.update(invitation(1), EVENT),
    lambda calendar: calendar.remove(EVENT),
]


def read(calendar: GoogleCalendar) -> object:
    return calendar.read(WINDOW, frozenset({UID}))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (no(400, "badRequest"), Rejected),
        (no(403, "forbidden"), Rejected),
        (no(403, "insufficientPermissions"), ConsentRevoked),
        (no(404, "notFound"), Missing),
        (no(500, "backendError"), Temporary),
        (no(503), Temporary),
        (Reply(302, headers={"Location": "http://elsewhere.example/"}), Rejected),
        (Reply(200, b"<html>"), Unreadable),
        (Reply(200, b"[]"), Unreadable),
        (Reply(200, b'{"calendars": {}}'), Unreadable),
        (Reply(200, b'{"calendars": {"primary": {"busy": [{"start": "soon"}]}}}'), Unreadable),
        (Reply(200, b'{"calendars": {"primary": {"errors": [{"reason": "notFound"}], "busy": []}}}'), Missing),
        (Reply(200, b'{"calendars": {"primary": {"errors": [{"reason": "internalError"}]}}}'), Temporary),
    ],
)
def test_a_read_says_what_to_do(
    scripted: ScriptedServer, calendar: GoogleCalendar, reply: Reply, kind: type[ConnectorError]
) -> None:
    scripted.say(reply)
    with pytest.raises(kind) as raised:
        read(calendar)
    assert type(raised.value) is kind
    assert "secret meeting" not in str(raised.value)


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([no(403, "requiredAccessLevel")], Rejected),
        ([no(403, "insufficientPermissions")], ConsentRevoked),
        ([no(500, "backendError")], OutcomeUnknown),
        ([no(503)], OutcomeUnknown),
        ([Reply(cut=True)], OutcomeUnknown),
        ([Reply(200, b'{"id": "ev', short=20)], OutcomeUnknown),
    ],
)
def test_a_write_says_what_to_do(
    scripted: ScriptedServer, calendar: GoogleCalendar, call: Call, replies: list[Reply], kind: type[ConnectorError]
) -> None:
    scripted.say(*replies)
    with pytest.raises(kind) as raised:
        call(calendar)
    assert type(raised.value) is kind
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("call", WRITES[:2])
@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"id": 7}'])
def test_garbage_after_a_write_leaves_it_unknown(
    scripted: ScriptedServer, calendar: GoogleCalendar, call: Call, body: bytes
) -> None:
    scripted.say(Reply(200, body))
    with pytest.raises(OutcomeUnknown):
        call(calendar)


def test_one_that_is_there_already_is_a_conflict(scripted: ScriptedServer, calendar: GoogleCalendar) -> None:
    scripted.say(no(409, "duplicate"), Reply(200, b'{"status": "confirmed", "etag": "2"}'))
    with pytest.raises(Conflict):
        calendar.create(invitation())


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (Reply(200, b'{"status": "confirmed"}'), Conflict),
        (Reply(200, b'{"status": "cancelled"}'), Missing),
        (GONE, Missing),
    ],
)
def test_another_version_is_a_conflict_unless_it_was_deleted(
    scripted: ScriptedServer, calendar: GoogleCalendar, after: Reply, kind: type[ConnectorError]
) -> None:
    scripted.say(no(412, "conditionNotMet"), after)
    with pytest.raises(kind):
        calendar.update(invitation(1), EVENT)


@pytest.mark.parametrize("reply", [no(404, "notFound"), no(410, "deleted")])
def test_what_is_not_there_to_remove_is_missing(
    scripted: ScriptedServer, calendar: GoogleCalendar, reply: Reply
) -> None:
    scripted.say(reply)
    with pytest.raises(Missing):
        calendar.remove(EVENT)


def test_an_event_of_no_known_version_is_not_written_to(scripted: ScriptedServer, calendar: GoogleCalendar) -> None:
    with pytest.raises(Conflict):
        calendar.remove(OwnEvent(UID, invitation().span, href="calendar/event"))
    assert not scripted.asked


@pytest.mark.parametrize("call", [read, *WRITES])
@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (no(403, "rateLimitExceeded"), timedelta(minutes=1)),
        (no(403, "userRateLimitExceeded"), timedelta(minutes=1)),
        (no(403, "quotaExceeded"), timedelta(minutes=1)),
        (no(429, "rateLimitExceeded"), timedelta(minutes=1)),
        (no(429, "rateLimitExceeded", **{"Retry-After": "17"}), timedelta(seconds=17)),
        (no(503, "backendError", **{"Retry-After": "90"}), timedelta(seconds=90)),
        (no(429, **{"Retry-After": "Sat, 20 Feb 2027 09:00:30 GMT"}), timedelta(seconds=30)),
        (no(429, **{"Retry-After": "soon"}), timedelta(minutes=1)),
    ],
)
def test_a_limit_is_waited_out_for_as_long_as_google_says(
    scripted: ScriptedServer, calendar: GoogleCalendar, call: Call, reply: Reply, wait: timedelta
) -> None:
    scripted.say(reply)
    with pytest.raises(RateLimited) as raised:
        call(calendar)
    assert raised.value.retry_after == wait


@pytest.mark.parametrize("call", [read, *WRITES])
def test_no_answer_in_time_is_unknown_for_a_write_only(
    scripted: ScriptedServer, calendar: GoogleCalendar, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    scripted.say(Reply(silent=True), Reply(silent=True))
    with pytest.raises(Temporary if call is read else OutcomeUnknown):
        call(calendar)


def test_a_kept_connection_that_was_closed_is_no_failure_of_a_read(
    scripted: ScriptedServer, calendar: GoogleCalendar
) -> None:
    scripted.say(Reply(cut=True), Reply(200, b'{"calendars": {"primary": {"busy": []}}}'), Reply(200, b'{"items": []}'))
    assert calendar.read(WINDOW, frozenset()).busy == ()


def test_who_cannot_be_reached_was_surely_asked_nothing(keep: MemoryKeep) -> None:
    client = GoogleClientSettings(client_id="one", calendar_api="http://127.0.0.1:9/calendar/v3/")
    calendar = opened(None, keep, client=client)  # type: ignore[arg-type]
    for call in (read, *WRITES):
        with pytest.raises(Temporary) as raised:
            call(calendar)
        assert type(raised.value) is Temporary


def test_a_token_that_google_refuses_is_renewed_once_and_the_call_made_again(
    scripted: ScriptedServer, calendar: GoogleCalendar, keep: MemoryKeep
) -> None:
    scripted.say(no(401), _token("second"), Reply(204))
    calendar.remove(EVENT)
    shown = [asked.headers.get("authorization", "-") for asked in scripted.asked]
    assert shown == ["Bearer access", "-", "Bearer second"]
    assert (keep.tokens.access, keep.tokens.refresh, keep.tokens.calendar) == ("second", "refresh", TOKENS.calendar)


def test_a_refresh_token_that_google_changes_is_kept(
    scripted: ScriptedServer, calendar: GoogleCalendar, keep: MemoryKeep
) -> None:
    scripted.say(no(401), _token("second", refresh_token="rotated"), Reply(204))
    calendar.remove(EVENT)
    assert keep.tokens.refresh == "rotated"


def test_a_grant_that_is_no_more_is_said_to_be_broken_and_asked_for_no_further(
    scripted: ScriptedServer, calendar: GoogleCalendar, keep: MemoryKeep
) -> None:
    scripted.say(no(401), Reply(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"}))
    with pytest.raises(ConsentRevoked):
        read(calendar)
    assert keep.ended == [1]


def test_a_client_that_google_does_not_know_breaks_nobodys_grant(
    scripted: ScriptedServer, calendar: GoogleCalendar, keep: MemoryKeep
) -> None:
    scripted.say(no(401), Reply(401, b'{"error": "invalid_client"}', {"Content-Type": "application/json"}))
    with pytest.raises(Rejected, match="client_id"):
        read(calendar)
    assert not keep.ended


def test_a_grant_renewed_by_another_meanwhile_is_not_broken(
    scripted: ScriptedServer, calendar: GoogleCalendar, keep: MemoryKeep
) -> None:
    """The other's answer comes between our reading the secret and Google's refusal of it."""
    renewed = Tokens("rotated", TOKENS.scopes, access="third", calendar=TOKENS.calendar)
    seen = keep.read

    def read_then_another_writes() -> Secret:
        secret = seen()
        if any(asked.path == "/token" for asked in scripted.asked):
            keep.secret = Secret(renewed.packed(), 2)
            return keep.secret
        return secret

    keep.read = read_then_another_writes  # type: ignore[method-assign]
    scripted.say(no(401), Reply(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"}), Reply(204))
    calendar.remove(EVENT)
    assert scripted.asked[-1].headers["authorization"] == "Bearer third"
    assert not keep.ended


def test_a_secret_that_is_none_asks_for_consent(keep: MemoryKeep, calendar: GoogleCalendar) -> None:
    keep.secret = Secret(b"not ours", 1)
    with pytest.raises(ConsentRevoked):
        read(calendar)


def test_more_calendars_than_one_query_takes_are_asked_for_in_two(
    scripted: ScriptedServer, calendar: GoogleCalendar
) -> None:
    names = [f"{number}@group.calendar.google.com" for number in range(51)]
    times = {"start": "2027-03-01T10:00:00Z", "end": "2027-03-01T10:45:00Z"}
    for part in (names[:50], names[50:]):
        scripted.say(Reply(200, json.dumps({"calendars": {name: {"busy": [times]} for name in part}}).encode()))
    found = freebusy.query(calendar._api, names, WINDOW)
    assert {name: [busy.span for busy in each] for name, each in found.items()} == {name: [at(TEN)] for name in names}
    assert [len(json.loads(asked.body)["items"]) for asked in scripted.asked] == [50, 1]


def test_a_calendar_that_is_left_out_of_the_answer_is_unknown_rather_than_free(
    scripted: ScriptedServer, calendar: GoogleCalendar
) -> None:
    scripted.say(Reply(200, b'{"calendars": {"primary": {"busy": []}}}'))
    with pytest.raises(Unreadable):
        freebusy.query(calendar._api, ["primary", "team"], WINDOW)


def _token(access: str, **more: Any) -> Reply:
    body = {"access_token": access, "expires_in": 3599, "token_type": "Bearer"} | more
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
