"""The two servers, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import caldav
from tests.servers.caldav import CalDavServer


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    with caldav.radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    with caldav.xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server
