"""Somebody leaves, or a pair is taken out of the files, while a meeting is booked: nothing is left standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent.core.relationships import Relationship
from agent.services.sweep import sweep
from tests import factories
from tests.services.stage import NOON, Stage

STARTS = NOON + timedelta(days=10)


def opened(home: Path) -> Stage:
    """Pair 1 is booked; the mentee of pair 2, which starts later, stays in the programme throughout."""
    bystanders = replace(
        factories.pair(factories.person("mentor-9"), factories.person("mentee-9"), paused=True), id="pair-9"
    )
    stage = Stage(home, [factories.pair(starts=STARTS), bystanders])
    stage.sweep()
    assert stage.events("mentor-1")
    return stage


def change(stage: Stage, *relationships: Relationship) -> None:
    stage.relationships, stage.terms = list(relationships), "other terms"
    stage.sweep()
    stage.sweep()


def test_a_pair_that_is_gone_leaves_no_meeting_and_whoever_is_known_is_told(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    gone, other = stage.relationships
    change(stage, other, replace(gone, id="circle-7", paused=True, policy=gone.policy))
    assert stage.events("mentor-1") == stage.events("mentee-1") == {}
    assert [len(stage.mails(person, "cancelled")) for person in ("mentor-1", "mentee-1")] == [1, 1]
    assert stage.statuses().keys() <= {"done", "withdrawn"}


def test_whoever_stays_is_told_when_their_partner_has_left_the_programme(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    pair, other = stage.relationships
    change(stage, other, replace(pair, id="pair-2", mentees=(factories.person("mentee-2"),), paused=True))
    assert stage.events("mentor-1") == {}
    (mail,) = stage.mails("mentor-1", "cancelled")
    assert "your mentoring partner" in str(mail["Subject"])
    assert [entry.person for entry in stage.told("left")] == ["mentee-1"]


def test_whose_event_stays_where_it_is_stands_in_the_log(tmp_path: Path) -> None:
    """Their calendar is not known any more, so somebody has to tell them."""
    stage = opened(tmp_path)
    pair, other = stage.relationships
    with capture_logs() as lines:
        change(stage, other, replace(pair, id="pair-2", mentees=(factories.person("mentee-2"),), paused=True))
    left = [line for line in lines if line["event"] == "event left behind"]
    assert [(line["relationship"], line["person"]) for line in left] == [("pair-1", "mentee-1")]


def test_a_new_mentee_gets_a_meeting_of_their_own(tmp_path: Path) -> None:
    """And the follow-up of a meeting goes to those who were in it."""
    stage = opened(tmp_path)
    pair, other = stage.relationships
    new = replace(pair, mentees=(factories.person("mentee-2"),))
    stage.calendars["mentee-2"] = type(stage.calendars["mentor-1"])("mentee-2@northwind.example")
    change(stage, new, replace(other, mentees=(pair.mentees[0],)))
    assert stage.events("mentee-1") == {}
    assert len(stage.mails("mentee-1", "cancelled")) == 1
    assert stage.events("mentor-1") == stage.events("mentee-2") == {stage.uid(2): stage.booked()}
    assert len(stage.mails("mentee-2", "invitation")) == 1
    assert not stage.mails("mentee-2", "cancelled")


def test_a_parting_that_fails_never_stops_the_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = opened(tmp_path)
    pair, other = stage.relationships
    new = replace(pair, id="pair-2", policy=pair.policy, starts=None)
    monkeypatch.setattr("agent.services.part_company.call_off", lambda *_: 1 / 0)
    change(stage, other, new)
    assert stage.state("pair-2").meeting is not None
    monkeypatch.undo()
    stage.sweep()
    assert stage.uid() not in stage.events("mentor-1")


def test_files_without_any_pair_are_taken_for_a_mistake(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    programme = stage.programme()
    emptied = replace(programme.deployment, relationships={}, terms={})
    sweep(replace(programme, deployment=emptied))
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert not stage.told("cancelled")


def test_who_came_after_a_meeting_gets_no_follow_up_of_it(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    pair, other = stage.relationships
    stage.until(stage.booked().starts_at)
    stage.calendars["mentee-2"] = type(stage.calendars["mentor-1"])("mentee-2@northwind.example")
    stage.relationships = [replace(pair, mentees=(factories.person("mentee-2"),)), replace(other, mentees=pair.mentees)]
    stage.until(stage.clock.instant + timedelta(hours=6))
    assert not stage.mails("mentee-2", "follow-up")
    assert len(stage.mails("mentor-1", "follow-up")) == 1
