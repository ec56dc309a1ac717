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


def test_a_secret_that_others_can_read_is_mentioned(tmp_path: Path) -> None:
    secret = tmp_path / "secrets" / "mentor-1"
    secret.parent.mkdir()
    secret.write_text("hush", encoding="utf-8")
    secret.chmod(0o644)
    (told,) = (notice for notice in said(tmp_path) if "others on this machine can read this file" in notice)
    assert "people[0].calendars[0].password_file" in told
    assert "chmod 600" in told
    for mode in (0o600, 0o640):
        secret.chmod(mode)
        assert not any("can read this file" in notice for notice in said(tmp_path))


def test_a_password_file_of_the_mail_server_is_looked_for_too(tmp_path: Path) -> None:
    found = said(tmp_path, ("attune.yaml", "security: none", "security: none, password_file: secrets/smtp"))
    assert any(
        notice.startswith("attune.yaml:3:118 mail.smtp.password_file: there is no such file") for notice in found
    )


GOOGLE = ("people.yaml", "{kind: ics, path: calendars/mentor-1-team.ics}", "{kind: google}")


def test_a_calendar_that_nobody_can_grant_access_to_is_mentioned(tmp_path: Path) -> None:
    told = "nobody can grant access at google: attune.yaml has no section “google”"
    assert any(f"people[0].calendars[1]: {told}" in notice for notice in said(tmp_path, GOOGLE))
    client = ("attune.yaml", "rehearsal: false", "google: {client_id: one}\nrehearsal: false")
    assert not any(told in notice for notice in said(tmp_path, GOOGLE, client))


def test_the_file_of_a_clients_secret_is_looked_for(tmp_path: Path) -> None:
    section = "google: {client_id: one, client_secret_file: secrets/google}\nrehearsal: false"
    found = said(tmp_path, ("attune.yaml", "rehearsal: false", section))
    assert any("google.client_secret_file: there is no such file" in notice for notice in found)


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


def test_what_is_over_is_mentioned_at_its_line(tmp_path: Path) -> None:
    """Last year's journey does nothing, and whoever wrote it waits for it to do something."""
    travel = "week_starts: sun\n    travel: [{dates: 2026-03-01..2026-03-09, time_zone: Asia/Tokyo}]"
    rule = '{label: early start, rrule: "FREQ=DAILY;UNTIL=20261231", since: 2026-01-05, from: "09:00"'
    found = said(
        tmp_path,
        ("people.yaml", "week_starts: sun", travel),
        ("people.yaml", '{label: early start, days: mon-fri, from: "09:00"', rule),
    )
    assert (
        "people.yaml:38:22 people[3].travel[0].dates: this travel was over on 2026-03-09; "
        "take it out, or correct the year" in found
    )
    assert (
        "people.yaml:15:37 people[0].boundaries[1].rrule: this recurrence was over on 2026-12-31, so the rule does "
        "nothing; write a later UNTIL, or leave it out" in found
    )


def test_what_is_over_only_in_some_zones_is_not_mentioned(tmp_path: Path) -> None:
    """It is still the third in Honolulu."""
    travel = "week_starts: sun\n    travel: [{dates: 2027-01-03, time_zone: Pacific/Honolulu}]"
    assert not [notice for notice in said(tmp_path, ("people.yaml", "week_starts: sun", travel)) if "over" in notice]


def test_good_hours_the_wrong_way_round_are_mentioned(tmp_path: Path) -> None:
    """Everybody's day would cost, and their night nothing."""
    person = ("people.yaml", "week_starts: sun", 'good_hours: [{from: "17:00", to: "09:00"}]')
    policy = ("policy.yaml", "holidays: respect", 'good_hours: [{from: "18:00", to: "08:00"}, {days: mon}]')
    programmes_own, persons = (notice for notice in said(tmp_path, person, policy) if "through the night" in notice)
    odd = "these good hours run through the night, from"
    where, what = programmes_own.split(f": {odd} ")
    assert where == "policy.yaml:10:21 good_hours[0].from"
    assert what == "18:00 to 08:00 of the next day; if the day is meant, write “from: 08:00” and “to: 18:00”"
    assert persons.startswith(f"people.yaml:37:25 people[3].good_hours[0].from: {odd} 17:00 to 09:00")


def test_somebody_who_works_at_night_is_not_asked_twice(tmp_path: Path) -> None:
    night = ("people.yaml", "week_starts: sun", 'good_hours: [{from: "21:00", to: "05:00"}]')
    assert not [notice for notice in said(tmp_path, night) if "through the night" in notice]
