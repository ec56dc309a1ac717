"""What is allowed and still worth a word."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent.settings.notices import notices
from tests.settings import deployment_files

NOW = datetime(2027, 1, 4, tzinfo=UTC)


def said(home: Path, *changes: tuple[str, str, str]) -> list[str]:
    return [str(notice) for notice in notices(deployment_files.read(home, *changes), NOW)]


def test_files_that_are_there_are_not_mentioned(tmp_path: Path) -> None:
    for name in ("secrets/mentor-1", "calendars/mentor-1-team.ics"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("", encoding="utf-8")
    assert not any("no such file" in notice for notice in said(tmp_path))


def test_a_password_file_of_the_mail_server_is_looked_for_too(tmp_path: Path) -> None:
    found = said(tmp_path, ("attune.yaml", "security: none", "security: none, password_file: secrets/smtp"))
    assert any(
        notice.startswith("attune.yaml:3:118 mail.smtp.password_file: there is no such file") for notice in found
    )


def test_somebody_in_no_pair_is_mentioned(tmp_path: Path) -> None:
    found = said(tmp_path, ("people.yaml", ", mentee-3]", "]"))
    assert any(notice.startswith("people.yaml:30:5 people[3]: this person is in no pair") for notice in found)


def test_people_who_can_never_meet_are_mentioned(tmp_path: Path) -> None:
    """Their pair would be told every fortnight that no time was found, and nobody would know why."""
    found = said(tmp_path, ("people.yaml", "Asia/Kolkata", "Pacific/Auckland"))
    never = [notice for notice in found if "never all available for 45 min" in notice]
    assert [notice.split(":")[1] for notice in never] == ["39", "41"]
    assert not [notice for notice in said(tmp_path) if notice.startswith("people.yaml:39")]


def test_whoever_cannot_rotate_is_mentioned_as_anybody_else(tmp_path: Path) -> None:
    """For this mentor the soft hour before ten is as good as hard, and the sentence does not tell why."""
    strict = ("people.yaml", "    media: [video, phone]", "    media: [video, phone]\n    cannot_rotate: true")
    early = ("people.yaml", "from: 10:00, to: 20:00", "from: 09:00, to: 09:45")
    near = ("people.yaml", "Asia/Kolkata", "Europe/London")
    assert not never(said(tmp_path, near, early))
    (notice,) = never(said(tmp_path, strict, near, early))
    assert notice.startswith("people.yaml:40:5 pairs[0]: these people are never all available for 45 min")


def never(found: list[str]) -> list[str]:
    return [notice for notice in found if "never all available" in notice and "pairs[0]" in notice]
