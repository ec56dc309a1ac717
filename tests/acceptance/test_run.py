"""The real process on real servers: it books and writes once, stops when asked, and says what is wrong."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.deployment import Deployment, running

PEOPLE = ("mentor-1", "mentee-1")


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with running(tmp_path) as found:
        yield found


def uids(deployment: Deployment, person: str) -> list[str]:
    return [uid for text in deployment.events(person) for uid in re.findall(r"^UID:(\S+)", text, re.MULTILINE)]


def wait_until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_one_sweep_books_in_both_calendars_and_writes_to_both(deployment: Deployment) -> None:
    assert "2 people" in deployment.attune("check").stdout
    slots = json.loads(deployment.attune("slots", "pair-1", "--limit", "1", "--json").stdout)
    deployment.attune("run", "--once")
    status = json.loads(deployment.attune("status", "--json").stdout)
    meeting = status["relationships"][0]["meeting"]
    assert meeting["start"] >= slots["candidates"][0]["start"]
    assert uids(deployment, "mentor-1") == uids(deployment, "mentee-1")
    assert len(uids(deployment, "mentor-1")) == 1
    invited = {str(mail["To"]) for mail in deployment.sent() if "Meeting" in str(mail["Subject"])}
    assert invited == {f"Example {name} <{name}@northwind.example>" for name in PEOPLE}
    again = len(deployment.sent())
    deployment.attune("run", "--once")
    assert len(deployment.sent()) == again
    assert len(uids(deployment, "mentor-1")) == 1


def test_a_booked_meeting_is_not_busy_against_itself(deployment: Deployment) -> None:
    """Whoever looks for another time is also offered the one there is."""
    deployment.attune("run", "--once")
    start = json.loads(deployment.attune("status", "--json").stdout)["relationships"][0]["meeting"]["start"]
    slots = json.loads(deployment.attune("slots", "pair-1", "--json").stdout)
    assert start in {candidate["start"] for candidate in slots["candidates"]}


def test_no_label_is_ever_echoed(deployment: Deployment) -> None:
    commands = [
        ("check",), ("check", "--json"), ("run", "--once"), ("status", "--json"), ("journal", "--json"), ("doctor",),
        ("slots", "pair-1", "--json"), *(("preview", "agenda", "--for", name) for name in PEOPLE),
    ]  # fmt: skip
    for arguments in commands:
        done = deployment.attune(*arguments)
        assert "CANARY" not in done.stdout + done.stderr
    assert not [mail for mail in deployment.sent() if "CANARY" in mail.as_string()]
    assert b"CANARY" not in b"".join(path.read_bytes() for path in deployment.home.glob("attune.db*"))


def test_the_daemon_says_it_is_ready_and_stops_within_a_second_of_being_asked(
    deployment: Deployment, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        process = deployment.start("run", NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert manager.recv(999).startswith(b"READY=1")
        wait_until(lambda: len(deployment.sent()) >= 2)
        while not manager.recv(999).startswith(b"WATCHDOG=1"):
            pass
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - asked < 3  # one second, and the interpreter's own end on a busy machine
        assert "stopped" in process.communicate()[1]


def test_the_daemon_takes_in_what_changes_in_its_files(deployment: Deployment) -> None:
    people = deployment.home / "people.yaml"
    whole = people.read_text(encoding="utf-8")
    people.write_text(whole.replace("pairs: [", "pairs: [] # ["), encoding="utf-8")
    process = deployment.start("run")
    try:
        wait_until((deployment.home / "attune.db.lock").exists)
        people.write_text("people: [", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        time.sleep(2)
        assert process.poll() is None
        people.write_text(whole, encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(uids(deployment, "mentor-1")) == 1)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_a_second_process_finds_the_first_at_work(deployment: Deployment) -> None:
    process = deployment.start("run")
    try:
        wait_until(lambda: len(deployment.sent()) >= 2)
        said = deployment.attune("run", "--once", code=1).stderr
        assert "another attune is at work" in said
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_a_calendar_server_that_is_away_is_waited_for(deployment: Deployment) -> None:
    """Unknown is not free: nothing is booked, the operator can see why, and nobody is bothered."""
    people = deployment.home / "people.yaml"
    whole = people.read_text(encoding="utf-8")
    people.write_text(whole.replace(f":{deployment.server.port}/", ":9/", 1), encoding="utf-8")
    deployment.attune("run", "--once")
    status = json.loads(deployment.attune("status", "--json").stdout)
    assert [trouble["person"] for trouble in status["unreadable"]] == ["mentor-1"]
    slots = json.loads(deployment.attune("slots", "pair-1", "--json").stdout)
    assert slots["candidates"] == []
    assert "unknown" in {reason["kind"] for reason in slots["reasons"]}
    deployment.attune("doctor", code=1)
    assert deployment.sent() == []
    people.write_text(whole, encoding="utf-8")
    deployment.attune("run", "--once")
    assert len(uids(deployment, "mentor-1")) == 1


def test_the_clock_of_a_real_programme_cannot_be_set(deployment: Deployment) -> None:
    said = deployment.attune("run", "--once", "--at", "2027-03-01T09:00Z", code=2).stderr
    assert "rehearsal: true" in said


def test_a_store_of_a_newer_attune_is_refused(deployment: Deployment) -> None:
    deployment.attune("run", "--once")
    with sqlite3.connect(deployment.home / "attune.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "newer Attune" in deployment.attune("run", "--once", code=1).stderr


def test_a_store_that_is_no_database_is_a_sentence(deployment: Deployment) -> None:
    (deployment.home / "attune.db").write_bytes(b"this is no database, but a text of some length" * 100)
    assert "attune: the store" in deployment.attune("run", "--once", code=1).stderr
