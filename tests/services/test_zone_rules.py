"""A country changes its clocks while a meeting is booked: one agreed state in the end, and everybody knows why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.cli import status
from agent.core.timespan import Span
from agent.services.report_status import report_status
from agent.store import meetings, relationships
from connectors.errors import Temporary
from tests import factories
from tests.services.stage import NOON, Stage

BOTH = ("mentor-1", "mentee-1")
OLD = "2025b"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    mentor = factories.person("mentor-1", "America/Vancouver")
    pair = factories.pair(mentor, policy=factories.policy(notice=timedelta(hours=24)), starts=NOON + timedelta(days=10))
    found = Stage(tmp_path, [pair])
    found.sweep()
    return found


def clocks_change(stage: Stage, minutes: int = 60) -> Span:
    """Have the booked meeting stored as an older release had it; gives when its wall time is today."""
    with stage.store.begin() as tx:
        stored = relationships.load(tx, "pair-1")
        meeting = stored.state.meeting
        assert meeting is not None
        assert meeting.wall is not None
        older = replace(meeting, wall=replace(meeting.wall, minute=meeting.wall.minute + minutes, rules=OLD))
        state = replace(stored.state, meeting=older)
        relationships.save(tx, "pair-1", stored.version, state, stage.clock.now())
        meetings.put(tx, "pair-1", BOTH, older, 0, 0)
    return Span(older.span.start + minutes, older.span.end + minutes)


def test_it_keeps_its_wall_time_in_both_calendars_and_both_are_told(stage: Stage) -> None:
    today = clocks_change(stage)
    stage.sweep()
    stage.sweep()
    assert stage.booked() == today
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): today}
    assert len(stage.told("zone-rules-changed")) == 1
    for person in BOTH:
        (mail,) = stage.mails(person, "moved")
        assert "rules of a time zone have changed" in mail.as_string().replace("=\n", "").replace("\n", " ")
    with stage.store.begin() as tx:
        kept = meetings.find(tx, "pair-1", 1)
    assert kept is not None
    assert kept.wall == stage.state().meeting.wall  # type: ignore[union-attr]  # it is booked


def told(stage: Stage) -> dict[str, Any]:
    programme = stage.programme()
    return report_status(stage.store, programme.deployment.programme, programme.relationships, stage.clock.now())


def test_status_shows_it_until_it_moves_again(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    (before,) = told(stage)["relationships"]
    assert before["meeting"]["rezoned"] is False
    clocks_change(stage)
    stage.sweep()
    report = told(stage)
    assert report["relationships"][0]["meeting"]["rezoned"] is True
    status._show(report)
    assert "meeting 1 was moved by new rules of a time zone" in " ".join(capsys.readouterr().out.split())
    stage.calendars["mentee-1"].move(stage.uid(), Span(stage.booked().start + 300, stage.booked().end + 300))
    stage.sweep()
    assert told(stage)["relationships"][0]["meeting"]["rezoned"] is False


@pytest.mark.parametrize("follows", BOTH)
def test_a_calendar_that_followed_by_itself_and_one_that_did_not_end_alike(stage: Stage, follows: str) -> None:
    today = clocks_change(stage)
    stage.calendars[follows].move(stage.uid(), today)
    stage.sweep()
    stage.sweep()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()} == {stage.uid(): today}
    assert [len(stage.told(event)) for event in ("moved", "zone-rules-changed")] == [1, 1]


def test_while_a_calendar_is_away_it_waits_and_then_follows(stage: Stage) -> None:
    before = stage.booked()
    stage.calendars["mentee-1"].faults.fail(Temporary("down"), times=10**6)
    today = clocks_change(stage)
    stage.sweep()
    assert stage.booked() == before
    stage.calendars["mentee-1"].faults.mend()
    stage.sweep()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): today}


def test_an_appointment_at_the_new_instant_is_not_overrun(stage: Stage) -> None:
    today = clocks_change(stage)
    stage.calendars["mentee-1"].add_busy(today)
    stage.sweep()
    assert not stage.booked().touches(today)
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert [len(stage.mails(person, "moved")) for person in BOTH] == [1, 1]


def test_where_the_instant_stays_nobody_hears_of_it(stage: Stage) -> None:
    before, journal = len(stage.sender.sent), stage.journal()
    booked = clocks_change(stage, 0)
    stage.sweep()
    assert (stage.booked(), len(stage.sender.sent), stage.journal()) == (booked, before, journal)
    assert stage.state().meeting.wall.rules != OLD  # type: ignore[union-attr]  # it is booked and has one
