"""What the check refuses is neither booked nor said; what a rule forbids by now is not carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.slots import Search, Slot, best
from agent.core.timespan import DAY, Span, floor_minute
from agent.services.diagnose import diagnose_store
from agent.store import relationships
from tests import factories
from tests.services.stage import NOON, Stage


def ill(stage: Stage) -> list[tuple[str, str]]:
    return [(finding.part, finding.says) for finding in diagnose_store(stage.store) if not finding.well]


@pytest.mark.refused_on_purpose
def test_a_slot_that_only_the_search_believes_in_is_never_booked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the search must not reach anybody's calendar."""

    def careless(found: Search, due: datetime) -> Slot | None:
        return best(replace(found, observed=factories.observed(found.relationship)), due)

    stage.calendars["mentor-1"].add_busy(Span(floor_minute(NOON), floor_minute(NOON) + 60 * DAY))
    monkeypatch.setattr("agent.core.decide.best", careless)
    swept = stage.sweep()
    assert (swept.set_aside, stage.state().meeting, stage.sender.sent, stage.events("mentor-1")) == (1, None, [], {})
    (line,) = stage.told("check-failed")
    assert (line.relationship, line.person, dict(line.detail)) == ("pair-1", None, {"kinds": "busy"})
    assert ill(stage) == [("decisions", "1 set aside (pair-1: check-failed)")]
    with stage.store.begin() as tx:
        assert relationships.load(tx, "pair-1").wake_at == stage.clock.now() + timedelta(hours=1)
    monkeypatch.undo()
    stage.calendars["mentor-1"].clear_busy()
    stage.until(stage.clock.instant + timedelta(hours=2))
    assert stage.state().meeting is not None
    assert ill(stage) == []


def guarded(stage: Stage, day: Span) -> None:
    """Draw a boundary over a whole day of the mentor's, while the process is at work."""
    pair = stage.relationships[0]
    boundary = factories.hard(first=day.starts_at.date(), last=day.starts_at.date())
    stage.relationships = [replace(pair, mentor=replace(pair.mentor, boundaries=(boundary,)))]


def test_what_a_rule_forbids_between_decision_and_effect_waits_and_is_decided_again(stage: Stage) -> None:
    assert stage.decide().decided == 1
    booked = stage.booked()
    assert (stage.sender.sent, stage.events("mentor-1"), stage.events("mentee-1")) == ([], {}, {})
    guarded(stage, booked)
    stage.sweep()
    assert {line.detail["why"] for line in stage.told("delayed")} == {"forbidden"}
    assert stage.booked().starts_at.date() != booked.starts_at.date()
    assert stage.events("mentor-1") == stage.events("mentee-1") == {stage.uid(): stage.booked()}
    assert len(stage.sender.sent) == 2
    days = {str(mail["Subject"]) for mail in stage.sender.sent}
    assert booked.starts_at.strftime("%-d %B") not in " ".join(days)


def test_news_of_what_is_off_is_not_held_back(stage: Stage) -> None:
    """Only what binds people to a time is checked: a cancellation goes out whatever the rules say."""
    stage.sweep()
    pair = stage.relationships[0]
    stage.relationships, stage.terms = [replace(pair, paused=True)], "paused"
    stage.sweep()
    assert [len(stage.mails(person, "cancelled")) for person in ("mentor-1", "mentee-1")] == [1, 1]


def test_what_its_chooser_tolerated_is_written_and_announced(stage: Stage) -> None:
    stage.sweep()
    chosen = Span(stage.booked().start + 24 * 60, stage.booked().end + 24 * 60)
    guarded(stage, chosen)
    stage.calendars["mentor-1"].move(stage.uid(), chosen)
    stage.sweep()
    assert stage.events("mentee-1") == {stage.uid(): chosen}
    assert len(stage.mails("mentee-1", "moved")) == 1
