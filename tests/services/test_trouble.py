"""What goes wrong outside: lost answers, refusals, waits; nothing twice, nothing lost, nobody else held up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from agent.core import decide
from agent.core.observation import Answer
from agent.services.diagnose import diagnose_store, retry_failed
from agent.services.part import Part
from agent.services.sweep import sweep
from agent.store import relationships
from connectors.errors import ConsentRevoked, Missing, OutcomeUnknown, RateLimited, Rejected, Temporary, Unreadable
from tests import factories
from tests.services.stage import Stage

BOTH = ("mentor-1", "mentee-1")


@pytest.mark.parametrize("after", [False, True], ids=["not-done", "done"])
def test_a_lost_answer_to_a_booking_leaves_one_event(stage: Stage, after: bool) -> None:
    stage.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="create", after=after)
    stage.sweep()
    assert len(stage.told("outcome-unknown")) == 1
    stage.until(stage.clock.instant + timedelta(minutes=10))
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert len(stage.told("event-written")) == 2


@pytest.mark.parametrize("after", [False, True], ids=["not-done", "done"])
def test_a_lost_answer_to_a_move_is_not_taken_for_somebodys_edit(stage: Stage, after: bool) -> None:
    stage.sweep()
    stage.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="update", after=after)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(minutes=10))
    assert len(stage.told("moved")) == 1
    assert stage.events("mentee-1") == stage.events("mentor-1") == {stage.uid(): stage.booked()}


@pytest.mark.parametrize("after", [False, True], ids=["not-sent", "sent"])
def test_a_lost_answer_to_a_mail_sends_it_once_more_under_the_same_id(stage: Stage, after: bool) -> None:
    stage.sender.faults.fail(OutcomeUnknown("cut"), on="send", after=after)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(minutes=10))
    for person in BOTH:
        mails = stage.mails(person, "invitation")
        assert len({mail["Message-ID"] for mail in mails}) == 1
    assert len(stage.sender.sent) == (3 if after else 2)
    assert [line.detail.get("again", 0) for line in stage.told("mail-sent")] == [0, 1]


def test_a_mail_lost_twice_is_given_up_and_the_journal_says_so(stage: Stage) -> None:
    stage.sender.faults.fail(OutcomeUnknown("cut"), on="send", after=True, times=4)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=1))
    assert len(stage.sender.sent) == 4
    assert len(stage.told("withdrawn")) == 2


def test_what_fails_for_now_is_tried_again_and_told_once(stage: Stage) -> None:
    stage.sender.faults.fail(Temporary("busy"), on="send", times=5)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=4))
    assert [len(stage.mails(person, "invitation")) for person in BOTH] == [1, 1]
    assert len(stage.told("delayed")) == 2


def test_a_wait_that_the_server_asks_for_is_kept(stage: Stage) -> None:
    stage.sender.faults.fail(RateLimited("wait", timedelta(minutes=30)), on="send", times=2)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(minutes=29))
    assert not stage.sender.sent
    stage.until(stage.clock.instant + timedelta(minutes=2))
    assert len(stage.sender.sent) == 2


def test_what_is_refused_for_good_is_set_aside_and_can_be_retried(stage: Stage) -> None:
    stage.sender.faults.fail(Rejected("no such user"), on="send")
    stage.sweep()
    ill = [finding for finding in diagnose_store(stage.store) if not finding.well]
    assert [finding.part for finding in ill] == ["effects"]
    assert retry_failed(stage.store, stage.clock.now()) == 1
    stage.sweep()
    assert len(stage.sender.sent) == 2


def test_a_withdrawn_consent_keeps_the_work_for_later(stage: Stage) -> None:
    stage.calendars["mentee-1"].faults.fail(ConsentRevoked("password changed"), on="create", times=3)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=5))
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}


def test_a_calendar_that_answers_nonsense_is_set_aside_after_a_few_tries(stage: Stage) -> None:
    stage.calendars["mentee-1"].faults.fail(Unreadable("nonsense"), on="create", times=99)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=12))
    assert len(stage.told("failed")) == 1


def test_nonsense_counts_from_when_it_is_the_answer_however_long_there_was_none(stage: Stage) -> None:
    """Somebody who gives their consent back after a day would keep the event of a meeting that is off, for one blip."""
    faults = stage.calendars["mentee-1"].faults
    faults.fail(ConsentRevoked("password changed"), on="create", times=20)
    faults.fail(Temporary("away"), on="create", times=3)
    faults.fail(Unreadable("nonsense"), on="create", times=4)
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=36))
    assert not stage.told("failed")
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}


def test_nonsense_that_comes_between_other_troubles_is_believed_in_the_end(stage: Stage) -> None:
    for _ in range(5):
        stage.calendars["mentee-1"].faults.fail(Unreadable("nonsense"), on="create")
        stage.calendars["mentee-1"].faults.fail(Temporary("away"), on="create")
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(hours=12))
    assert len(stage.told("failed")) == 1


def test_a_calendar_that_was_away_while_a_meeting_moved_catches_up(stage: Stage) -> None:
    """Its server says for a moment that nothing is there; afterwards both must read the same again."""
    stage.sweep()
    stage.calendars["mentee-1"].faults.fail(Missing("gone for a moment"), on="update")
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()
    stage.sweep()
    assert stage.events("mentee-1") == stage.events("mentor-1") == {stage.uid(): stage.booked()}
    assert len(stage.told("moved")) == 1


def test_what_nobody_could_read_is_heard_by_all_it_matters_to_once_anybody_reads_it(tmp_path: Path) -> None:
    """Their calendar has said already that something is new, and says it only once."""
    mentor = factories.person("mentor-1")
    pairs = [replace(factories.pair(mentor, factories.person(f"mentee-{n}")), id=f"pair-{n}") for n in (1, 2)]
    stage = Stage(tmp_path, pairs)
    stage.sweep()
    stage.calendars["mentor-1"].delete(stage.uid(name="pair-2"))
    stage.calendars["mentor-1"].faults.fail(Unreadable("half an answer"), on="read")
    stage.sweep()
    assert not stage.told("cancelled")
    with stage.store.begin() as tx:
        relationships.wake(tx, ["pair-1"], stage.clock.now())
    sweep(stage.programme(), Part(ask_all=False))
    assert [line.relationship for line in stage.told("cancelled")] == ["pair-2"]


def test_one_relationship_in_trouble_never_stops_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(factories.pair(factories.person("mentor-2"), factories.person("mentee-2")), id="pair-2")
    stage = Stage(tmp_path, [factories.pair(), other])

    def broken(state: object, observed: object, relationship: object, now: object) -> object:
        if relationship is stage.relationships[0]:
            raise ZeroDivisionError
        return decide.decide(state, observed, relationship, now)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr("agent.services.consider.decide", broken)
    done = sweep(stage.programme())
    assert done.set_aside == 1
    assert stage.state("pair-2").meeting is not None
    monkeypatch.undo()
    stage.until(stage.clock.instant + timedelta(hours=2))
    assert stage.state("pair-1").meeting is not None


def test_two_relationships_of_one_mentor_never_meet_at_once(tmp_path: Path) -> None:
    mentor = factories.person("mentor-1")
    pairs = [replace(factories.pair(mentor, factories.person(f"mentee-{n}")), id=f"pair-{n}") for n in range(1, 6)]
    stage = Stage(tmp_path, pairs)
    stage.sweep()
    spans = sorted(stage.events("mentor-1").values())
    assert len(spans) == 5
    assert not [(a, b) for a, b in pairwise(spans) if a.touches(b)]
