"""What changes between a decision and its effect, or while an effect is under way, ends in one agreed state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.observation import Answer, Reading
from agent.core.relationships import State
from agent.core.timespan import DAY, Span, floor_minute
from agent.services.observe import Observer
from agent.services.part import Part
from agent.services.sweep import sweep
from agent.store import calendars, events
from connectors.errors import Conflict, OutcomeUnknown, RateLimited, Temporary
from tests import factories
from tests.services.stage import NOON, Stage

BOTH = ("mentor-1", "mentee-1")
SOON = timedelta(minutes=10)


def moving(stage: Stage) -> None:
    """Decide to move what is booked, and write nothing yet."""
    stage.sweep()
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.decide()


def unsent(stage: Stage) -> None:
    """Book, while the mail server is away for a minute or two."""
    stage.sender.faults.fail(Temporary("busy"), on="send", times=2)
    stage.sweep()


# What is written


def test_what_has_changed_is_decided_before_anything_is_written(stage: Stage) -> None:
    stage.decide()
    stage.calendars["mentor-1"].add_busy(stage.booked())
    stage.sweep()
    assert {line.detail["start"] for line in stage.told("event-written")} == {stage.booked().start_text}
    assert len(stage.sender.sent) == 2


def test_their_own_move_comes_before_our_write(stage: Stage) -> None:
    moving(stage)
    chosen = Span(stage.booked().start + 300, stage.booked().end + 300)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.sweep()
    assert stage.booked() == chosen
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): chosen}


def test_a_write_of_ours_that_nobody_heard_of_is_not_taken_for_an_edit(stage: Stage) -> None:
    """It moved twice; the first move reached their calendar, its answer did not reach us."""
    stage.sweep()
    stage.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="update", after=True)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.decide()
    wanted = stage.booked()
    stage.calendars["mentor-1"].annotate(stage.uid(), "an alarm")
    stage.sweep()
    assert len(stage.told("moved")) == 2
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): wanted}


def test_a_deletion_comes_before_our_write(stage: Stage) -> None:
    moving(stage)
    stage.calendars["mentee-1"].delete(stage.uid())
    stage.sweep()
    assert len(stage.told("cancelled")) == 1
    assert not [person for person in BOTH if stage.uid() in stage.events(person)]


def test_a_deletion_after_a_lost_answer_is_not_made_undone(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="update", after=True)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.calendars["mentee-1"].delete(stage.uid())
    stage.until(stage.clock.instant + SOON)
    assert len(stage.told("cancelled")) == 1
    assert not [person for person in BOTH if stage.uid() in stage.events(person)]


def test_what_is_known_is_written_over_without_asking(stage: Stage) -> None:
    stage.sweep()
    for person in BOTH:
        stage.calendars[person].faults.fail(Temporary("no"), on="find", times=9)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    for person in BOTH:
        stage.calendars[person].faults.mend()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}


def test_what_changes_while_it_is_removed_is_removed(stage: Stage) -> None:
    """And nothing is kept of an event that is gone."""
    stage.sweep()
    stage.calendars["mentee-1"].faults.fail(Conflict("changed"), on="remove")
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.sweep()
    assert not [person for person in BOTH if stage.uid() in stage.events(person)]
    with stage.store.look() as tx:
        assert [events.get(tx, stage.uid(), person) for person in BOTH] == [None, None]


def test_what_changed_before_a_calendar_could_not_be_read_is_seen_once_it_can(stage: Stage) -> None:
    """It was heard that there is something new, and then not what; and it is never new again."""
    stage.sweep()
    stage.sweep()
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.calendars["mentor-1"].faults.fail(Temporary("down"), on="read")
    stage.sweep()
    assert not stage.told("moved")
    stage.sweep()
    assert len(stage.told("moved")) == 1


def test_where_somebody_has_dragged_a_meeting_is_not_free_for_another(tmp_path: Path) -> None:
    """No decision knows of it yet."""
    pair = factories.pair()
    other = replace(pair, id="pair-2", mentees=(factories.person("mentee-2"),), starts=NOON + timedelta(weeks=20))
    stage = Stage(tmp_path, [pair, other])
    stage.sweep()
    chosen = Span(stage.booked().start + 2 * DAY, stage.booked().end + 2 * DAY)
    stage.calendars["mentor-1"].move(stage.uid(), chosen)
    seen = Observer(stage.programme(), stage.clock.now()).observe(other, State())
    assert [block.span for block in seen.of("mentor-1").busy or ()] == [chosen]


# What is said


def test_an_invitation_that_may_have_arrived_is_not_sent_again_for_what_has_moved(stage: Stage) -> None:
    stage.sender.faults.fail(OutcomeUnknown("cut"), on="send", times=2)
    stage.sweep()
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.until(stage.clock.instant + SOON)
    assert [len(stage.mails(person, "invitation")) for person in BOTH] == [0, 0]
    assert [len(stage.mails(person, "moved")) for person in BOTH] == [1, 1]


def test_what_an_older_time_wanted_is_taken_back_with_the_decision(stage: Stage) -> None:
    unsent(stage)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.decide()
    assert stage.statuses()["withdrawn"] == 2


def test_nobodys_first_word_is_that_it_moved(stage: Stage) -> None:
    unsent(stage)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.until(stage.clock.instant + SOON)
    assert [str(mail["Subject"])[:7] for mail in stage.sender.sent] == ["Meeting", "Meeting"]


def test_who_never_heard_of_a_meeting_does_not_hear_that_it_is_off(stage: Stage) -> None:
    unsent(stage)
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.until(stage.clock.instant + SOON)
    assert len(stage.told("cancelled")) == 1
    assert [len(stage.mails(person, "cancelled")) for person in BOTH] == [0, 0]


def test_that_no_time_was_found_is_not_said_where_there_is_one_by_now(stage: Stage) -> None:
    stage.calendars["mentee-1"].add_busy(Span(floor_minute(NOON), floor_minute(NOON) + 120 * DAY))
    unsent(stage)
    stage.calendars["mentee-1"].clear_busy()
    stage.clock.instant += timedelta(minutes=4)
    sweep(stage.programme(), Part(ask_all=False))
    assert [len(stage.mails(person, "cannot-find")) for person in BOTH] == [0, 0]
    assert [len(stage.mails(person, "invitation")) for person in BOTH] == [1, 1]


@pytest.fixture
def early(tmp_path: Path) -> Stage:
    """A pair that may be written to between eight and six."""
    hours = (factories.rule("08:00", "18:00"),)
    people = [factories.person(name, messages=hours) for name in BOTH]
    return Stage(tmp_path, [factories.pair(*people, starts=NOON + timedelta(days=10))])


def test_a_mail_that_was_held_up_until_the_night_waits_for_the_morning(early: Stage) -> None:
    early.sender.faults.fail(RateLimited("wait", timedelta(hours=8)), on="send", times=2)
    early.sweep()
    early.until(NOON.replace(hour=23))
    assert early.sender.sent == []
    early.until(NOON.replace(hour=8) + timedelta(days=1))
    assert [len(early.mails(person, "invitation")) for person in BOTH] == [1, 1]


def test_a_mail_that_can_only_be_sent_too_late_is_given_up_at_once(stage: Stage) -> None:
    stage.decide()
    pair, after = stage.relationships[0], stage.booked().ends_at.date() + timedelta(days=1)
    late = replace(pair.mentor, messages=(factories.rule(first=after),))
    stage.relationships = [replace(pair, mentor=late)]
    stage.sweep()
    assert [(line.person, line.detail["why"]) for line in stage.told("withdrawn")] == [("mentor-1", "too-late")]
    assert [len(stage.mails(person)) for person in BOTH] == [0, 1]


# What calendars show


class Late:
    """A provider that goes on showing an event as it was before our last write."""

    def __init__(self, stage: Stage, person: str) -> None:
        self.calendar = stage.calendars[person]
        self.old = self.calendar.find(stage.uid())
        self.read = self.calendar.read

    def __call__(self, window: Span, own: frozenset[str]) -> Reading:
        reading = self.read(window, own)
        return replace(reading, own=tuple(self.old if self.old and e.uid == self.old.uid else e for e in reading.own))


def moved_where_an_old_copy_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Span:
    stage.sweep()
    with monkeypatch.context() as patch:
        patch.setattr(stage.calendars["mentee-1"], "read", Late(stage, "mentee-1"))
        stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
        stage.sweep()
        moved = stage.booked()
        stage.sweep()
        stage.until(stage.clock.instant + timedelta(minutes=50))
    assert stage.booked() == moved
    return moved


def test_an_old_copy_that_is_read_after_our_own_move_moves_nothing_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = moved_where_an_old_copy_is_shown(stage, monkeypatch)
    assert len(stage.told("moved")) == 1
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): moved}


def test_what_is_new_behind_an_old_copy_is_seen_soon_though_nobody_says_that_there_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider had told of the edit before it showed it."""
    moved = moved_where_an_old_copy_is_shown(stage, monkeypatch)
    stage.calendars["mentee-1"].move(stage.uid(), Span(moved.start + 60, moved.end + 60))
    monkeypatch.setattr(stage.calendars["mentee-1"], "token", lambda: "as before")
    with stage.store.begin() as tx:
        calendars.put_token(tx, "mentee-1", 0, "as before")
    stage.until(stage.clock.instant + SOON)
    assert stage.booked() == Span(moved.start + 60, moved.end + 60)


