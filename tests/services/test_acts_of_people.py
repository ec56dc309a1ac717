"""What people do to a meeting by hand, in odd orders and at odd times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.observation import Answer
from agent.core.timespan import DAY, Span
from connectors.errors import Temporary
from tests import factories
from tests.services.stage import Stage

BOTH = ("mentor-1", "mentee-1")


def moved(stage: Stage, person: str, minutes: int) -> Span:
    chosen = Span(stage.booked().start + minutes, stage.booked().end + minutes)
    stage.calendars[person].move(stage.uid(), chosen)
    return chosen


def test_who_declined_the_old_time_has_said_nothing_of_the_new_one(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentee-1"].answer(stage.uid(), Answer.DECLINED)
    chosen = moved(stage, "mentor-1", 300)
    stage.sweep()
    stage.sweep()
    assert stage.booked() == chosen
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): chosen}
    assert [len(stage.mails(person, "moved")) for person in BOTH] == [1, 1]


def test_what_somebody_put_it_over_stays_excused_and_what_comes_later_does_not(stage: Stage) -> None:
    stage.sweep()
    over = Span(stage.booked().start + 300, stage.booked().start + 320)
    stage.calendars["mentor-1"].add_busy(over)
    chosen = moved(stage, "mentor-1", 300)
    stage.sweep()
    stage.sweep()
    assert stage.booked() == chosen
    stage.calendars["mentor-1"].add_busy(Span(chosen.start + 30, chosen.end))
    stage.sweep()
    assert not stage.booked().touches(chosen)


def test_a_boundary_drawn_after_a_move_by_hand_is_not_crossed(stage: Stage) -> None:
    stage.sweep()
    chosen = moved(stage, "mentor-1", 300)
    stage.sweep()
    pair = stage.relationships[0]
    day = chosen.starts_at.date()
    guarded = replace(pair.mentor, boundaries=(factories.hard(first=day, last=day),))
    stage.relationships, stage.terms = [replace(pair, mentor=guarded)], "a boundary more"
    stage.sweep()
    assert stage.booked().starts_at.date() != day


def test_while_the_partners_calendar_cannot_be_read_a_move_by_hand_waits(stage: Stage) -> None:
    """Unknown is not free: the partner may have something there."""
    stage.sweep()
    old = stage.booked()
    stage.calendars["mentee-1"].faults.fail(Temporary("down"), times=10**6)
    chosen = moved(stage, "mentor-1", 300)
    stage.sweep()
    assert stage.booked() == old
    assert not stage.mails("mentor-1", "moved")
    stage.calendars["mentee-1"].faults.mend()
    stage.sweep()
    assert stage.booked() == chosen


@pytest.mark.parametrize("days", [1, 200])
def test_a_move_by_hand_onto_the_partners_appointment_is_never_written(stage: Stage, days: int) -> None:
    """Also where it is further ahead than anybody books."""
    stage.sweep()
    chosen = Span(stage.booked().start + days * DAY, stage.booked().end + days * DAY)
    stage.calendars["mentee-1"].add_busy(chosen)
    stage.calendars["mentor-1"].move(stage.uid(), chosen)
    stage.sweep()
    assert not stage.booked().touches(chosen)
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}


def test_an_event_that_lost_its_end_keeps_its_length(stage: Stage) -> None:
    stage.sweep()
    old = stage.booked()
    stage.calendars["mentor-1"].move(stage.uid(), Span(old.start + 300, old.start + 301))
    stage.sweep()
    assert stage.booked() == Span(old.start + 300, old.end + 300)


def test_a_conflict_that_went_and_came_back_is_told_after_all(stage: Stage) -> None:
    stage.sweep()
    old = stage.booked()
    stage.until(old.starts_at - timedelta(hours=5))
    for _ in range(2):
        stage.calendars["mentor-1"].add_busy(old)
        stage.sweep()
        stage.calendars["mentor-1"].clear_busy()
        stage.sweep()
    assert [len(stage.mails(person, "cannot-find")) for person in BOTH] == [1, 1]
