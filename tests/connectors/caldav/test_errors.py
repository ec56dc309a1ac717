"""Whatever a server answers, the caller is told what to do about it, and nothing private is said."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from agent.core.observation import OwnEvent
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from connectors.caldav import dav
from connectors.caldav.calendar import CalDavCalendar
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
from tests.connectors.caldav.owner import NOW, calendar
from tests.connectors.caldav.replies import EMPTY, HREF, PATH, SECRET, STANDING
from tests.contract.owners import UID, WINDOW, invitation
from tests.servers.scripted import Reply, ScriptedServer

EVENT = OwnEvent(UID, invitation().span, etag='"1"', href=HREF)

Call = Callable[[CalDavCalendar], object]
READ: Call = lambda c: c.read(WINDOW, frozenset())  # noqa: E731
FIND: Call = lambda c: c.find(UID)  # noqa: E731
CREATE: Call = lambda c: c.create(invitation())  # noqa: E731
UPDATE: Call = lambda c: c.update(invitation(sequence=1), EVENT)  # noqa: E731
REMOVE: Call = lambda c: c.remove(EVENT)  # noqa: E731


def condition(name: str) -> bytes:
    return f'<error xmlns="DAV:"><x:{name} xmlns:x="urn:ietf:params:xml:ns:caldav"/></error>'.encode()


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (204, Temporary, None),
        (302, Rejected, Rejected),
        (400, Rejected, Rejected),
        (401, ConsentRevoked, ConsentRevoked),
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
    opened: CalDavCalendar,
    status: int,
    reading: type[ConnectorError],
    writing: type[ConnectorError] | None,
) -> None:
    private = Reply(status, b"Event 'private title' of someone-private", {"X-Secret": SECRET})
    server.say(private, private, private)
    with pytest.raises(ConnectorError) as caught:
        READ(opened)
    assert type(caught.value) is reading
    for word in (SECRET, "private", "someone", UID):
        assert word not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    if writing is None:
        return
    server.replies.clear()
    server.asked.clear()
    server.say(private)
    with pytest.raises(ConnectorError) as caught:
        CREATE(opened)
    assert type(caught.value) is writing
    assert [asked.method for asked in server.asked] == ["PUT"]


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), timedelta()),
        ("999999999999", timedelta(days=1)),
    ],
)
@pytest.mark.parametrize("status", [423, 429, 503])
def test_the_servers_wait_is_honoured(
    server: ScriptedServer, opened: CalDavCalendar, status: int, header: str, wait: timedelta
) -> None:
    server.say(Reply(status, headers={"Retry-After": header}))
    with pytest.raises(RateLimited) as caught:
        CREATE(opened)
    assert caught.value.retry_after == wait


def test_a_wait_that_makes_no_sense_is_a_minute(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(429, headers={"Retry-After": "soon"}))
    with pytest.raises(RateLimited) as caught:
        CREATE(opened)
    assert caught.value.retry_after == timedelta(minutes=1)


def test_a_short_wait_is_sat_out_when_reading(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(503, headers={"Retry-After": "2"}), EMPTY)
    assert READ(opened)
    assert opened._clock.now() == NOW + timedelta(seconds=2)


def test_a_long_wait_is_left_to_the_caller(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(429, headers={"Retry-After": "60"}), EMPTY)
    with pytest.raises(RateLimited):
        READ(opened)
    assert len(server.asked) == 1


def test_a_read_is_tried_three_times_and_no_more(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(502), Reply(cut=True), EMPTY)
    assert READ(opened)
    server.say(*[Reply(502)] * 4)
    with pytest.raises(Temporary):
        READ(opened)
    assert len(server.replies) == 1
    assert NOW < opened._clock.now() < NOW + timedelta(seconds=3)


@pytest.mark.parametrize(("call", "method"), [(CREATE, "PUT"), (UPDATE, "PUT"), (REMOVE, "DELETE")])
@pytest.mark.parametrize("reply", [Reply(cut=True), Reply(500), Reply(202), Reply(207), Reply(200, b"x", short=9)])
def test_a_write_whose_answer_is_lost_is_sent_once(
    server: ScriptedServer, opened: CalDavCalendar, call: Call, method: str, reply: Reply
) -> None:
    server.say(*([STANDING] if call is UPDATE else []), reply)
    with pytest.raises(OutcomeUnknown):
        call(opened)
    assert [asked.method for asked in server.asked].count(method) == 1


def test_silence_is_temporary_for_a_read_and_unknown_for_a_write(
    server: ScriptedServer, opened: CalDavCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dav, "TIMEOUT", httpx.Timeout(0.2))
    server.say(Reply(silent=True), Reply(silent=True))
    with pytest.raises(Temporary):
        READ(opened)
    assert len(server.asked) == 1, "a time-out has waited long enough"
    with pytest.raises(OutcomeUnknown):
        CREATE(opened)


def test_a_connection_never_made_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nobody = calendar(f"http://127.0.0.1:{port}{PATH}", None)
    for call in (READ, CREATE, FIND, REMOVE):
        with pytest.raises(Temporary):
            call(nobody)
    nobody.close()


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (403, "supported-filter", Rejected),
        (403, "need-privileges", ConsentRevoked),
        (409, "no-uid-conflict", Conflict),
        (412, "valid-calendar-data", Rejected),
    ],
)
def test_a_named_condition_counts_more_than_the_status(
    server: ScriptedServer, opened: CalDavCalendar, status: int, name: str, error: type[ConnectorError]
) -> None:
    server.say(Reply(status, condition(name)))
    with pytest.raises(ConnectorError) as caught:
        READ(opened)
    assert type(caught.value) is error


@pytest.mark.parametrize("status", [409, 412])
@pytest.mark.parametrize(("call", "write"), [(UPDATE, "PUT"), (REMOVE, "DELETE")])
def test_a_conflict_is_told_from_a_deletion(
    server: ScriptedServer, opened: CalDavCalendar, call: Call, write: str, status: int
) -> None:
    first = [STANDING] if call is UPDATE else []
    server.say(*first, Reply(status), STANDING)
    with pytest.raises(Conflict):
        call(opened)
    server.say(*first, Reply(status), Reply(410))
    with pytest.raises(Missing):
        call(opened)
    assert [asked.headers["If-Match"] for asked in server.asked if asked.method == write] == ['"1"', '"1"']


def test_an_event_that_cannot_be_understood_is_not_written_over(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(200, b"<html>", {"ETag": '"1"'}))
    with pytest.raises(Unreadable):
        UPDATE(opened)
    assert [asked.method for asked in server.asked] == ["GET"]


def test_a_missing_password_file_is_said_without_naming_anything(server: ScriptedServer) -> None:
    opened = calendar(f"http://127.0.0.1:{server.port}{PATH}", ("someone", ""))
    settings = opened._settings.model_copy(update={"password_file": "secrets/not-there"})
    broken = CalDavCalendar(settings, home=opened._folder, where=Whereabouts("UTC"), owner="", clock=opened._clock)
    with pytest.raises(Rejected, match="password_file"):
        broken.check()
    assert not server.asked


def test_an_address_that_is_none_is_said_when_it_is_used() -> None:
    with pytest.raises(Rejected):
        calendar("http://host:port", None).read(Span(0, 1), frozenset())
