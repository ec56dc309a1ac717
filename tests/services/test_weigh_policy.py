"""A changed policy that leaves too many without a slot is refused; everything else is taken in, and costs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.core.policy import Policy
from agent.core.relationships import Relationship
from agent.services import weigh_policy
from agent.services.observe import Observer
from agent.services.programme import Programme
from agent.services.weigh_policy import PolicyRefused, Weighed, take_policy, taken_in, weigh
from agent.settings.errors import SettingsError
from agent.settings.values import Deployment
from agent.store import relationships
from connectors.errors import Temporary
from tests.factories import WEEKDAYS, person, policy, rule
from tests.services.stage import NOON, Stage

GOOD = policy(notice=timedelta(days=1), horizon=timedelta(weeks=6))
BAD = replace(GOOD, grid=timedelta(days=1))
"""Meetings start at midnight by UTC, when those who work by day are not there."""


def bond(number: int, rules: Policy, **mentor: Any) -> Relationship:
    availability = (rule("09:00", "12:00", WEEKDAYS),)
    who = person(f"mentor-{number}", availability=availability)
    return Relationship(f"pair-{number}", replace(who, **mentor), (person(f"mentee-{number}"),), rules)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, [bond(1, GOOD), bond(2, GOOD, availability=(rule(),)), bond(3, GOOD), bond(4, GOOD)])


def deployment(stage: Stage, rules: Policy, **changes: Any) -> Deployment:
    """The stage's people under other rules."""
    found = {each.id: replace(each, policy=rules, **changes) for each in stage.relationships}
    said = f'{{"grid": "{rules.grid}"}}'
    return replace(stage.programme().deployment, relationships=found, policy=said, refuse_above=0.2)


def programme(stage: Stage, rules: Policy, **changes: Any) -> Programme:
    return replace(stage.programme(), deployment=deployment(stage, rules, **changes))


def weighed(stage: Stage, rules: Policy = BAD) -> Weighed:
    changed = programme(stage, rules)
    return weigh(changed, deployment(stage, GOOD), Observer(changed, NOON, NOON + timedelta(weeks=12)))


def unasked(_policy: str) -> Deployment:
    raise AssertionError("there is nothing to compare with")


def test_the_first_policy_of_a_store_is_taken_in(stage: Stage) -> None:
    assert taken_in(stage.store) is None
    take_policy(programme(stage, BAD), unasked)
    assert taken_in(stage.store) == deployment(stage, BAD).policy
    take_policy(programme(stage, BAD), unasked)


def test_one_that_leaves_too_many_without_a_slot_is_refused(stage: Stage) -> None:
    good = deployment(stage, GOOD)
    take_policy(programme(stage, GOOD), unasked)
    heard: list[tuple[int, int]] = []
    with pytest.raises(PolicyRefused, match=r"3 of 4 pairs and circles .* \(75 %, refuse_above: 20 %\)") as refused:
        take_policy(programme(stage, BAD), lambda _said: good, passed=lambda done, of: heard.append((done, of)))
    assert refused.value.before == good
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert taken_in(stage.store) == good.policy
    take_policy(programme(stage, BAD), unasked, accept=True)
    assert taken_in(stage.store) == deployment(stage, BAD).policy


def test_what_stays_below_the_limit_is_taken_in(stage: Stage) -> None:
    take_policy(programme(stage, GOOD), unasked)
    bearable = programme(stage, BAD)
    bearable = replace(bearable, deployment=replace(bearable.deployment, refuse_above=0.75))
    take_policy(bearable, lambda _said: deployment(stage, GOOD))
    assert taken_in(stage.store) == bearable.deployment.policy


def test_one_that_fits_the_other_files_no_longer_is_not_compared(stage: Stage) -> None:
    def unfit(_policy: str) -> Deployment:
        raise SettingsError([])

    take_policy(programme(stage, GOOD), unasked)
    take_policy(programme(stage, BAD), unfit)
    assert taken_in(stage.store) == deployment(stage, BAD).policy


def test_a_calendar_that_cannot_be_read_counts_on_neither_side(stage: Stage) -> None:
    stage.calendars["mentee-3"].faults.fail(Temporary("away"), on="read")
    assert weighed(stage) == Weighed(3, 2, 0.2)


def test_who_is_paused_or_over_counts_on_neither_side(stage: Stage) -> None:
    stage.relationships = [
        replace(bond(1, GOOD), paused=True),
        replace(bond(2, GOOD), ends=NOON),
        bond(3, GOOD, availability=()),
        bond(4, GOOD),
    ]
    assert weighed(stage) == Weighed(1, 1, 0.2)


def test_a_booked_meeting_is_no_slot_for_the_next_one(stage: Stage) -> None:
    stage.sweep()
    assert weighed(stage) == Weighed(4, 3, 0.2)
    assert weighed(stage, GOOD).share == 0


def test_a_shorter_horizon_is_no_loss(stage: Stage) -> None:
    """A meeting that is not in sight yet is looked for when it is."""
    stage.sweep()
    assert weighed(stage, replace(GOOD, horizon=timedelta(weeks=1))).lost == 0


def test_many_are_stood_for_by_always_the_same_sample(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weigh_policy, "MOST", 2)
    first = weighed(stage)
    assert first.asked == 2
    assert weighed(stage) == first


def test_nothing_to_ask_is_no_loss(tmp_path: Path) -> None:
    assert weighed(Stage(tmp_path, [])) == Weighed(0, 0, 0.2)
    assert not Weighed(0, 0, 0.0).too_many


def test_weighing_changes_no_state(stage: Stage) -> None:
    stage.sweep()
    with stage.store.look() as tx:
        before = [relationships.find(tx, each.id) for each in stage.relationships]
    weighed(stage)
    with stage.store.look() as tx:
        assert [relationships.find(tx, each.id) for each in stage.relationships] == before
