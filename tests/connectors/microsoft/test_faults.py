"""Hundreds of faults over create, move and cancel leave every meeting where it belongs, once."""

from __future__ import annotations

import pytest

from tests.connectors.microsoft.faults import campaign
from tests.servers.microsoft.stage import Stage

pytestmark = [pytest.mark.xdist_group("microsoft"), pytest.mark.slow]


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_written_twice_lost_or_stuck(stage: Stage, seed: int) -> None:
    outcome = campaign(stage, faults=150, seed=seed)
    assert outcome.harm == (0, 0, 0), outcome
    assert outcome.faults.total() >= 150
    assert len(outcome.faults) == 8, "every kind of fault has struck"
