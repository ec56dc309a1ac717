"""Somebody has Attune write into another calendar than before: what is booked moves there, and is not called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.timespan import Span
from agent.services.sweep import sweep
from agent.services.take_in import PLACED
from agent.store import events, schema
from connectors.base import Capability
from connectors.errors import ConnectorError, OutcomeUnknown, Rejected, Temporary
from connectors.memory import MemoryCalendar
from tests.services.stage import Stage

HOUR = timedelta(hours=1)


def changed(stage: Stage, *, reachable: bool = True) -> MemoryCalendar:
    """The mentee names another calendar, in which there is something already; give the one it was."""
    stage.sweep()
    old = stage.calendars["mentee-1"]
    old.capabilities &= ~Capability.WRITE
    stage.calendars["mentee-1"] = MemoryCalendar(stage.people["mentee-1"].email)
    stage.calendars["mentee-1"].add_busy(Span(0, 60))
    stage.calendars["mentee-1"].add_busy(Span(60, 120))
    if reachable:
        stage.former["mentee-1"] = old
    stage.renamed.add("mentee-1")
    stage.terms = "with another calendar"
    return old


def test_what_is_booked_is_written_there_and_taken_out_of_the_former_one(stage: Stage) -> None:
    old, mails = changed(stage), len(stage.sender.sent)
    stage.sweep()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert old.holds() == {}
    assert (stage.told("cancelled"), stage.told("moved"), len(stage.sender.sent)) == ([], [], mails)
    written = len(stage.told("event-written"))
    stage.until(stage.clock.instant + HOUR, every=timedelta(minutes=5))
    assert len(stage.told("event-written")) == written


def test_one_that_cannot_be_reached_any_more_keeps_what_it_has(stage: Stage) -> None:
    old = changed(stage, reachable=False)
    stage.sweep()
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert list(old.holds()) == [stage.uid()]
    assert not stage.told("cancelled")


@pytest.mark.parametrize("error", [Temporary("busy"), OutcomeUnknown("cut")])
def test_what_could_not_be_taken_out_at_once_is_taken_out_later(stage: Stage, error: ConnectorError) -> None:
    old = changed(stage)
    old.faults.fail(error, on="remove")
    stage.sweep()
    stage.until(stage.clock.instant + HOUR)
    assert old.holds() == {}
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert not stage.told("cancelled")


def test_a_former_one_that_may_only_be_read_is_left_as_it_is(stage: Stage) -> None:
    old = changed(stage)
    old.faults.fail(Rejected("forbidden"), on="remove")
    stage.sweep()
    assert list(old.holds()) == [stage.uid()]
    assert (stage.statuses().get("failed"), stage.told("cancelled")) == (None, [])


def test_what_its_owner_then_does_to_it_is_heard(stage: Stage) -> None:
    changed(stage)
    stage.sweep()
    chosen = Span(stage.booked().start + 60, stage.booked().end + 60)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.sweep()
    assert stage.booked() == chosen
    stage.calendars["mentee-1"].delete(stage.uid())
    stage.sweep()
    assert len(stage.told("cancelled")) == 1


def test_what_is_cancelled_meanwhile_is_taken_out_of_both(stage: Stage) -> None:
    old = changed(stage)
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.sweep()
    assert len(stage.told("cancelled")) == 1
    assert old.holds() == {}
    assert stage.uid() not in stage.events("mentee-1")


def test_what_moves_meanwhile_is_where_it_is_to_be(stage: Stage) -> None:
    old = changed(stage)
    stage.calendars["mentor-1"].add_busy(stage.booked())
    stage.sweep()
    assert len(stage.told("moved")) == 1
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert old.holds() == {}


def test_one_calendar_under_another_address_keeps_its_event(stage: Stage) -> None:
    stage.sweep()
    programme, same = stage.programme(), stage.calendars["mentee-1"]
    here = programme.places["mentor-1"]
    with stage.store.begin() as tx:
        known = events.get(tx, stage.uid(), "mentee-1")
        assert known is not None
        events.put(tx, stage.uid(), "mentee-1", replace(known, calendar="before"))
    stage.calendars["mentee-1"].add_busy(Span(0, 60))
    calendars = {**programme.calendars, "mentee-1": (same, same)}
    sweep(replace(programme, calendars=calendars, places={"mentor-1": here, "mentee-1": ("after", "before")}))
    assert stage.events("mentee-1") == {stage.uid(): stage.booked()}
    with stage.store.look() as tx:
        moved = events.get(tx, stage.uid(), "mentee-1")
    assert moved is not None
    assert moved.calendar == "after"


def test_what_was_written_before_this_was_kept_is_where_they_book_at_the_first_sweep(stage: Stage) -> None:
    stage.sweep()
    with stage.store.begin() as tx:
        tx.execute(schema.events.update().values(calendar=None))
        tx.execute(schema.marks.delete().where(schema.marks.c.name == PLACED))
    old = changed(stage)
    stage.sweep()
    assert old.holds() == {}
    assert not stage.told("cancelled")
