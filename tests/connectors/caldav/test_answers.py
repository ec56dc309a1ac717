"""An answer that is broken, hostile or less than the whole is unknown, never free; and credentials stay at home."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agent.clock import SystemClock
from agent.core.whereabouts import Whereabouts
from connectors.caldav import dav
from connectors.caldav.calendar import CalDavCalendar
from connectors.caldav.settings import CalDavSettings
from connectors.errors import OutcomeUnknown, Rejected, Temporary, Unreadable
from tests.connectors.caldav.replies import EMPTY, HREF, PATH, STANDING, event, multistatus, refused, response
from tests.contract.owners import UID, WINDOW, invitation
from tests.servers.scripted import Reply, ScriptedServer

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<multistatus xmlns="DAV:"><response><href>&b;</href></response></multistatus>"""
OUTSIDE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1/evil.dtd"><multistatus xmlns="DAV:"/>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Log in</html>",
        b"<multistatus",
        b"\xff\xfe\x00",
        b'<m xmlns="DAV:"/>',
        BOMB,
        OUTSIDE,
        EMPTY.body[:-3],
    ],
)
def test_an_answer_that_is_no_multistatus_is_unreadable(
    server: ScriptedServer, opened: CalDavCalendar, body: bytes
) -> None:
    server.say(Reply(207, body), Reply(207, body))
    with pytest.raises(Unreadable):
        opened.read(WINDOW, frozenset())
    with pytest.raises(Unreadable):
        opened.token()


def test_a_body_cut_short_is_tried_again(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(207, EMPTY.body, short=10), EMPTY)
    assert opened.read(WINDOW, frozenset())


def test_an_endless_answer_is_unreadable(
    server: ScriptedServer, opened: CalDavCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dav, "LARGEST", 10)
    server.say(EMPTY)
    with pytest.raises(Unreadable):
        opened.read(WINDOW, frozenset())
    server.say(Reply(201, b"x" * 11))
    with pytest.raises(OutcomeUnknown):
        opened.create(invitation())


DRIPS = 100
BREATH = 0.1


@pytest.mark.parametrize("first", [b"HTTP/1.1 207 Multi-Status\r\n", b"HTTP/1.1 207 Multi-Status\r\n\r\n"])
def test_an_answer_that_drips_is_given_up(dripping: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sick server must not hold up everybody's sweep: no line comes too late, and the whole never ends."""
    monkeypatch.setattr(dav, "LONGEST", 5 * BREATH)
    settings = CalDavSettings(kind="caldav", url=f"http://127.0.0.1:{dripping}{PATH}", book=True)
    calendar = CalDavCalendar(
        settings, home=Path(), where=Whereabouts("UTC"), owner="mentor-1@x.example", clock=SystemClock()
    )
    began = time.monotonic()
    with pytest.raises(Temporary):
        calendar.read(WINDOW, frozenset())
    with pytest.raises((Temporary, OutcomeUnknown)):
        calendar.create(invitation())
    assert time.monotonic() - began < DRIPS * BREATH / 2
    calendar.close()


@pytest.fixture
def dripping(first: bytes) -> Iterator[int]:
    """A server that says one more line every moment, in its headers or in its body; gives its port."""

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1 << 16)
            connection.sendall(first)
            for _ in range(DRIPS):
                connection.sendall(b"X-More: yes\r\n")
                time.sleep(BREATH)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_broken_compression_is_unreadable(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(207, b"no gzip", {"Content-Encoding": "gzip"}))
    with pytest.raises(Unreadable):
        opened.read(WINDOW, frozenset())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_never_follow_a_redirect(server: ScriptedServer, opened: CalDavCalendar, status: int) -> None:
    with ScriptedServer() as elsewhere:
        target = f"http://127.0.0.1:{elsewhere.port}/"
        for call in (opened.token, lambda: opened.find(UID), lambda: opened.create(invitation())):
            server.say(Reply(status, headers={"Location": target}))
            with pytest.raises(Rejected):
                call()
        assert not elsewhere.asked


def test_an_address_elsewhere_inside_an_answer_is_asked_of_our_own_host(
    server: ScriptedServer, opened: CalDavCalendar
) -> None:
    for href in ("http://127.0.0.1:1/a.ics", "//127.0.0.1:1/a.ics", "http://127.0.0.1:1//a.ics"):
        server.say(multistatus(response(href, "")), STANDING)
        assert [busy.span for busy in opened.read(WINDOW, frozenset()).busy] == [invitation().span]
        assert server.asked[-1].path == "/a.ics"


@pytest.mark.parametrize("status", ["507 Insufficient Storage", "403 Forbidden", "500 Oops", "nonsense"])
def test_less_than_the_whole_calendar_is_unreadable(
    server: ScriptedServer, opened: CalDavCalendar, status: str
) -> None:
    server.say(multistatus(event(HREF), refused(PATH, status)))
    with pytest.raises(Unreadable):
        opened.read(WINDOW, frozenset())


def test_an_event_that_vanished_meanwhile_is_left_out(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(multistatus(refused(f"{PATH}a.ics", "404 Not Found")))
    assert not opened.read(WINDOW, frozenset()).busy
