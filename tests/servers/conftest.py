"""The doubles of providers as processes, one for all tests of a worker, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.servers.google.running import GoogleServer, google
from tests.servers.microsoft.graph.schema import PLACE
from tests.servers.microsoft.running import MicrosoftServer, microsoft
from tests.servers.microsoft.stage import Stage, fresh_domain

NOON = datetime(2027, 2, 22, 12, tzinfo=UTC)
ACCOUNTS = (
    {"email": "mentor@gmail.example", "name": "Example Mentor", "zone": "Europe/Lisbon"},
    {"email": "mentee@gmail.example", "name": "Example Mentee", "zone": "Asia/Kolkata"},
)


@pytest.fixture(scope="session")
def google_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    with google(tmp_path_factory.mktemp("google")) as server:
        yield server


@pytest.fixture
def server(google_process: GoogleServer) -> Iterator[GoogleServer]:
    """A Google with two accounts and one client, at a Monday's noon; a test fails where the double was wrong."""
    google_process.begin(NOON, ACCOUNTS, "http://127.0.0.1:8080/back")
    yield google_process
    google_process.assert_sound()


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
    """A Microsoft with one organisation and one application; a test fails where the double was wrong."""
    server, client = microsoft_process
    server.reset()
    yield Stage(server, client, fresh_domain()).open()
    server.assert_sound()
