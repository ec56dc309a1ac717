"""A Google as a process of its own, emptied before each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.connectors.google.owner import NOW, GoogleOwner
from tests.contract.owners import ADDRESS, ZONE
from tests.servers.google.running import GoogleServer, google

BACK = "http://127.0.0.1:8080/back"


@pytest.fixture(scope="session")
def google_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    with google(tmp_path_factory.mktemp("google")) as server:
        yield server


@pytest.fixture
def server(google_process: GoogleServer) -> Iterator[GoogleServer]:
    """A Google with one account; a test fails where the double was wrong."""
    google_process.begin(NOW, [{"email": ADDRESS, "name": "Example Mentor", "zone": ZONE}], BACK)
    yield google_process
    google_process.assert_sound()


@pytest.fixture
def make(server: GoogleServer, more: tuple[str, ...]) -> Iterator[Callable[[], GoogleOwner]]:
    """Make the one owner; ``more`` is what they allow."""
    with ExitStack() as stack:

        def owner() -> GoogleOwner:
            made = GoogleOwner(server, more)
            stack.callback(made.close)
            return made

        yield owner


@pytest.fixture
def more() -> tuple[str, ...]:
    """Allow nothing beyond the usual."""
    return ()


@pytest.fixture
def owner(make: Callable[[], GoogleOwner]) -> GoogleOwner:
    return make()
