"""The doubles of providers as processes, one for all tests of a worker, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.servers.google.running import GoogleServer, google

NOON = datetime(2027, 2, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def google_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    with google(tmp_path_factory.mktemp("google")) as server:
        yield server


@pytest.fixture
def server(google_process: GoogleServer) -> Iterator[GoogleServer]:
    """A Google with two accounts and one client, at a Monday's noon; a test fails where the double was wrong."""
    google_process.reset()
    google_process.set_clock(NOON)
    google_process.add_client("http://127.0.0.1:8080/back")
    google_process.add_account("mentor@gmail.example", name="Example Mentor", zone="Europe/Lisbon")
    google_process.add_account("mentee@gmail.example", name="Example Mentee", zone="Asia/Kolkata")
    yield google_process
    google_process.assert_sound()
