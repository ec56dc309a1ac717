"""What every calendar that can be read owes its callers, as classes of tests that each back end inherits.

A back end gives a ``make`` fixture: a function that makes an empty calendar and gives its ``Owner``, who acts on it
with a program that is not ours. Capabilities are asked for, never the product's name.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.core.observation import Reading
from agent.core.timespan import DAY, Span
from connectors.base import Capability
from connectors.errors import ConsentRevoked, Missing, Unreadable
from tests.contract.owners import (
    ADDRESS,
    TEN,
    UID,
    WINDOW,
    Entry,
    GuardedOwner,
    Owner,
    VanishingOwner,
    at,
    minutes_of,
)


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
