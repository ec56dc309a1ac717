"""A Microsoft as a process of its own, with one organisation and one application for each test; and a scripted one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from connectors.microsoft.calendar import GraphCalendar
from tests.connectors.microsoft.owner import MicrosoftOwner
from tests.connectors.microsoft.scripted import scripted_calendar
from tests.servers.microsoft.graph.schema import PLACE
from tests.servers.microsoft.running import MicrosoftServer, microsoft
from tests.servers.microsoft.stage import Stage, fresh_domain
from tests.servers.scripted import ScriptedServer


@pytest.fixture(scope="session")
def microsoft_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MicrosoftServer, httpx.Client]]:
    if not PLACE.exists():
        pytest.skip(f"there is no description of Graph in ../shared/schemas/{PLACE.name}")
    with (
        microsoft(tmp_path_factory.mktemp("microsoft")) as server,
        httpx.Client(verify=server.trusted, trust_env=False) as client,
    ):
        yield server, client


@pytest.fixture
def stage(microsoft_process: tuple[MicrosoftServer, httpx.Client]) -> Iterator[Stage]:
    """A test fails where the double was wrong."""
    server, client = microsoft_process
    server.reset()
    yield Stage(server, client, fresh_domain()).open()
    server.assert_sound()


@pytest.fixture
def make(stage: Stage) -> Iterator[Callable[[], MicrosoftOwner]]:
    with ExitStack() as stack:

        def owner() -> MicrosoftOwner:
            made = MicrosoftOwner(stage)
            stack.callback(made.close)
            return made

        yield owner


@pytest.fixture
def owner(make: Callable[[], MicrosoftOwner]) -> MicrosoftOwner:
    return make()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def opened(server: ScriptedServer) -> Iterator[GraphCalendar]:
    found = scripted_calendar(server)
    yield found
    found.close()
