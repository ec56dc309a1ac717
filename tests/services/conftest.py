"""A stage with one pair, everybody free and open to mail at any time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests import factories
from tests.services.stage import NOON, Stage
from tests.store.conftest import postgresql_server

__all__ = ["postgresql_server"]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(
        tmp_path,
        [factories.pair(policy=factories.policy(notice=timedelta(hours=24)), starts=NOON + timedelta(days=10))],
    )
