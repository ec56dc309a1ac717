"""Whatever Graph answers, the caller is told what to do about it, and nothing private is said."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

import httpx
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
from connectors.microsoft import http
from connectors.microsoft.calendar import GraphCalendar
from tests.connectors.microsoft.owner import NOW
from tests.connectors.microsoft.scripted import TOKEN, FixedTokens, event, page, refused, said, scripted_calendar
from tests.contract.owners import UID, WINDOW, invitation
from tests.servers.scripted import Reply, ScriptedServer

EVENT = OwnEvent(UID, invitation().span, etag='W/"one"', href="AAMk-one=")

Call = Callable[[GraphCalendar], object]
READ: Call = lambda c: c.read(WINDOW, frozenset())  # noqa: E731
FIND: Call = lambda c: c.find(UID)  # noqa: E731
CREATE: Call = lambda c: c.create(invitation())  # noqa: E731
UPDATE: Call = lambda c: c.update(invitation(sequence=1), EVENT)  # noqa: E731
REMOVE: Call = lambda c: c.remove(EVENT)  # noqa: E731
STANDING = said(event())


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (202, Temporary, OutcomeUnknown),
        (302, Rejected, Rejected),
        (400, Rejected, Rejected),
        (403, ConsentRevoked, Rejected),
        (404, Missing, Missing),
        (405, Rejected, Rejected),
        (408, Temporary, Temporary),
        (409, Conflict, Conflict),
        (410, Missing, Missing),
        (412, Conflict, Conflict),
        (413, Rejected, Rejected),
        (423, Temporary, Temporary),
        (429, RateLimited, RateLimited),
        (500, Temporary, OutcomeUnknown),
        (501, Rejected, Rejected),
        (502, Temporary, OutcomeUnknown),
        (503, Temporary, OutcomeUnknown),
        (504, Temporary, OutcomeUnknown),
        (507, Rejected, Rejected),
    ],
)
def test_each_status_means_one_thing(
    server: ScriptedServer,
    opened: GraphCalendar,
    status: int,
    reading: type[ConnectorError],
    writing: type[ConnectorError],
) -> None:
    for call, kind in ((READ, reading), (CREATE, writing)):
        server.replies.clear()
        server.asked.clear()
        server.say(*[refused(status, "SomeCode")] * 3)
        with pytest.raises(ConnectorError) as caught:
            call(opened)
        assert type(caught.value) is kind
        for word in ("private", "someone", TOKEN, UID):
            assert word not in str(caught.value)
        assert "127.0.0.1" in str(caught.value)
    assert [asked.method for asked in server.asked] == ["POST"]


@pytest.mark.parametrize("call", [READ, CREATE, REMOVE])
def test_a_refused_token_is_renewed_once_and_then_the_person_is_asked(server: ScriptedServer, call: Call) -> None:
    tokens = FixedTokens()
    opened = scripted_calendar(server, tokens)
    server.say(refused(401, "InvalidAuthenticationToken"), refused(401, "InvalidAuthenticationToken"))
    with pytest.raises(ConsentRevoked):
        call(opened)
    assert [asked.headers["Authorization"] for asked in server.asked] == [f"Bearer {TOKEN}-1", f"Bearer {TOKEN}-2"]
    assert tokens.broke == [2]
    opened.close()


def test_a_renewed_token_goes_on(server: ScriptedServer, opened: GraphCalendar) -> None:
    server.say(refused(401, "InvalidAuthenticationToken"), said(event(), 201))
    assert CREATE(opened)


def test_a_consent_that_does_not_reach_so_far_is_the_persons_to_widen(
    server: ScriptedServer, opened: GraphCalendar
) -> None:
    server.say(refused(403, "ErrorAccessDenied"))
    with pytest.raises(ConsentRevoked):
        CREATE(opened)


@pytest.mark.parametrize("status", [423, 429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("999999999999", 86400)])
def test_graphs_wait_is_honoured(
    server: ScriptedServer, opened: GraphCalendar, status: int, header: str, seconds: int
) -> None:
    server.say(refused(status, **{"Retry-After": header}))
    with pytest.raises(RateLimited) as caught:
        CREATE(opened)
    assert caught.value.retry_after == timedelta(seconds=seconds)


def test_a_short_wait_is_sat_out_when_reading(server: ScriptedServer) -> None:
    opened = scripted_calendar(server)
    server.say(refused(503, **{"Retry-After": "2"}), page())
    assert READ(opened)
    assert opened._graph._clock.now() == NOW + timedelta(seconds=2)
    opened.close()


def test_a_read_is_tried_three_times_and_no_more(server: ScriptedServer, opened: GraphCalendar) -> None:
    server.say(Reply(502), Reply(cut=True), page())
    assert READ(opened)
    server.say(*[Reply(502)] * 4)
    with pytest.raises(Temporary):
        READ(opened)
    assert len(server.replies) == 1


@pytest.mark.parametrize(("call", "method"), [(CREATE, "POST"), (UPDATE, "PATCH"), (REMOVE, "DELETE")])
@pytest.mark.parametrize("reply", [Reply(cut=True), Reply(500), Reply(202), Reply(201, b"{", short=9)])
def test_a_write_whose_answer_is_lost_is_sent_once(
    server: ScriptedServer, opened: GraphCalendar, call: Call, method: str, reply: Reply
) -> None:
    server.say(*([STANDING] if call is UPDATE else []), reply)
    with pytest.raises(OutcomeUnknown):
        call(opened)
    assert [asked.method for asked in server.asked].count(method) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": 7}', b"[" * 100_000])
def test_a_success_that_makes_no_sense_is_unknown_for_a_write_and_unreadable_for_a_read(
    server: ScriptedServer, opened: GraphCalendar, body: bytes
) -> None:
    server.say(Reply(201, body))
    with pytest.raises(OutcomeUnknown):
        CREATE(opened)
    server.say(Reply(200, body))
    with pytest.raises(Unreadable):
        READ(opened)


def test_silence_is_temporary_for_a_read_and_unknown_for_a_write(
    server: ScriptedServer, opened: GraphCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.2))
    server.say(Reply(silent=True), Reply(silent=True))
    with pytest.raises(Temporary):
        READ(opened)
    assert len(server.asked) == 1, "a time-out has waited long enough"
    with pytest.raises(OutcomeUnknown):
        CREATE(opened)


def test_an_answer_that_never_ends_is_given_up(
    server: ScriptedServer, opened: GraphCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST", 0.2)
    server.say(Reply(silent=True))
    with pytest.raises(Temporary):
        READ(opened)


def test_a_connection_never_made_sends_nothing(server: ScriptedServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nobody = scripted_calendar(server)
    nobody._graph._root = f"http://127.0.0.1:{port}"
    for call in (READ, CREATE, FIND, REMOVE):
        with pytest.raises(Temporary):
            call(nobody)
    nobody.close()


@pytest.mark.parametrize("link", ["https://elsewhere.example/v1.0/me/events", "http://127.0.0.1", 7])
def test_a_token_goes_nowhere_else(server: ScriptedServer, opened: GraphCalendar, link: object) -> None:
    server.say(page(event(), **{"@odata.nextLink": link}))
    with pytest.raises(Unreadable):
        READ(opened)
    assert len(server.asked) == 1


def test_a_calendar_without_an_end_is_unreadable_rather_than_half_read(
    server: ScriptedServer, opened: GraphCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PAGES", 3)
    link = f"http://127.0.0.1:{server.port}/v1.0/me/calendarView?$skip=1"
    server.say(*[page(**{"@odata.nextLink": link})] * 3)
    with pytest.raises(Unreadable):
        READ(opened)


def test_an_event_that_makes_no_sense_is_counted_and_an_own_one_is_not_passed_over(
    server: ScriptedServer, opened: GraphCalendar
) -> None:
    server.say(page(event(start=None, singleValueExtendedProperties=[])))
    assert opened.read(WINDOW, frozenset()).dropped == 1
    server.say(page(event(start=None)))
    with pytest.raises(Unreadable):
        FIND(opened)


@pytest.mark.parametrize("call", [UPDATE, REMOVE])
def test_a_write_names_the_version_it_builds_on(server: ScriptedServer, opened: GraphCalendar, call: Call) -> None:
    server.say(*([STANDING] if call is UPDATE else []), refused(412, "ErrorIrresolvableConflict"))
    with pytest.raises(Conflict):
        call(opened)
    assert server.asked[-1].headers["If-Match"] == EVENT.etag


def test_at_most_three_requests_are_in_flight_for_a_mailbox(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TURN", 0.01)
    one, other = scripted_calendar(server), scripted_calendar(server)
    taken = [each._graph._place for each in (one, other, one)]
    for place in taken:
        assert place.acquire(blocking=False)
    with pytest.raises(RateLimited):
        READ(other)
    assert not server.asked
    for place in taken:
        place.release()
