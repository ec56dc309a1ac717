"""Whoever asks changes nothing: what a question finds out about a calendar is said to the asker, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent.core.intents import MailKind
from agent.services.explain_search import inquire
from agent.services.find_slots import find_others, find_slots
from agent.services.plan_programme import plan_one_by_one, plan_together
from agent.services.preview_mail import preview_mail
from agent.services.programme import Programme
from agent.store import schema
from connectors.errors import Temporary
from tests.services.stage import NOON, Stage

FAR = NOON + timedelta(weeks=200)


def _preview(programme: Programme) -> object:
    pair = programme.relationships["pair-1"]
    return preview_mail(programme, MailKind.CANNOT_FIND, pair.mentor, pair)


QUESTIONS: dict[str, Callable[[Programme], object]] = {
    "slots": lambda programme: find_slots(programme, programme.relationships["pair-1"]).slots,
    "slots from far away": lambda programme: (
        find_slots(programme, programme.relationships["pair-1"], FAR, FAR + timedelta(weeks=1)).slots
    ),
    "slots instead": lambda programme: find_others(programme, programme.relationships["pair-1"]),
    "explain": lambda programme: inquire(programme, programme.relationships["pair-1"]),
    "plan": plan_one_by_one,
    "plan together": plan_together,
    "preview": _preview,
}


def rows(stage: Stage) -> dict[str, list[Any]]:
    """Everything the store holds."""
    with stage.store.begin() as tx:
        return {table.name: sorted(map(str, tx.execute(table.select()))) for table in schema.metadata.sorted_tables}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("swept", [False, True], ids=["before", "after"])
def test_a_question_changes_nothing_in_the_store(stage: Stage, ask: Callable[[Programme], object], swept: bool) -> None:
    """A question about next year would otherwise mark a calendar unreadable that every sweep can read."""
    if swept:
        stage.sweep()
    stage.clock.instant += timedelta(hours=1)
    before = rows(stage)
    ask(stage.programme())
    assert rows(stage) == before
    stage.calendars["mentee-1"].faults.fail(Temporary("away"), on="read", times=9)
    with capture_logs() as lines:
        ask(stage.programme())
    assert rows(stage) == before
    assert {(line["event"], line["person"], line["calendar"]) for line in lines} == {
        ("calendar unreadable", "mentee-1", 0)
    }


def test_a_question_does_not_hide_what_a_sweep_has_found(stage: Stage) -> None:
    """It reads well what could not be read before; that is for the next sweep to say."""
    stage.calendars["mentee-1"].faults.fail(Temporary("away"), on="read")
    stage.sweep()
    assert len(stage.told("calendar-unreadable")) == 1
    before = rows(stage)
    plan_one_by_one(stage.programme())
    assert rows(stage) == before
