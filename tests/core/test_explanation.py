"""An explanation says the same of the same search, to whomever it is told."""

from __future__ import annotations

from datetime import timedelta

from agent.core.explanation import overall, seen
from agent.core.inquiry import Inquiry
from agent.core.relationships import State
from tests.factories import NOW, hard, observed, pair, person, policy, span

DAY = timedelta(days=1)


def test_operator_and_participant_are_told_of_the_same_starts() -> None:
    relationship = pair(person(boundaries=(hard("09:00", "17:00"),)), policy=policy(notice=DAY))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW, due=NOW + 7 * DAY)
    operator, viewer = overall(inquiry), seen(inquiry.view("mentee-1"))
    window = inquiry.search().window
    assert window is not None
    assert operator.window == viewer.window == span("2027-03-04 00:00", 8 * 24 * 60 + 15)
    assert (operator.candidates, operator.open, operator.slots) == (viewer.candidates, viewer.open, viewer.slots)
    assert operator.week == viewer.week, "both are at home in one zone"
    assert operator.week is not None
    assert operator.week.first.isoformat() == "2027-03-02", "the week is drawn from all possible starts"


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
        assert [reason.kind for reason in explained.reasons] == ["notice"]
