"""The two real servers, started once, and a scripted one with a calendar opened on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.caldav.calendar import CalDavCalendar
from tests.connectors.caldav.owner import calendar
from tests.connectors.caldav.replies import PATH, SECRET
from tests.servers import caldav
from tests.servers.caldav import CalDavServer
from tests.servers.scripted import ScriptedServer


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    with caldav.radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    with caldav.xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def opened(server: ScriptedServer) -> Iterator[CalDavCalendar]:
    found = calendar(f"http://127.0.0.1:{server.port}{PATH}", ("someone", SECRET))
    yield found
    found.close()
