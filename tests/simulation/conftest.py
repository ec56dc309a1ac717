"""One running world for all tests of the judge; each starts from the same planted meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.simulation.world import World
from tests.simulation.planted import Planted


@pytest.fixture(scope="session")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("world")
    with World.create(folder, datetime(2027, 2, 1, tzinfo=UTC)).running() as world:
        yield world


@pytest.fixture
def planted(_world: World) -> Planted:
    """A world in which everything is as promised, for a test to doctor."""
    made = Planted(_world)
    made.plant()
    return made
