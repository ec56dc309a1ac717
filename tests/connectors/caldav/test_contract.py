"""The CalDAV connector keeps the contract on two real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from agent.core.timespan import DAY, Span, clip
from tests.connectors.caldav.owner import DavOwner
from tests.contract.booking import WriterContract
from tests.contract.calendar import CalendarContract, LoginContract, PlaceContract
from tests.contract.owners import MONDAY, WINDOW, minutes_of
from tests.servers.caldav import CalDavServer
from tests.servers.lossy import LossyProxy


class OnAServer(CalendarContract, PlaceContract, WriterContract):
    """Each subclass says by its fixture ``server`` on which."""

    @pytest.fixture
    def make(self, server: CalDavServer) -> Iterator[Callable[[], DavOwner]]:
        with ExitStack() as stack:
            proxy = stack.enter_context(LossyProxy(server.port))

            def owner() -> DavOwner:
                made = DavOwner(server, proxy)
                stack.callback(made.close)
                return made

            yield owner

    def test_a_series_begun_long_ago_takes_time_now(self, make: Callable[[], DavOwner]) -> None:
        owner = make()
        owner.put(
            "weekly",
            ("DTSTART;TZID=Europe/Lisbon:20200106T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
            ("DTSTART:20270309T200000Z", "DURATION:PT30M", "RECURRENCE-ID;TZID=Europe/Lisbon:20270308T090000"),
        )
        moved = MONDAY + 8 * DAY + 20 * 60
        assert minutes_of(owner.reader().read(WINDOW, frozenset())) == (
            Span(MONDAY + 9 * 60, MONDAY + 10 * 60),
            Span(moved, moved + 30),
        )

    def test_days_and_floating_times_are_the_owners_own_at_the_edges(self, make: Callable[[], DavOwner]) -> None:
        owner = make()
        owner.put("day", ("DTSTART;VALUE=DATE:20270301", "TRANSP:OPAQUE"))
        owner.put("floating", ("DTSTART:20270301T060000", "DURATION:PT1H"))
        for zone, offset in (("Pacific/Kiritimati", -14 * 60), ("Pacific/Pago_Pago", 11 * 60)):
            reader = owner.reader_in(zone)
            day = Span(MONDAY + offset, MONDAY + offset + DAY)
            assert minutes_of(reader.read(day, frozenset()), day) == (day,)
            for edge in (Span(day.start - 60, day.start + 60), Span(day.end - 60, day.end + 60)):
                assert minutes_of(reader.read(edge, frozenset()), edge) == clip((day,), edge)


class TestRadicale(OnAServer, LoginContract):
    @pytest.fixture
    def server(self, radicale: CalDavServer) -> CalDavServer:
        return radicale


class TestXandikos(OnAServer):
    @pytest.fixture
    def server(self, xandikos: CalDavServer) -> CalDavServer:
        return xandikos
