"""“attune backup” and “attune restore”, as an operator meets them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from agent.cli import run
from agent.store.engine import open_store
from tests.cli.test_explain import AT, home

__all__ = ["home"]

ICS = """\
BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:1@northwind.example\r
DTSTART:20270316T093000Z\r
DTEND:20270316T113000Z\r
SUMMARY:CANARY-title\r
DESCRIPTION:CANARY-description\r
LOCATION:CANARY-place\r
END:VEVENT\r
END:VCALENDAR\r
"""


def attune(home: Path, *arguments: object, code: int = 0) -> None:
    assert run([*map(str, arguments), "--home", str(home)]) == code


def journal(home: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    attune(home, "journal", "--json")
    return [entry["event"] for entry in json.loads(capsys.readouterr().out)["entries"]]


@pytest.fixture
def taken(home: Path, tmp_path: Path) -> Path:
    attune(home, "run", "--once", "--at", AT)
    attune(home, "backup", tmp_path / "a.backup")
    return tmp_path / "a.backup"


def test_what_was_backed_up_comes_back(home: Path, taken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = journal(home, capsys)
    assert before
    attune(home, "restore", taken)
    said = capsys.readouterr().out
    assert "what was there before is in" in said
    assert "start Attune again" in said
    assert journal(home, capsys) == [*before, "restored"]
    assert len(list(home.rglob("*.replaced-*"))) == 1


def test_a_file_is_written_over_only_where_that_is_meant(
    home: Path, taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = taken.read_bytes()
    attune(home, "backup", taken, code=2)
    assert "--force" in capsys.readouterr().err
    assert taken.read_bytes() == content
    attune(home, "backup", taken, "--force")
    attune(home, "backup", taken.parent / "nowhere" / "a.backup", code=2)
    assert "is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear diary", "is no backup"),
        (gzip.compress(b'{"format": "attune-backup", "version": 9}\n'), "upgrade attune-agent"),
        (None, "does not exist"),
    ],
    ids=["no backup", "a later version", "nothing there"],
)
def test_a_wrong_file_is_a_mistake_and_changes_nothing(
    home: Path, taken: Path, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = journal(home, capsys)
    wrong = taken.with_name("wrong.backup")
    if content is not None:
        wrong.write_bytes(content)
    attune(home, "restore", wrong, code=2)
    assert said in capsys.readouterr().err
    assert journal(home, capsys) == before


def test_nothing_is_restored_while_attune_is_at_work(
    home: Path, taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(f"sqlite:///{next(home.rglob('*.db'))}")
    with store.exclusive():
        attune(home, "restore", taken, code=1)
    store.close()
    assert "stop that one first" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["2020-01-01T00:00Z", "2190-01-01T00:00Z"])
def test_the_end_of_the_gap_lies_within_it(
    home: Path, taken: Path, moment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    attune(home, "restore", taken, "--worked-until", moment, code=2)
    assert "--worked-until lies between" in capsys.readouterr().err


def test_no_title_password_or_address_gets_into_a_backup(home: Path, tmp_path: Path) -> None:
    """A backup is kept in other places than the database, and for longer."""
    (home / "busy.ics").write_text(ICS, encoding="utf-8")
    (home / "smtp-password").write_text("CANARY-password", encoding="utf-8")
    people = (home / "people.yaml").read_text(encoding="utf-8")
    people = people.replace("    language: pt\n", "    language: pt\n    calendars: [{kind: ics, path: busy.ics}]\n")
    (home / "people.yaml").write_text(people.replace("fertility clinic", "CANARY-label"), encoding="utf-8")
    attune(home, "run", "--once", "--at", AT)
    attune(home, "backup", tmp_path / "a.backup")
    text = gzip.decompress((tmp_path / "a.backup").read_bytes()).decode()
    assert "mentor-1" in text
    for secret in ("CANARY", "northwind.example", "Example Mentor"):
        assert secret not in text
