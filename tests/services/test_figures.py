"""What a sweep does is counted where it happens, and no figure names anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent import metrics
from agent.core.relationships import Relationship
from connectors.errors import OutcomeUnknown, Rejected, Temporary
from tests import factories
from tests.services.stage import NOON, Stage


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    with metrics.kept():
        yield


def open_from(hours: str) -> Relationship:
    """A pair of which one reads mail from then till noon."""
    reader = factories.person("mentee-1", messages=(factories.rule(hours, "12:00"),))
    policy = factories.policy(notice=timedelta(hours=24))
    return factories.pair(mentee=reader, policy=policy, starts=NOON + timedelta(days=10))


def counted(name: str) -> dict[str, float]:
    text = metrics.exposition().decode()
    return {labels: float(value) for labels, value in re.findall(rf"^{name}{{(\S+)}} (\S+)$", text, re.MULTILINE)}


def test_every_plan_that_is_held_against_the_rules_is_counted(stage: Stage) -> None:
    """Once before it is recorded, and once before each effect that binds somebody."""
    stage.sweep()
    told = metrics.exposition().decode()
    assert 'attune_boundary_checks_total{result="allowed"} 5.0' in told
    assert "refused" not in told
    assert not [word for word in ("mentor-1", "mentee-1", "pair-1", "northwind") if word in told]


def test_every_effect_is_counted_by_what_came_of_it(stage: Stage) -> None:
    """Somebody has to see that mails fail before the people who wait for them do."""
    stage.sender.faults.fail(OutcomeUnknown("cut"), on="send")
    stage.sender.faults.fail(Rejected("550"), on="send")
    stage.calendars["mentor-1"].faults.fail(Temporary("502"), on="create")
    stage.sweep()
    assert counted("attune_effects_total") == {
        'kind="write-event",outcome="done"': 1,
        'kind="write-event",outcome="retry"': 1,
        'kind="invitation",outcome="unknown"': 1,
        'kind="invitation",outcome="failed"': 1,
    }


def test_a_mail_whose_readers_hours_have_changed_is_counted_as_put_off(tmp_path: Path) -> None:
    stage = Stage(tmp_path, [open_from("08:00")])
    stage.sweep()
    stage.relationships = [open_from("10:00")]
    stage.clock.instant += timedelta(hours=20, minutes=30)
    stage.sweep()
    assert counted("attune_mails_deferred_total") == {'reason="hours"': 1}
    assert counted("attune_waits_total") == {'reason="hours"': 1}
    assert counted("attune_effects_total")['kind="invitation",outcome="later"'] == 1
