"""What every calendar owes its callers, as classes of tests that each back end inherits.

A back end gives a ``make`` fixture: a function that makes an empty calendar and gives its ``Owner``, who acts on it
with a program that is not ours. Capabilities are asked for, never the product's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from agent.core.invitations import Attendee, Invitation
from agent.core.observation import Answer, OwnEvent, Reading
from agent.core.timespan import DAY, Run, Span, clip, floor_minute, union
from connectors.base import CalendarReader, CalendarWriter, Capability, Stored
from connectors.errors import Conflict, ConsentRevoked, Missing, OutcomeUnknown, Unreadable

ZONE = "Europe/Lisbon"
ADDRESS = "mentor-1@northwind.example"
MONDAY = floor_minute(datetime(2027, 3, 1, tzinfo=UTC))
WINDOW = Span(MONDAY, MONDAY + 14 * DAY)
TEN = MONDAY + 10 * 60
UID = "0123456789abcdef@attune"


@dataclass(frozen=True)
class Entry:
    """An appointment as a person's own program writes it: property lines besides its UID and its times."""

    uid: str
    span: Span
    lines: tuple[str, ...] = ()
    blocks: bool = True


class Owner(Protocol):
    """The owner of a calendar, for reading. ``reader`` is a new connection to it each time."""

    def reader(self) -> CalendarReader: ...

    def add(self, entry: Entry) -> None: ...


class BookingOwner(Owner, Protocol):
    """The owner of a calendar that takes our events, at work on those."""

    def writer(self) -> CalendarWriter: ...

    def move(self, uid: str, span: Span) -> None: ...

    def answer(self, uid: str, answer: Answer) -> None: ...

    def cancel(self, uid: str) -> None: ...

    def delete(self, uid: str) -> None: ...

    def set_alarm(self, uid: str) -> None: ...

    def has_alarm(self, uid: str) -> bool: ...

    def titles(self, uid: str) -> list[str]:
        """Title of each event that has this UID."""
        ...

    def writer_that_loses_the_answer_to(self, method: str) -> CalendarWriter:
        """A calendar whose next create, update or remove is done, and its answer lost."""
        ...


class VanishingOwner(Owner, Protocol):
    """The owner of a calendar that is a thing somewhere, and may not be there."""

    def take_away(self) -> None: ...


class GuardedOwner(Owner, Protocol):
    """The owner of a calendar behind a password."""

    def reader_with_a_wrong_password(self) -> CalendarReader: ...


def invitation(sequence: int = 0, start: int = TEN, minutes: int = 45, uid: str = UID) -> Invitation:
    """One of our meetings, as its owner is invited to it."""
    return Invitation(
        uid=uid,
        sequence=sequence,
        span=Span(start, start + minutes),
        summary=f"Conversa: Ação, João e Zoë ({sequence})",
        description="Olá,\naté já; 50 % \\ feito",
        organizer=Attendee("Attune", "attune@northwind.example"),
        attendees=(Attendee("Examplé Mentör", ADDRESS), Attendee("例示", "mentee-1@northwind.example")),
        stamp=datetime(2027, 2, 20, 9, tzinfo=UTC) + timedelta(hours=sequence),
    )


def minutes_of(reading: Reading, window: Span = WINDOW) -> Run:
    """Busy minutes in a window, hard and soft."""
    return clip(union(busy.span for busy in reading.busy), window)


def at(start: int, minutes: int = 45) -> Span:
    """So many minutes from one on."""
    return Span(start, start + minutes)


def known(stored: Stored, of: Invitation) -> OwnEvent:
    """What services keep of a write."""
    return OwnEvent(of.uid, of.span, sequence=of.sequence, etag=stored.etag, href=stored.href)


