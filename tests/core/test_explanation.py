"""An explanation says the same of the same search, to whomever it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from agent.core.explanation import overall, seen
from agent.core.inquiry import Inquiry
from agent.core.relationships import State
from agent.core.timespan import MINUTE
from agent.core.weekmap import Away
from agent.core.whereabouts import Journey
from tests.factories import NOW, hard, meeting, observed, pair, person, policy, span

DAY = timedelta(days=1)


def test_operator_and_participant_are_told_of_the_same_starts() -> None:
    relationship = pair(person(boundaries=(hard("09:00", "17:00"),)), policy=policy(notice=DAY))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW, due=NOW + 7 * DAY)
    operator, viewer = overall(inquiry), seen(inquiry.view("mentee-1"))
    window = inquiry.search().window
    assert window is not None
    assert operator.window == viewer.window == span("2027-03-04 00:00", 8 * 24 * 60 + 15)
    assert (operator.candidates, operator.open, operator.slots) == (viewer.candidates, viewer.open, viewer.slots)
    assert operator.week is not None
    assert viewer.week is not None
    assert operator.week.cells == viewer.week.cells, "both are at home in one zone"
    assert (operator.week.own, viewer.week.own) == (False, True)
    assert operator.homes == (("mentor-1", "UTC"), ("mentee-1", "UTC"))
    assert viewer.homes == ()
    assert operator.week.first.isoformat() == "2027-03-02", "the week is drawn from all possible starts"


def test_days_are_the_readers_own_and_a_midnight_closes_the_day_before() -> None:
    """The window ends with the very minute at which it is four days past: nobody thinks of the day that begins then."""
    relationship = pair(person(zone="Asia/Kolkata"), policy=policy(notice=DAY))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW, due=NOW + 7 * DAY)
    assert seen(inquiry.view("mentor-1")).days == (date(2027, 3, 4), date(2027, 3, 12))
    assert seen(inquiry.view("mentee-1")).days == overall(inquiry).days == (date(2027, 3, 4), date(2027, 3, 11))
    moment = Inquiry(relationship, observed(relationship), State(), NOW, first=NOW + DAY, end=NOW + DAY + 5 * MINUTE)
    assert seen(moment.view("mentee-1")).days == (date(2027, 3, 2), date(2027, 3, 2))


def test_ones_own_journey_is_in_ones_own_map_and_in_nobody_elses() -> None:
    """Where a partner travels is theirs alone; the operator's map has only homes in it."""
    away = Journey(date(2027, 3, 8), date(2027, 3, 12), "Asia/Tokyo")
    relationship = pair(person(zone="Europe/Lisbon", journeys=(away,)), person("mentee-1", "Asia/Kolkata"))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW)
    own, theirs = (seen(inquiry.view(name)) for name in ("mentor-1", "mentee-1"))
    operator = overall(inquiry)
    assert own.week is not None
    assert theirs.week is not None
    assert operator.week is not None
    assert own.week.absences == (Away("Asia/Tokyo", away.first, away.last),)
    assert own.where.zone_at(span("2027-03-10 12:00").start) == "Asia/Tokyo"
    assert theirs.week.absences == operator.week.absences == ()
    assert "Tokyo" not in repr(theirs) + repr(operator)


def test_a_booked_meeting_is_part_of_what_is_said() -> None:
    relationship = pair(policy=policy(notice=DAY))
    state = State(meeting=meeting(span("2027-03-09 09:00")))
    inquiry = Inquiry(relationship, observed(relationship), state, NOW, due=NOW + 7 * DAY)
    assert overall(inquiry).booked == seen(inquiry.view("mentee-1")).booked == span("2027-03-09 09:00")


def test_beyond_the_horizon_it_is_said_when_that_comes_within_it() -> None:
    """Whoever asks about the summer in March is told of the horizon, not of notice."""
    relationship = pair(policy=policy(notice=DAY, horizon=14 * DAY))
    plain = Inquiry(relationship, observed(relationship), State(), NOW)
    later = pair(policy=policy(notice=DAY, horizon=14 * DAY), starts=NOW + 40 * DAY)
    far = (
        (replace(plain, first=NOW + 20 * DAY), 6),
        (replace(plain, due=NOW + 30 * DAY), 12),
        (replace(plain, due=NOW + 30 * DAY, relationship=later), 26),
    )
    for inquiry, days in far:
        for explained in (overall(inquiry), seen(inquiry.view("mentor-1"))):
            assert explained.within == NOW + days * DAY
            assert [reason.kind for reason in explained.reasons] == ["horizon"]
    for near in (plain, replace(plain, first=NOW + 5 * DAY), replace(plain, first=NOW + 20 * DAY, end=NOW + 30 * DAY)):
        assert near.within is None


def test_from_and_to_bound_the_week_as_well() -> None:
    relationship = pair(policy=policy(notice=DAY))
    explained = overall(Inquiry(relationship, observed(relationship), State(), NOW, end=NOW + 2 * DAY))
    assert explained.week is not None
    assert (explained.week.first, explained.week.last) == (NOW.date() + DAY, NOW.date() + DAY)


def test_where_nothing_is_possible_there_is_no_window_and_no_week() -> None:
    relationship = pair(policy=policy(notice=2 * DAY, horizon=DAY))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW)
    for explained in (overall(inquiry), seen(inquiry.view("mentor-1"))):
        assert (explained.window, explained.candidates, explained.slots, explained.week) == (None, 0, 0, None)
        assert explained.days is None
        assert [reason.kind for reason in explained.reasons] == ["notice"]