def test_a_program_that_loses_count_is_believed_once_ours_has_long_arrived(stage: Stage) -> None:
    moving(stage)
    stage.sweep()
    stage.clock.instant += timedelta(hours=2)
    chosen = Span(stage.booked().start + 60, stage.booked().end + 60)
    stage.calendars["mentee-1"].move(stage.uid(), chosen, sequence=0)
    stage.sweep()
    assert stage.booked() == chosen


def test_our_next_write_is_newer_than_whatever_their_program_has_counted(stage: Stage) -> None:
    """Else a write that never arrived is taken for one that did, and other programs keep the older of two."""
    stage.sweep()
    chosen = Span(stage.booked().start + 60, stage.booked().end + 60)
    stage.calendars["mentee-1"].move(stage.uid(), chosen, sequence=7)
    stage.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="update")
    stage.sweep()
    stage.until(stage.clock.instant + SOON)
    assert [stage.calendars[person].holds()[stage.uid()].sequence for person in BOTH] == [8, 8]
    assert len(stage.told("moved")) == 1
    assert stage.booked() == chosen


def test_a_count_that_no_edits_can_have_led_to_is_not_followed(stage: Stage) -> None:
    stage.sweep()
    chosen = Span(stage.booked().start + 60, stage.booked().end + 60)
    stage.calendars["mentee-1"].move(stage.uid(), chosen, sequence=999_999_999)
    stage.sweep()
    meeting = stage.state().meeting
    assert meeting is not None
    assert (meeting.span, meeting.revision) == (chosen, 1)
