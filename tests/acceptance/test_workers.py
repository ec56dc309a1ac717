"""``attune run --workers`` as an operator sees it: real processes, calendar server, mail server and PostgreSQL."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.acceptance.deployment import Deployment, running
from tests.store import postgresql

PEOPLE = ("mentor-1", "mentee-1")


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    with postgresql.needed() as started:
        yield started


@pytest.fixture
def deployment(server: postgresql.Server, tmp_path: Path) -> Iterator[Deployment]:
    with server.database() as url, running(tmp_path, store=url) as made:
        yield made


def until(wanted: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def booked(deployment: Deployment) -> bool:
    return all(deployment.events(person) for person in PEOPLE) and len(deployment.sent()) >= 2


def test_two_workers_book_once_and_leave_nobody_behind(deployment: Deployment) -> None:
    refused = deployment.attune("run", "--workers", "2", code=1)
    assert "attune db upgrade" in refused.stderr
    first, second = deployment.attune("db", "upgrade"), deployment.attune("db", "upgrade")
    assert first.stdout == second.stdout
    assert "Procrastinate" in first.stdout
    with deployment.start("run", "--workers", "2") as keeper:
        try:
            children = psutil.Process(keeper.pid).children
            until(lambda: booked(deployment))
            alone = deployment.attune("run", "--once", code=1)
            assert "at work on this store" in alone.stderr
            victim = children()[0]
            victim.kill()
            until(lambda: len(children()) == 2 and victim not in children())
            left = children()
        finally:
            keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(60) == 0
    assert not any(each.is_running() for each in left)
    assert [len(deployment.events(person)) for person in PEOPLE] == [1, 1]
    mails = [str(mail["Message-ID"]) for mail in deployment.sent()]
    assert len(mails) == len(set(mails))


def test_workers_whose_keeper_is_killed_end_too(deployment: Deployment) -> None:
    """Nobody finds workers of yesterday beside those of today."""
    deployment.attune("db", "upgrade")
    with deployment.start("run", "--workers", "2") as keeper:
        children = psutil.Process(keeper.pid).children
        until(lambda: len(children()) == 2)
        left = children()
        keeper.kill()
    until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in left))
