"""The Google connector keeps the contract, with the usual scopes and with richer ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.observation import Answer, OwnEvent
from agent.core.timespan import DAY
from connectors.base import CalendarWriter, Capability
from connectors.errors import Missing
from connectors.google.calendar import GoogleCalendar
from tests.connectors.google.owner import READ, GoogleOwner
from tests.contract.booking import EventsContract
from tests.contract.calendar import CalendarContract, LoginContract
from tests.contract.owners import TEN, UID, WINDOW, invitation


class OnGoogle(CalendarContract, LoginContract, EventsContract):
    def test_nobody_is_asked_for_an_answer(self, owner: GoogleOwner) -> None:
        assert Capability.ANSWERS not in owner.writer().capabilities

    def test_who_invites_themselves_and_answers_is_heard_until_the_time_changes(
        self, booking: GoogleOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        booking.answer(UID, Answer.DECLINED)
        declined = writer.find(UID)
        assert declined is not None
        assert declined.answer is Answer.DECLINED
        writer.update(replace(invitation(1), span=event.span), declined)
        same = writer.find(UID)
        assert same is not None
        assert same.answer is Answer.DECLINED
        writer.update(invitation(sequence=2, start=TEN + DAY), same)
        assert (found := writer.find(UID)) is not None
        assert found.answer is Answer.NONE

    def test_to_cancel_is_to_delete(self, booking: GoogleOwner, writer: CalendarWriter, event: OwnEvent) -> None:
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
