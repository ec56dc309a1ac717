"""A booked meeting whose people part, edit at cross purposes, or cannot all be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.decide import decide
from agent.core.intents import IntentKind, MailKind
from agent.core.observation import Answer, Busy, Observed, PersonObserved
from agent.core.policy import Cadence
from agent.core.relationships import Meeting, State
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.upkeep import call_off
from tests import factories

PAIR = factories.pair()
BOOKED = factories.meeting(factories.span("2027-03-10 12:00"))
STATE = State(number=1, due=BOOKED.due, meeting=BOOKED)
LATER = factories.span("2027-03-10 15:00")


def after(observed: Observed, state: State = STATE) -> Meeting | None:
    return decide(state, observed, PAIR, factories.NOW).state.meeting


def test_people_who_part_have_their_meeting_called_off_and_are_told() -> None:
    parted = call_off(STATE, PAIR, factories.NOW)
    assert parted.state.meeting is None
    assert {(each.kind, each.mail) for each in parted.intents} == {
        (IntentKind.REMOVE_EVENT, None),
        (IntentKind.SEND_MAIL, MailKind.CANCELLED),
    }


def test_a_meeting_that_has_begun_is_not_called_off() -> None:
    begun = call_off(STATE, PAIR, BOOKED.span.starts_at)
    assert begun.state == STATE
    assert not begun.intents


def test_who_declined_the_old_time_has_said_nothing_of_the_new_one() -> None:
    plain = factories.event(PAIR.id, BOOKED)
    acts = {"mentor_1": replace(plain, span=LATER), "mentee_1": replace(plain, answer=Answer.DECLINED)}
    moved = after(factories.written(PAIR, BOOKED, **acts))
    assert moved is not None
    assert (moved.span, moved.chosen_by) == (LATER, "mentor-1")


def test_a_new_time_that_the_decliner_cannot_have_is_not_taken() -> None:
    plain = factories.event(PAIR.id, BOOKED)
    seen = factories.written(PAIR, BOOKED, mentor_1=replace(plain, span=LATER))
    declined = PersonObserved((Busy(LATER),), (), BOOKED.span, replace(plain, answer=Answer.DECLINED))
    moved = after(Observed({**seen.people, "mentee-1": declined}))
    assert moved is not None
    assert not moved.span.touches(LATER)
    assert not moved.span.touches(BOOKED.span)


def test_an_edit_waits_while_the_partner_cannot_be_seen() -> None:
    edited = factories.event(PAIR.id, BOOKED, span=LATER)
    seen = factories.written(PAIR, BOOKED, mentor_1=edited)
    blind = replace(seen.of("mentee-1"), busy=None)
    assert after(Observed({**seen.people, "mentee-1": blind})) == BOOKED


def test_what_has_to_wait_although_it_should_be_over_is_looked_at_again_and_not_at_once() -> None:
    """Put off by hand at the last moment: until the partner can be seen nobody knows whether it will be then."""
    edited = factories.event(PAIR.id, BOOKED, span=LATER)
    seen = factories.written(PAIR, BOOKED, mentor_1=edited)
    blind = Observed({**seen.people, "mentee-1": replace(seen.of("mentee-1"), busy=None)})
    waiting = decide(STATE, blind, PAIR, BOOKED.span.ends_at)
    assert waiting.state.meeting is not None
    assert waiting.wake_at == BOOKED.span.ends_at + timedelta(minutes=1)


def test_an_event_that_lost_its_end_keeps_its_length() -> None:
    edited = factories.event(PAIR.id, BOOKED, span=Span(LATER.start, LATER.start + 1))
    moved = after(factories.written(PAIR, BOOKED, mentor_1=edited))
    assert moved is not None
    assert moved.span == LATER


def test_what_was_in_the_way_when_somebody_chose_is_excused_and_nothing_more() -> None:
    chosen = replace(BOOKED, chosen_by="mentor-1", tolerated=(Span(BOOKED.span.start, BOOKED.span.start + 20),))
    state = replace(STATE, meeting=chosen)
    seen = factories.written(PAIR, chosen)
    mentor = seen.of("mentor-1")
    known = replace(mentor, busy=(Busy(chosen.tolerated[0]),))
    assert after(Observed({**seen.people, "mentor-1": known}), state) == chosen
    more = replace(mentor, busy=(Busy(Span(chosen.span.start, chosen.span.start + 21)),))
    assert after(Observed({**seen.people, "mentor-1": more}), state) != chosen


def test_a_copy_that_was_left_behind_is_written_again_for_its_owner_alone() -> None:
    """A write that was given up while a server was away must not leave two people at two times."""
    moved = replace(BOOKED, span=LATER, revision=1)
    old = factories.event(PAIR.id, BOOKED)
    seen = factories.written(PAIR, moved, mentor_1=replace(old, span=LATER))
    behind = PersonObserved((), (), BOOKED.span, old)
    decision = decide(replace(STATE, meeting=moved), Observed({**seen.people, "mentee-1": behind}), PAIR, factories.NOW)
    assert [(each.kind, each.person) for each in decision.intents] == [(IntentKind.WRITE_EVENT, "mentee-1")]
    assert decision.wake_at is not None
    assert decision.wake_at > factories.NOW + timedelta(minutes=1)


@pytest.mark.parametrize(("days", "hours"), [(14, 6), (1, 1), (3, 3)])
def test_who_meets_often_does_not_wait_long_for_the_next_look(days: int, hours: int) -> None:
    """Else a time that opens again may be over before anybody has looked."""
    often = Cadence(timedelta(days=days), timedelta(hours=6), timedelta(minutes=45))
    pair = factories.pair(policy=factories.policy(cadence=often))
    taken = Span(floor_minute(factories.NOW), floor_minute(factories.NOW) + 60 * DAY)
    vain = decide(State(), factories.observed(pair, {"mentor-1": (taken,)}), pair, factories.NOW)
    assert vain.wake_at == factories.NOW + timedelta(hours=hours)
