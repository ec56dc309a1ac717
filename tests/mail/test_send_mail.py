"""What is sent at the moment of sending: in the reader's hours, true, in the right order of words, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.relationships import MeetingStatus, State
from agent.mail.render import Renderer
from agent.services.send_mail import send_mail
from agent.services.sweep import sweep
from agent.services.verdicts import Done, Later, Verdict, Withdrawn
from agent.store import claims, intents, meetings, relationships
from agent.store.claims import Claimed
from tests import factories
from tests.mail import letters
from tests.services.stage import NOON, Stage

WEEK = timedelta(weeks=1)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A pair whose mentor is written to from 9 to 17 on weekdays."""
    mentor = replace(letters.MENTOR, messages=(factories.rule("09:00", "17:00", factories.WEEKDAYS),))
    return Stage(tmp_path, [letters.pair(mentor)])


def intent(kind: MailKind, person: str = "mentor-1", *, revision: int = 0, expires: datetime | None = None) -> Intent:
    return Intent("pair-1", 2, revision, IntentKind.SEND_MAIL, person, NOON, kind, expires)


def send(stage: Stage, wanted: Intent, state: State | None = None, *, lost: int = 0) -> Verdict:
    programme = stage.programme()
    booked = State(number=2, meeting=letters.meeting(revision=wanted.revision))
    return send_mail(
        programme,
        programme.relationships["pair-1"],
        state or booked,
        Claimed(wanted, epoch=1, attempts=lost + 1, lost=lost),
    )


def record(stage: Stage, status: MeetingStatus, revision: int = 0) -> None:
    with stage.store.begin() as tx:
        relationships.synchronise(tx, {"pair-1": "terms"}, NOON)
        meetings.put(tx, "pair-1", ["mentor-1", "mentee-1"], letters.meeting(status=status, revision=revision), 0, 0)


def told(stage: Stage, kind: MailKind, revision: int = 0, *, done: bool = True) -> None:
    """An earlier mail about the meeting: sent, or still waiting."""
    with stage.store.begin() as tx:
        intents.add(tx, [intent(kind, revision=revision)], NOON)
        if done:
            (claimed,) = claims.claim(tx, claims.due(tx, NOON, 1), NOON, timedelta(minutes=2))
            claims.settle(tx, [claims.finished(claimed, NOON, "250")])


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2027-03-01T08:59+00:00", "2027-03-01T09:00+00:00"),
        ("2027-03-01T17:00+00:00", "2027-03-02T09:00+00:00"),
        ("2027-03-05T23:00+00:00", "2027-03-08T09:00+00:00"),
    ],
)
def test_a_mail_waits_for_its_readers_hours(stage: Stage, moment: str, opens: str) -> None:
    stage.clock.instant = datetime.fromisoformat(moment)
    assert send(stage, intent(MailKind.INVITATION)) == Later(datetime.fromisoformat(opens), "hours")
    assert not stage.sender.sent


def test_a_mail_that_would_wait_too_long_is_let_be(stage: Stage) -> None:
    stage.clock.instant = datetime.fromisoformat("2027-03-05T23:00+00:00")
    late = intent(MailKind.AGENDA, expires=datetime.fromisoformat("2027-03-08T09:00+00:00"))
    assert send(stage, late) == Withdrawn("too-late")


def test_somebody_without_hours_is_never_written_to(stage: Stage) -> None:
    pair = stage.relationships[0]
    stage.relationships = [replace(pair, mentor=replace(pair.mentor, messages=()))]
    assert send(stage, intent(MailKind.INVITATION)) == Withdrawn("no-hours")


def test_somebody_who_has_left_is_not_written_to(stage: Stage) -> None:
    assert send(stage, intent(MailKind.INVITATION, "mentee-9")) == Withdrawn("person-gone")


@pytest.mark.parametrize("kind", [MailKind.INVITATION, MailKind.AGENDA])
def test_a_mail_is_dated_by_the_programmes_clock_and_known_by_its_intent(stage: Stage, kind: MailKind) -> None:
    wanted = intent(kind)
    assert send(stage, wanted) == Done("250 kept as 1", {"kind": kind.value})
    (mail,) = stage.sender.sent
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{wanted.key}@attune.northwind.example>"


def test_a_lost_answer_gives_one_more_try_with_the_same_bytes(stage: Stage) -> None:
    wanted = intent(MailKind.INVITATION)
    send(stage, wanted)
    send(stage, wanted, lost=1)
    first, second = stage.sender.sent
    assert first.as_bytes() == second.as_bytes()
    assert send(stage, wanted, lost=2) == Withdrawn("outcome-unknown-twice")
    assert len(stage.sender.sent) == 2


@pytest.mark.parametrize("before", [MailKind.INVITATION, MailKind.AGENDA, MailKind.MOVED])
def test_a_move_is_told_as_one_to_whoever_knows_of_the_meeting(stage: Stage, before: MailKind) -> None:
    record(stage, MeetingStatus.BOOKED, 2)
    told(stage, before, 1)
    assert isinstance(send(stage, intent(MailKind.MOVED, revision=2)), Done)
    assert stage.sender.sent[0]["Subject"] == "New time with Example Mentee: Thu 11 Mar, 15:00"


def test_nobodys_first_word_of_a_meeting_is_that_it_moved(stage: Stage) -> None:
    record(stage, MeetingStatus.BOOKED, 1)
    told(stage, MailKind.INVITATION, done=False)
    wanted = intent(MailKind.MOVED, revision=1)
    assert send(stage, wanted) == Done("250 kept as 1", {"kind": "moved"})
    (mail,) = stage.sender.sent
    assert mail["Subject"] == "Meeting with Example Mentee: Thu 11 Mar, 15:00"
    assert wanted.key in mail["Message-ID"]
    assert "SEQUENCE:1" in mail.as_string()


