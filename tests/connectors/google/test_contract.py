"""The Google connector keeps the contract, with the usual scopes and with richer ones."""

from __future__ import annotations

import pytest

from agent.core.observation import OwnEvent
from connectors.base import CalendarWriter
from connectors.errors import Missing
from connectors.google.calendar import GoogleCalendar
from tests.connectors.google.owner import READ, GoogleOwner
from tests.contract.booking import WriterContract
from tests.contract.calendar import CalendarContract, LoginContract
from tests.contract.owners import UID, WINDOW, BookingOwner


class OnGoogle(CalendarContract, LoginContract, WriterContract):
    def test_cancelling_instead_of_deleting_is_seen(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        """At Google to cancel and to delete are one: the event is gone, which is to the agent what a deletion is."""
        booking.cancel(UID)
        assert writer.read(WINDOW, frozenset({UID})).own == ()
        assert writer.find(UID) is None

    def test_a_calendar_that_is_not_there_is_unknown_rather_than_free(self, owner: GoogleOwner) -> None:
        reader: GoogleCalendar = owner.reader(calendars=["nowhere@group.calendar.google.com"])
        for call in (reader.check, lambda: reader.read(WINDOW, frozenset({UID}))):
            with pytest.raises(Missing):
                call()


class TestFreeBusyOnly(OnGoogle):
    pass


class TestEventsToo(OnGoogle):
    @pytest.fixture
    def more(self) -> tuple[str, ...]:
        return (READ,)
