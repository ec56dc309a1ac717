"""From two free calendars to a held meeting, and what people do in between; each told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.core.observation import Answer
from agent.core.timespan import DAY, Span, floor_minute
from agent.services.find_slots import find_slots
from connectors.errors import Temporary
from tests.services.stage import NOON, Stage

BOTH = ("mentor-1", "mentee-1")


def test_one_sweep_books_in_both_calendars_and_invites_both(stage: Stage) -> None:
    stage.sweep()
    booked = stage.booked()
    for person in BOTH:
        assert stage.events(person) == {stage.uid(): booked}
        assert len(stage.mails(person, "invitation")) == 1


def test_a_second_sweep_finds_nothing_to_do(stage: Stage) -> None:
    stage.sweep()
    before = stage.journal()
    assert stage.sweep().delivered == 0
    assert stage.sweep().decided == 0
    assert stage.journal() == before


def test_agenda_before_and_follow_up_after_then_the_next_cycle(stage: Stage) -> None:
    stage.sweep()
    first = stage.booked()
    stage.until(first.ends_at + timedelta(days=1))
    for person in BOTH:
        assert [len(stage.mails(person, kind)) for kind in ("invitation", "agenda", "follow-up")] == [2, 1, 1]
    assert (stage.booked().starts_at.date() - first.starts_at.date()).days == 14


def test_a_decline_moves_the_meeting_in_both_calendars(stage: Stage) -> None:
    """Who cannot come at that time is offered another, and it is not the one they declined."""
    stage.sweep()
    old = stage.booked()
    stage.calendars["mentee-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    new = stage.booked()
    assert not new.touches(old)
    for person in BOTH:
        assert stage.events(person) == {stage.uid(): new}
        assert len(stage.mails(person, "moved")) == 1


def test_a_deletion_cancels_for_both_and_the_next_is_due_a_cycle_later(stage: Stage) -> None:
    stage.sweep()
    old = stage.booked()
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.sweep()
    for person in BOTH:
        assert stage.uid() not in stage.events(person)
        assert len(stage.mails(person, "cancelled")) == 1
    assert stage.booked().start >= old.start + 10 * DAY


def test_a_move_by_hand_wins_and_the_partner_follows(stage: Stage) -> None:
    stage.sweep()
    chosen = Span(stage.booked().start + 300, stage.booked().start + 330)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.sweep()
    assert stage.booked() == chosen
    for person in BOTH:
        assert stage.events(person) == {stage.uid(): chosen}
        assert len(stage.mails(person, "moved")) == 1
    stage.sweep()
    assert stage.booked() == chosen


def test_a_conflict_moves_the_meeting_and_says_nothing_of_why(stage: Stage) -> None:
    stage.sweep()
    old = stage.booked()
    stage.calendars["mentor-1"].add_busy(old)
    stage.sweep()
    assert not stage.booked().touches(old)
    (mail,) = stage.mails("mentee-1", "moved")
    assert "busy" not in mail.as_string().lower()


def test_a_conflict_inside_the_notice_is_told_once_and_nothing_moves(stage: Stage) -> None:
    stage.sweep()
    old = stage.booked()
    stage.until(old.starts_at - timedelta(hours=5))
    stage.calendars["mentor-1"].add_busy(old)
    stage.sweep()
    stage.sweep()
    assert stage.booked() == old
    assert [len(stage.mails(person, "cannot-find")) for person in BOTH] == [1, 1]


def test_two_changes_in_one_sweep_end_in_one_agreed_state(stage: Stage) -> None:
    """One of the two moves it while the other declines: nobody is left at another time than the other."""
    stage.sweep()
    chosen = Span(stage.booked().start + 300, stage.booked().start + 345)
    stage.calendars["mentor-1"].move(stage.uid(), chosen)
    stage.calendars["mentee-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.sweep()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}


def test_a_calendar_that_cannot_be_read_is_not_free(stage: Stage) -> None:
    stage.calendars["mentee-1"].faults.fail(Temporary("down"), times=10**6)
    stage.sweep()
    stage.sweep()
    assert stage.state().meeting is None
    assert not stage.sender.sent
    assert len(stage.told("calendar-unreadable")) == 1
    stage.calendars["mentee-1"].faults.mend()
    stage.sweep()
    assert stage.state().meeting is not None
    assert len(stage.told("calendar-readable")) == 1


@pytest.mark.parametrize("weeks", [1, 5, 20])
def test_downtime_ends_in_the_present_with_nothing_late_said(stage: Stage, weeks: int) -> None:
    """After a holiday of the server nobody gets an agenda for a meeting that is over, or five follow-ups."""
    stage.sweep()
    stage.clock.instant += timedelta(weeks=weeks)
    before = len(stage.sender.sent)
    stage.sweep()
    late = stage.sender.sent[before:]
    assert len(late) <= 6
    for person in BOTH:
        assert len(stage.mails(person, "follow-up")) <= 1
    assert not [sent for sent in stage.told("mail-sent") if sent.detail["kind"] == "agenda" and sent.number == 1]
    assert stage.booked().starts_at >= stage.clock.instant + timedelta(hours=24)


def test_slots_far_beyond_the_horizon_still_know_what_is_busy(stage: Stage) -> None:
    """An administrator who looks at next spring must not be shown times that are taken."""
    first = NOON + timedelta(weeks=30)
    taken = Span(floor_minute(first), floor_minute(first) + 3 * DAY)
    stage.calendars["mentee-1"].add_busy(taken)
    found = find_slots(stage.programme(), stage.relationships[0], first, first + timedelta(weeks=1))
    assert found.slots
    assert not [slot for slot in found.slots if slot.span.touches(taken)]


def test_a_meeting_put_far_ahead_by_hand_is_still_watched(stage: Stage) -> None:
    stage.sweep()
    far = Span(stage.booked().start + 200 * DAY, stage.booked().end + 200 * DAY)
    stage.calendars["mentor-1"].move(stage.uid(), far)
    stage.sweep()
    assert stage.booked() == far
    stage.calendars["mentee-1"].add_busy(far)
    stage.sweep()
    assert stage.booked() != far


def test_a_meeting_put_into_another_century_by_a_slip_comes_back(stage: Stage) -> None:
    """Were it followed, every calendar of the programme would have to be read as far as that."""
    stage.sweep()
    before = stage.booked()
    away = 300 * 365 * DAY
    stage.calendars["mentor-1"].move(stage.uid(), Span(before.start + away, before.end + away))
    stage.sweep()
    assert stage.booked().starts_at < stage.clock.instant + timedelta(weeks=6)
