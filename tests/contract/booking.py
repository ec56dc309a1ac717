"""What every calendar that takes our events owes besides, for back ends to inherit; see ``tests.contract.calendar``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.core.observation import Answer, OwnEvent
from agent.core.timespan import DAY
from connectors.base import CalendarWriter, Capability
from connectors.errors import Conflict, Missing, OutcomeUnknown
from tests.contract.owners import TEN, UID, WINDOW, AnsweringOwner, BookingOwner, at, invitation, known, minutes_of


class EventsContract:
    """What a calendar owes that takes our events, whether or not its owner can answer them there."""

    @pytest.fixture
    def booking(self, make: Callable[[], BookingOwner]) -> BookingOwner:
        return make()

    @pytest.fixture
    def writer(self, booking: BookingOwner) -> CalendarWriter:
        return booking.writer()

    @pytest.fixture
    def event(self, writer: CalendarWriter) -> OwnEvent:
        """An event of ours that stands in the calendar."""
        return known(writer.create(invitation()), invitation())

    def test_it_says_that_it_takes_events(self, writer: CalendarWriter) -> None:
        assert isinstance(writer, CalendarWriter)
        assert Capability.WRITE in writer.capabilities

    def test_what_was_written_is_found(self, writer: CalendarWriter, event: OwnEvent) -> None:
        found = writer.find(UID)
        assert found == event
        assert writer.read(WINDOW, frozenset({UID})).own == (found,)
        assert event.etag
        assert event.href

    def test_what_was_not_written_is_not_found(self, writer: CalendarWriter) -> None:
        assert writer.find(UID) is None

    def test_names_arrive_as_they_were_written(self, booking: BookingOwner, event: OwnEvent) -> None:
        assert booking.titles(UID) == [invitation().summary]

    def test_an_event_not_asked_for_takes_its_owners_time(self, writer: CalendarWriter, event: OwnEvent) -> None:
        assert minutes_of(writer.read(WINDOW, frozenset())) == (event.span,)

    def test_the_same_event_twice_is_a_conflict_and_stays_one(self, booking: BookingOwner, event: OwnEvent) -> None:
        with pytest.raises(Conflict):
            booking.writer().create(invitation(sequence=1))
        assert booking.titles(UID) == [invitation().summary]

    def test_a_move_of_ours_is_written_over(self, booking: BookingOwner, event: OwnEvent) -> None:
        later = invitation(sequence=1, start=TEN + 2 * DAY)
        stored = booking.writer().update(later, event)
        assert stored.etag != event.etag
        assert booking.writer().find(UID) == known(stored, later)
        assert booking.titles(UID) == [later.summary]

    def test_an_event_is_found_wherever_it_was_moved_to(self, writer: CalendarWriter, event: OwnEvent) -> None:
        away = invitation(sequence=1, start=WINDOW.end + 200 * DAY)
        writer.update(away, event)
        assert [each.span for each in writer.read(WINDOW, frozenset({UID})).own] == [away.span]

    def test_a_stale_version_is_not_written_over(self, writer: CalendarWriter, event: OwnEvent) -> None:
        writer.update(invitation(sequence=1), event)
        with pytest.raises(Conflict):
            writer.update(invitation(sequence=2), event)
        with pytest.raises(Conflict):
            writer.remove(event)
        found = writer.find(UID)
        assert found is not None
        assert found.sequence == 1

    def test_what_is_gone_is_missing(self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent) -> None:
        booking.delete(UID)
        with pytest.raises(Missing):
            writer.update(invitation(sequence=1), event)
        with pytest.raises(Missing):
            writer.remove(event)
        assert writer.find(UID) is None
        assert not writer.read(WINDOW, frozenset({UID})).own

    def test_removing_leaves_nothing(self, booking: BookingOwner, event: OwnEvent) -> None:
        booking.writer().remove(event)
        assert booking.titles(UID) == []
        assert booking.writer().find(UID) is None

    def test_a_removed_event_can_be_written_anew(self, writer: CalendarWriter, event: OwnEvent) -> None:
        writer.remove(event)
        assert writer.create(invitation(sequence=1)).etag

    def test_a_move_by_hand_is_seen(self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent) -> None:
        booking.move(UID, at(TEN + 61, 30))
        (seen,) = writer.read(WINDOW, frozenset({UID})).own
        assert seen.span == at(TEN + 61, 30)
        assert seen.etag != event.etag
        with pytest.raises(Conflict):
            writer.update(invitation(sequence=1), event)
        assert writer.find(UID) == seen

    def test_what_its_owner_added_outlives_an_update(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        booking.set_alarm(UID)
        found = writer.find(UID)
        assert found is not None
        writer.update(invitation(sequence=1, start=TEN + DAY), found)
        assert booking.has_alarm(UID)
        assert booking.titles(UID) == [invitation(sequence=1).summary]

    def test_our_own_writing_changes_the_token(self, writer: CalendarWriter) -> None:
        tokens = [writer.token()]
        event = known(writer.create(invitation()), invitation())
        tokens.append(writer.token())
        writer.remove(event)
        if Capability.TOKEN in writer.capabilities:
            assert tokens[0] != tokens[1]
            assert writer.token() != tokens[1]

    def test_a_lost_answer_to_create_is_looked_up(self, booking: BookingOwner) -> None:
        with pytest.raises(OutcomeUnknown):
            booking.writer_that_loses_the_answer_to("create").create(invitation())
        found = booking.writer().find(UID)
        assert found is not None
        assert (found.span, found.sequence) == (invitation().span, 0)
        assert booking.titles(UID) == [invitation().summary]

    def test_a_lost_answer_to_update_is_looked_up(self, booking: BookingOwner, event: OwnEvent) -> None:
        later = invitation(sequence=1, start=TEN + DAY)
        with pytest.raises(OutcomeUnknown):
            booking.writer_that_loses_the_answer_to("update").update(later, event)
        found = booking.writer().find(UID)
        assert found is not None
        assert (found.span, found.sequence) == (later.span, 1)
        assert booking.titles(UID) == [later.summary]

    def test_a_lost_answer_to_remove_is_looked_up(self, booking: BookingOwner, event: OwnEvent) -> None:
        with pytest.raises(OutcomeUnknown):
            booking.writer_that_loses_the_answer_to("remove").remove(event)
        assert booking.writer().find(UID) is None


class WriterContract(EventsContract):
    """What a calendar owes besides whose owner can answer our events."""

    @pytest.fixture
    def answering(self, booking: AnsweringOwner) -> AnsweringOwner:
        return booking

    @pytest.mark.parametrize("answer", [Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED])
    def test_an_answer_is_seen(
        self, answering: AnsweringOwner, writer: CalendarWriter, event: OwnEvent, answer: Answer
    ) -> None:
        assert Capability.ANSWERS in writer.capabilities
        answering.answer(UID, answer)
        (seen,) = writer.read(WINDOW, frozenset({UID})).own
        assert (seen.answer, seen.span, seen.cancelled) == (answer, event.span, False)

    def test_a_new_time_asks_for_a_new_answer(
        self, answering: AnsweringOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        answering.answer(UID, Answer.DECLINED)
        declined = writer.find(UID)
        assert declined is not None
        writer.update(invitation(sequence=1, start=TEN + DAY), declined)
        found = writer.find(UID)
        assert found is not None
        assert found.answer is Answer.NONE

    def test_the_same_time_keeps_its_answer(
        self, answering: AnsweringOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        answering.answer(UID, Answer.ACCEPTED)
        accepted = writer.find(UID)
        assert accepted is not None
        writer.update(replace(invitation(), summary="New title"), accepted)
        found = writer.find(UID)
        assert found is not None
        assert found.answer is Answer.ACCEPTED

    def test_cancelling_instead_of_deleting_is_seen(
        self, answering: AnsweringOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        answering.cancel(UID)
        (seen,) = writer.read(WINDOW, frozenset({UID})).own
        assert seen.cancelled
