"""What a sweep does is counted where it happens, and no figure names anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent import metrics
from tests.services.stage import Stage


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    with metrics.kept():
        yield


def test_every_plan_that_is_held_against_the_rules_is_counted(stage: Stage) -> None:
    """Once before it is recorded, and once before each effect that binds somebody."""
    stage.sweep()
    told = metrics.exposition().decode()
    assert 'attune_boundary_checks_total{result="allowed"} 5.0' in told
    assert "refused" not in told
    assert not [word for word in ("mentor-1", "mentee-1", "pair-1", "northwind") if word in told]
