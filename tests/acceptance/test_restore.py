"""The real process on real servers: backed up while it runs, put back to before it began, and nothing is done twice."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.deployment import Deployment, running
from tests.acceptance.test_run import PEOPLE, uids, wait_until
from tests.store.conftest import postgresql_server
from tests.store.postgresql import Server

__all__ = ["postgresql_server"]


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with running(tmp_path) as found:
        yield found


def world(deployment: Deployment) -> tuple[object, ...]:
    """What people see: every event's time and version, and every mail."""
    shown = ("UID", "DTSTART", "SEQUENCE")
    events = [
        sorted(re.findall(rf"^(?:{'|'.join(shown)})\b.*$", text, re.MULTILINE))
        for person in PEOPLE
        for text in deployment.events(person)
    ]
    return events, sorted(str(mail["Message-ID"]) for mail in deployment.sent())


def test_what_was_done_after_the_backup_is_not_done_again(deployment: Deployment) -> None:
    file = str(deployment.home / "early.backup")
    deployment.attune("backup", file)
    daemon = deployment.start("run")
    try:
        wait_until(lambda: len(deployment.sent()) >= len(PEOPLE))
        deployment.attune("backup", str(deployment.home / "late.backup"))
        assert "stop that one first" in deployment.attune("restore", file, code=1).stderr
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    before = world(deployment)
    deployment.attune("restore", file)
    deployment.attune("run", "--once")
    assert world(deployment) == before
    for person in PEOPLE:
        assert len(uids(deployment, person)) == 1
    entries = json.loads(deployment.attune("journal", "--json").stdout)["entries"]
    assert [entry["event"] for entry in entries[:2]] == ["restored", "adopted"]
    assert {entry["event"] for entry in entries[2:]} == {"withheld"}


def test_from_sqlite_to_postgresql(deployment: Deployment, postgresql_server: Server) -> None:
    """A programme that outgrows one process takes its meetings along."""
    deployment.attune("run", "--once")
    before = world(deployment)
    file = str(deployment.home / "a.backup")
    deployment.attune("backup", file)
    with postgresql_server.database() as url:
        settings = deployment.home / "attune.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("sqlite:///attune.db", f'"{url}"'), encoding="utf-8")
        deployment.attune("restore", file)
        deployment.attune("run", "--once")
        assert world(deployment) == before
        status = json.loads(deployment.attune("status", "--json").stdout)
        assert status["relationships"][0]["meeting"]["number"] == 1