class CalendarContract:
    """What every calendar that can be read owes."""

    @pytest.fixture
    def owner(self, make: Callable[[], Owner]) -> Owner:
        return make()

    def test_an_empty_calendar_is_free(self, owner: Owner) -> None:
        assert owner.reader().read(WINDOW, frozenset({UID})) == Reading()

    def test_busy_time_has_its_exact_minutes(self, owner: Owner) -> None:
        owner.add(Entry("odd", Span(TEN + 7, TEN + 52)))
        owner.add(Entry("later", at(TEN + DAY)))
        assert minutes_of(owner.reader().read(WINDOW, frozenset())) == (Span(TEN + 7, TEN + 52), at(TEN + DAY))

    def test_only_what_lies_in_the_window_counts(self, owner: Owner) -> None:
        owner.add(Entry("before", Span(WINDOW.start - 60, WINDOW.start)))
        owner.add(Entry("across-start", Span(WINDOW.start + 30 - 90, WINDOW.start + 30)))
        owner.add(Entry("across-end", Span(WINDOW.end - 15, WINDOW.end + 45)))
        owner.add(Entry("after", Span(WINDOW.end, WINDOW.end + 60)))
        reading = owner.reader().read(WINDOW, frozenset())
        assert minutes_of(reading) == (
            Span(WINDOW.start, WINDOW.start + 30),
            Span(WINDOW.end - 15, WINDOW.end),
        )
        assert all(busy.span.touches(WINDOW) for busy in reading.busy)

    def test_what_does_not_take_its_owners_time_is_free(self, owner: Owner) -> None:
        declined = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ADDRESS}"
        owner.add(Entry("transparent", at(TEN), ("TRANSP:TRANSPARENT",), blocks=False))
        owner.add(Entry("cancelled", at(TEN + DAY), ("STATUS:CANCELLED",), blocks=False))
        owner.add(Entry("declined", at(TEN + 2 * DAY), (declined,), blocks=False))
        owner.add(Entry("real", at(TEN + 3 * DAY)))
        assert minutes_of(owner.reader().read(WINDOW, frozenset())) == (at(TEN + 3 * DAY),)

    def test_titles_in_any_script_do_no_harm_and_do_not_come_out(self, owner: Owner) -> None:
        owner.add(Entry("größe", at(TEN), ("SUMMARY:Ação 例示 🎻\\, com tudo", "LOCATION:Çeşme")))
        reading = owner.reader().read(WINDOW, frozenset())
        assert minutes_of(reading) == (at(TEN),)
        assert "🎻" not in repr(reading)

    def test_the_token_changes_with_the_contents_and_only_then(self, owner: Owner) -> None:
        reader = owner.reader()
        first = reader.token()
        assert (first is not None) == (Capability.TOKEN in reader.capabilities)
        assert (reader.token(), owner.reader().token()) == (first, first)
        reader.read(WINDOW, frozenset())
        assert reader.token() == first
        owner.add(Entry("new", at(TEN)))
        assert first is None or reader.token() not in {None, first}

    def test_an_own_event_is_told_apart_from_busy_time(self, owner: Owner) -> None:
        owner.add(Entry(UID, at(TEN)))
        reading = owner.reader().read(WINDOW, frozenset({UID, "not-there@attune"}))
        assert not reading.busy
        assert [(event.uid, event.span) for event in reading.own] == [(UID, at(TEN))]

    def test_an_own_event_is_found_outside_the_window_too(self, owner: Owner) -> None:
        away = at(WINDOW.end + 90 * DAY)
        owner.add(Entry(UID, away))
        reading = owner.reader().read(WINDOW, frozenset({UID}))
        assert [(event.uid, event.span) for event in reading.own] == [(UID, away)]
        assert not reading.busy

    def test_doctor_gets_a_sentence(self, owner: Owner) -> None:
        assert owner.reader().check()

    def test_closing_twice_is_no_error(self, owner: Owner) -> None:
        reader = owner.reader()
        reader.read(WINDOW, frozenset())
        reader.close()
        reader.close()


class PlaceContract:
    """What a calendar owes that is a thing somewhere."""

    @pytest.fixture
    def vanishing(self, make: Callable[[], VanishingOwner]) -> VanishingOwner:
        return make()

    def test_a_calendar_that_is_not_there_is_unknown_rather_than_free(self, vanishing: VanishingOwner) -> None:
        vanishing.take_away()
        with pytest.raises((Missing, Unreadable)):
            vanishing.reader().read(WINDOW, frozenset({UID}))
        with pytest.raises((Missing, Unreadable)):
            vanishing.reader().check()


class LoginContract:
    """What a calendar owes that asks for a password."""

    @pytest.fixture
    def guarded(self, make: Callable[[], GuardedOwner]) -> GuardedOwner:
        return make()

    def test_a_wrong_password_is_the_persons_to_mend(self, guarded: GuardedOwner) -> None:
        reader = guarded.reader_with_a_wrong_password()
        for call in (reader.token, reader.check, lambda: reader.read(WINDOW, frozenset())):
            with pytest.raises(ConsentRevoked):
                call()


class WriterContract:
    """What a calendar owes that takes our events."""

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

    @pytest.mark.parametrize("answer", [Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED])
    def test_an_answer_is_seen(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent, answer: Answer
    ) -> None:
        assert Capability.ANSWERS in writer.capabilities
        booking.answer(UID, answer)
        (seen,) = writer.read(WINDOW, frozenset({UID})).own
        assert (seen.answer, seen.span, seen.cancelled) == (answer, event.span, False)

    def test_a_new_time_asks_for_a_new_answer(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        booking.answer(UID, Answer.DECLINED)
        declined = writer.find(UID)
        assert declined is not None
        writer.update(invitation(sequence=1, start=TEN + DAY), declined)
        found = writer.find(UID)
        assert found is not None
        assert found.answer is Answer.NONE

    def test_the_same_time_keeps_its_answer(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        booking.answer(UID, Answer.ACCEPTED)
        accepted = writer.find(UID)
        assert accepted is not None
        writer.update(replace(invitation(), summary="New title"), accepted)
        found = writer.find(UID)
        assert found is not None
        assert found.answer is Answer.ACCEPTED

    def test_cancelling_instead_of_deleting_is_seen(
        self, booking: BookingOwner, writer: CalendarWriter, event: OwnEvent
    ) -> None:
        booking.cancel(UID)
        (seen,) = writer.read(WINDOW, frozenset({UID})).own
        assert seen.cancelled

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
