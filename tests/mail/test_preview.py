"""A preview is the very mail a person would get, from the deployment as it is, and leaves no trace."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli import run
from agent.core.intents import MailKind
from agent.services.preview_mail import Basis, preview_mail, usual_relationship
from tests import factories
from tests.mail import letters
from tests.services.stage import NOON, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, [letters.pair(), letters.circle()])


def preview(stage: Stage, kind: MailKind, name: str = "pair-1") -> tuple[str, Basis]:
    programme = stage.programme()
    relationship = programme.relationships[name]
    shown = preview_mail(programme, kind, relationship.mentor, relationship)
    return str(shown.message["Subject"]), shown.basis


@pytest.mark.parametrize("kind", list(MailKind))
def test_every_mail_has_a_preview_before_anything_is_booked(stage: Stage, kind: MailKind) -> None:
    assert preview(stage, kind)[1] is Basis.FOUND
    assert not stage.sender.sent
    assert not stage.statuses()
    assert not stage.journal()


@pytest.mark.parametrize("kind", list(MailKind))
def test_a_preview_speaks_of_the_meeting_that_is_booked(stage: Stage, kind: MailKind) -> None:
    stage.sweep()
    subject, basis = preview(stage, kind)
    assert basis is Basis.BOOKED
    if kind not in {MailKind.FOLLOW_UP, MailKind.CANNOT_FIND}:
        assert f"{stage.booked().starts_at:%-d %b, %H:%M}" in subject


def test_an_invitation_is_previewed_as_it_is_sent(stage: Stage) -> None:
    stage.sweep()
    programme = stage.programme()
    relationship = programme.relationships["pair-1"]
    shown = preview_mail(programme, MailKind.INVITATION, relationship.mentor, relationship)
    sent = {mail["Message-ID"]: mail.as_bytes() for mail in stage.mails("mentor-1", "invitation")}
    assert sent[shown.message["Message-ID"]] == shown.message.as_bytes()


def test_a_follow_up_is_about_the_meeting_that_was_held(stage: Stage) -> None:
    stage.sweep()
    stage.clock.instant = stage.booked().ends_at
    stage.sweep()
    assert preview(stage, MailKind.FOLLOW_UP)[1] is Basis.HELD


def test_where_no_time_is_free_one_is_made_up_and_said_to_be(stage: Stage) -> None:
    stage.calendars["mentee-1"].add_busy(factories.span("2027-02-20 00:00", 60 * 24 * 200))
    subject, basis = preview(stage, MailKind.AGENDA)
    assert basis is Basis.EXAMPLE
    assert "Tue 2 Mar, 12:00" in subject


def test_the_relationship_with_a_meeting_is_taken_before_the_others(stage: Stage) -> None:
    stage.relationships = [replace(letters.pair(), paused=True), letters.circle()]
    programme = stage.programme()
    assert usual_relationship(programme, letters.MENTOR) == programme.relationships["pair-1"]
    stage.sweep()
    assert usual_relationship(programme, letters.MENTOR) == programme.relationships["circle-1"]
    assert usual_relationship(programme, factories.person("nobody")) is None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert run(["init", str(tmp_path / "home")]) == 0
    found = tmp_path / "home"
    with (found / "attune.yaml").open("a", encoding="utf-8") as file:
        file.write("\nrehearsal: true\n")
    text = (found / "attune.yaml").read_text(encoding="utf-8")
    (found / "attune.yaml").write_text(text.replace("rehearsal: false\n", "", 1), encoding="utf-8")
    return found


def command(home: Path, *arguments: str) -> int:
    return run(["preview", *arguments, "--home", str(home), "--at", NOON.isoformat()])


def test_the_command_prints_the_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command(home, "agenda", "--for", "mentor-1") == 0
    said = capsys.readouterr()
    assert said.out.startswith("Subject: Agenda com Example Mentee: ")
    assert "Olá, Example Mentor!" in said.out
    assert "no meeting is booked" in said.err


def test_the_command_writes_both_forms_to_files(home: Path, tmp_path: Path) -> None:
    page, text = tmp_path / "page.html", tmp_path / "text.txt"
    assert command(home, "invitation", "--for", "mentee-1", "--html", str(page), "--text", str(text)) == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert text.read_text(encoding="utf-8").startswith("Hello Example Mentee,")


def test_the_command_prints_an_object(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command(home, "moved", "--for", "mentee-1", "--relationship", "pair-1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"mail", "person", "relationship", "meeting", "sample", "subject", "text", "html"}
    assert shown["sample"] is False
    assert shown["mail"] == "moved"
    assert shown["meeting"]["basis"] == "found"
    assert shown["meeting"]["start"].endswith("Z")


def test_that_there_is_no_time_is_said_to_be_a_sample_where_there_is_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or whoever looks at the mail believes it."""
    capsys.readouterr()
    assert command(home, "cannot-find", "--for", "mentee-1") == 0
    assert "a sample: there are times at which they could meet" in capsys.readouterr().err
    assert command(home, "cannot-find", "--for", "mentee-1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["sample"] is True


def test_where_there_is_no_time_the_mail_is_no_sample(stage: Stage) -> None:
    stage.calendars["mentee-1"].add_busy(factories.span("2027-02-20 00:00", 60 * 24 * 200))
    programme = stage.programme()
    relationship = programme.relationships["pair-1"]
    assert not preview_mail(programme, MailKind.CANNOT_FIND, relationship.mentor, relationship).sample


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("agneda", "--for", "mentor-1"), "there is no mail 'agneda'; did you mean agenda?"),
        (("agenda", "--for", "mentor-2"), "there is no person 'mentor-2'; did you mean mentor-1?"),
        (("agenda", "--for", "mentor-1", "--relationship", "pair-9"), "there is no pair or circle 'pair-9'"),
        (("agenda",), "--for"),
    ],
)
def test_a_mistake_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    capsys.readouterr()
    assert command(home, *arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_somebody_in_no_relationship_or_another_one_is_said_to_be(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = home / "people.yaml"
    text = people.read_text(encoding="utf-8")
    extra = (
        "  - {id: mentee-2, name: Second Mentee, email: mentee-2@example.org, time_zone: UTC, "
        'availability: [{from: "09:00", to: "17:00"}]}\n\n'
    )
    people.write_text(text.replace("# A mentor and a mentee.", extra + "# A mentor and a mentee.", 1), encoding="utf-8")
    capsys.readouterr()
    assert command(home, "agenda", "--for", "mentee-2") == 2
    assert "mentee-2 is in no pair or circle yet" in capsys.readouterr().err
    assert command(home, "agenda", "--for", "mentee-2", "--relationship", "pair-1") == 2
    assert "mentee-2 is not in pair-1; it has mentor-1, mentee-1" in capsys.readouterr().err


def test_a_broken_template_is_named_by_file_and_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = home / "templates" / "email" / "agenda"
    own.mkdir(parents=True)
    (own / "body.html.j2").write_text("<p>\n{{ secret_of_mine }}</p>", encoding="utf-8")
    capsys.readouterr()
    assert command(home, "agenda", "--for", "mentor-1") == 2
    err = capsys.readouterr().err
    assert "templates/email/agenda/body.html.j2:2: 'secret_of_mine' is undefined" in err
    assert "take it away to use the one that ships" in err