def test_the_same_move_sent_again_says_the_same(stage: Stage) -> None:
    """Its own lost attempt is no earlier word of the meeting."""
    record(stage, MeetingStatus.BOOKED, 1)
    told(stage, MailKind.MOVED, 1)
    send(stage, intent(MailKind.MOVED, revision=1), lost=1)
    assert stage.sender.sent[0]["Subject"].startswith("Meeting with")


def test_a_cancellation_has_the_last_time_and_the_next_revision(stage: Stage) -> None:
    record(stage, MeetingStatus.CANCELLED, 3)
    told(stage, MailKind.INVITATION)
    assert isinstance(send(stage, intent(MailKind.CANCELLED, revision=3), State(number=2)), Done)
    (mail,) = stage.sender.sent
    assert mail["Subject"] == "Cancelled: meeting with Example Mentee, Thu 11 Mar, 15:00"
    (entry,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert {"METHOD:CANCEL", "SEQUENCE:3", "STATUS:CANCELLED"} <= set(entry.splitlines())


def test_nobodys_first_word_of_a_meeting_is_that_it_is_off(stage: Stage) -> None:
    record(stage, MeetingStatus.CANCELLED, 1)
    told(stage, MailKind.INVITATION, done=False)
    assert send(stage, intent(MailKind.CANCELLED, revision=1), State(number=2)) == Withdrawn("never-told")


def test_a_meeting_nobody_kept_is_not_spoken_of(stage: Stage) -> None:
    assert send(stage, intent(MailKind.FOLLOW_UP), State(number=2)) == Withdrawn("meeting-gone")


def test_a_follow_up_to_a_meeting_that_was_called_off_is_not_sent(stage: Stage) -> None:
    record(stage, MeetingStatus.CANCELLED)
    assert send(stage, intent(MailKind.FOLLOW_UP), State(number=2)) == Withdrawn("not-held")


def test_a_follow_up_says_when_the_next_meeting_is(stage: Stage) -> None:
    record(stage, MeetingStatus.HELD)
    following = State(number=3, meeting=letters.meeting(3, span=factories.span("2027-03-25 15:00")))
    send(stage, intent(MailKind.FOLLOW_UP), following)
    send(stage, intent(MailKind.FOLLOW_UP), State(number=2))
    booked, open_ = map(letters.text, stage.sender.sent)
    assert "Thursday, 25 March 2027 at 15:00" in booked
    assert "not booked yet" in open_


def _unable(stage: Stage) -> None:
    """Nobody has a free minute, as far as the mentee's calendar goes."""
    stage.calendars["mentee-1"].add_busy(factories.span("2027-02-20 00:00", 60 * 24 * 100))


def test_cannot_find_is_true_when_it_is_sent(stage: Stage) -> None:
    record(stage, MeetingStatus.CANCELLED)
    wanted = replace(intent(MailKind.CANNOT_FIND), number=1)
    assert send(stage, wanted, State(due=NOON + WEEK)) == Withdrawn("time-found", decide_again=True)
    _unable(stage)
    assert isinstance(send(stage, wanted, State(due=NOON + WEEK)), Done)
    said = letters.text(stage.sender.sent[0])
    assert "no common free time" in said
    assert "what is already in your calendar" not in said


def stuck(stage: Stage, in_days: int) -> Verdict:
    start = factories.span("2027-03-01 12:00").starts_at + timedelta(days=in_days)
    meeting = letters.meeting(span=factories.span(f"{start:%Y-%m-%d %H:%M}"), stuck_told=True)
    with stage.store.begin() as tx:
        relationships.synchronise(tx, {"pair-1": "terms"}, NOON)
        stored = relationships.load(tx, "pair-1")
        state = State(number=2, meeting=meeting)
        relationships.save(tx, "pair-1", stored.version, state, None)
    return send(stage, intent(MailKind.CANNOT_FIND, revision=1), state)


def test_a_meeting_in_conflict_stays_and_says_so(stage: Stage) -> None:
    _unable(stage)
    assert isinstance(stuck(stage, 3), Done)
    assert "It stays where it is" in " ".join(letters.text(stage.sender.sent[0]).split())


def test_a_conflict_that_is_gone_is_not_spoken_of(stage: Stage) -> None:
    assert stuck(stage, 3) == Withdrawn("free-again")


def test_inside_the_notice_there_is_no_other_time_to_find(stage: Stage) -> None:
    pair = stage.relationships[0]
    stage.relationships = [replace(pair, policy=factories.policy(notice=timedelta(days=2)))]
    stage.calendars["mentee-1"].add_busy(factories.span("2027-03-02 12:00"))
    assert isinstance(stuck(stage, 1), Done)
    assert "too little time left to give everybody notice" in letters.text(stage.sender.sent[0])


def test_a_broken_template_is_set_aside_and_the_rest_goes_on(stage: Stage, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "email" / "invitation"
    own.mkdir(parents=True)
    (own / "body.txt.j2").write_text("{{ nobody }}", encoding="utf-8")
    programme = replace(stage.programme(), renderer=Renderer(tmp_path / "templates"))
    sweep(programme)
    assert stage.state().meeting is not None
    assert len(stage.told("event-written")) == 2
    assert [line.detail["why"] for line in stage.told("failed")] == ["TemplateBroken"] * 2
    assert not stage.sender.sent
