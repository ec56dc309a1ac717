"""The judge can fail: each of these worlds is doctored in one way, and that way is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.simulation.judge import OUTSIDE, judge
from agent.simulation.outside.findings import Fault
from tests.simulation.planted import BOOKED, MENTEE, MENTOR, PEOPLE, START, UID, UNTIL, Planted, event

DAY = timedelta(days=1)


def faults(planted: Planted) -> dict[str, int]:
    """Kinds of fault that the judge finds, and how often."""
    return {fault: count for fault, count in planted.report()["faults"].items() if count}


def test_a_sound_world_is_as_promised(planted: Planted) -> None:
    found = planted.report()
    assert found["findings"] == []
    assert found["as_promised"]
    assert found["figures"]["meetings held"] == 1
    assert found["figures"]["mails"] == 6
    assert [meeting["state"] for meeting in found["meetings"]] == ["held"]


def test_a_world_in_which_nobody_met_is_not(planted: Planted) -> None:
    """Zero faults among zero meetings proves nothing."""
    planted.plant()
    for person in PEOPLE:
        planted.delete(person)
    for file in planted.world.mails.iterdir():
        file.unlink()
    found = planted.report()
    assert found["findings"] == []
    assert not found["as_promised"]


@pytest.mark.parametrize(
    "start",
    [
        datetime(2027, 2, 10, 15, 0, tzinfo=UTC),  # a hard boundary of the mentor
        datetime(2027, 2, 10, 14, 15, tzinfo=UTC),  # begins before it, ends in it
        datetime(2027, 2, 10, 7, 0, tzinfo=UTC),  # before the mentor's hours
        datetime(2027, 2, 9, 11, 15, tzinfo=UTC),  # a hard boundary of the mentee, who is five and a half hours ahead
        datetime(2027, 2, 16, 10, 15, tzinfo=UTC),  # dates of the mentor
        datetime(2027, 2, 10, 14, 59, tzinfo=UTC),  # past the mentee's hours by minutes
    ],
)
def test_a_meeting_across_somebodys_rule_is_a_violation(planted: Planted, start: datetime) -> None:
    for person in PEOPLE:
        planted.put(person, event(start=start))
    assert faults(planted)[Fault.BOUNDARY]


def test_a_meeting_on_a_public_holiday_is_a_violation(planted: Planted) -> None:
    """26 March 2027 is Good Friday in Portugal and in India; nothing else is in its way."""
    start = datetime(2027, 3, 26, 13, 30, tzinfo=UTC)
    for person in PEOPLE:
        planted.put(person, event(start=start))
    assert faults(planted)[Fault.BOUNDARY] == 2


def test_a_time_that_was_only_announced_counts_too(planted: Planted) -> None:
    """A meeting booked across a boundary and moved before anybody looked was booked across a boundary."""
    crossing = event(start=datetime(2027, 2, 10, 15, tzinfo=UTC), method="REQUEST", uid="other@attune")
    for person in PEOPLE:
        planted.mail(person, BOOKED, "Meeting", "REQUEST", crossing, thread="other")
    assert Fault.BOUNDARY in faults(planted)


def test_a_meeting_over_another_appointment_is_a_violation(planted: Planted) -> None:
    own = event(uid="dentist@elsewhere.example", start=START + timedelta(minutes=44), summary="dentist QX7-DEN9")
    planted.put(MENTEE, own.replace("attune@northwind", "dentist@northwind"), "dentist.ics")
    try:
        assert faults(planted) == {Fault.BOUNDARY: 1}
    finally:
        planted.delete(MENTEE, "dentist.ics")


def test_a_second_meeting_in_one_window_is_a_duplicate(planted: Planted) -> None:
    second = START + 2 * DAY
    for person in PEOPLE:
        planted.put(person, event(uid="planted-2@attune", start=second), "second.ics")
        told = event(uid="planted-2@attune", start=second, method="REQUEST")
        planted.mail(person, BOOKED, "Meeting", "REQUEST", told, thread="second")
    assert faults(planted)[Fault.DUPLICATE] == 1


def test_one_identity_for_two_mails_is_a_duplicate(planted: Planted) -> None:
    planted.mail(MENTEE, BOOKED, "Something else", identity="<1@attune.northwind.example>", thread="other")
    assert faults(planted) == {Fault.DUPLICATE: 1}


def test_saying_the_same_again_is_a_duplicate(planted: Planted) -> None:
    planted.mail(MENTEE, START - DAY, "Plan")
    assert faults(planted)[Fault.DUPLICATE] == 1


@pytest.mark.parametrize(
    ("person", "at"),
    [
        (MENTOR, datetime(2027, 2, 10, 17, 0, tzinfo=UTC)),  # the minute the mentor's hours end
        (MENTOR, datetime(2027, 2, 14, 12, 0, tzinfo=UTC)),  # a Sunday
        (MENTEE, datetime(2027, 2, 11, 4, 29, tzinfo=UTC)),  # one minute before ten in Kolkata
    ],
)
def test_a_mail_at_night_is_counted(planted: Planted, person: str, at: datetime) -> None:
    planted.mail(person, at, "Late", thread="other")
    assert faults(planted) == {Fault.HOURS: 1}


@pytest.mark.parametrize("cte", ["quoted-printable", "base64"])
@pytest.mark.parametrize("text", ["the school run QX7-RUN1, you know", "School  Run qx7-run1", "= QX7-OOF3"])
def test_a_private_text_in_a_mail_is_found(planted: Planted, text: str, cte: str) -> None:
    """However it is encoded, spaced or written, and whosever it is: a label, or the title of an appointment."""
    planted.mail(MENTEE, BOOKED, "News", text=text, cte=cte, thread="other")
    assert faults(planted)[Fault.LEAK]


def test_a_private_text_in_an_event_is_found_even_in_a_folded_line(planted: Planted) -> None:
    planted.put(MENTEE, event(summary="Mentoring (after the clinic\r\n  QX7-C\r\n LI1)"))
    assert faults(planted) == {Fault.LEAK: 1}


@pytest.mark.parametrize("name", ["log", "page.html", "attune.db"])
def test_a_private_text_in_a_file_is_found(planted: Planted, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xff caring for nana &#81;X7-NAN1 \x00")
    planted.search = [tmp_path]
    assert faults(planted) == {Fault.LEAK: 1}


def test_a_password_in_a_file_is_found(planted: Planted, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"login with {planted.world.logins[MENTOR]}", encoding="utf-8")
    planted.search = [tmp_path / "log"]
    assert faults(planted) == {Fault.LEAK: 1}


@pytest.mark.parametrize(("name", "count"), [("0002.eml", 1), ("0003.eml", 1), ("0001.eml", 1)])
def test_a_missing_mail_is_counted(planted: Planted, name: str, count: int) -> None:
    """Invitation, agenda, follow-up: each to each person."""
    (planted.world.mails / name).unlink()
    assert faults(planted)[Fault.UNTOLD] >= count


def test_a_second_follow_up_is_counted(planted: Planted) -> None:
    planted.mail(MENTEE, START + 2 * DAY, "After, again")
    assert faults(planted) == {Fault.UNTOLD: 1}


def test_a_meeting_that_vanished_without_a_word_is_counted(planted: Planted) -> None:
    for person in PEOPLE:
        planted.delete(person)
    assert faults(planted)[Fault.UNTOLD] == 2


def test_a_move_that_nobody_was_told_of_is_counted(planted: Planted) -> None:
    for person in PEOPLE:
        planted.put(person, event(start=START + DAY, sequence=1))
    contradicted = [each for each in planted.report()["findings"] if "contradicts the calendar" in each["what"]]
    assert len(contradicted) == 2


def test_a_version_told_twice_is_counted(planted: Planted) -> None:
    planted.mail(MENTEE, BOOKED + timedelta(hours=1), "Meeting again", "REQUEST", event(method="REQUEST"))
    assert faults(planted)[Fault.UNTOLD] == 1


@pytest.mark.parametrize(
    ("method", "entry", "attached"),
    [
        ("CANCEL", event(method="REQUEST", uid="x@attune"), ""),
        ("REQUEST", event(method="REQUEST", uid="x@attune", status="CANCELLED"), ""),
        ("REQUEST", event(uid="x@attune"), ""),
        ("REQUEST", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", ""),
        ("REQUEST", "no calendar at all", ""),
        ("REQUEST", event(method="REQUEST", uid="x@attune"), event(method="REQUEST", uid="y@attune")),
    ],
)
def test_an_invitation_that_a_program_stumbles_over_is_counted(
    planted: Planted, method: str, entry: str, attached: str
) -> None:
    planted.mail(MENTEE, BOOKED, "Meeting", method, entry, attached=attached, thread="other")
    assert faults(planted)[Fault.SUMMONS] >= 1


def test_calendars_that_disagree_are_counted(planted: Planted) -> None:
    planted.put(MENTEE, event(start=START + DAY))
    found = planted.report()
    assert found["faults"][Fault.SPLIT] == 1
    assert found["figures"]["meetings held"] == 0


def test_a_meeting_in_one_calendar_only_is_counted(planted: Planted) -> None:
    planted.delete(MENTEE)
    assert faults(planted)[Fault.SPLIT] == 1


def test_a_meeting_that_somebody_declined_was_not_held(planted: Planted) -> None:
    planted.put(MENTEE, event(declined=MENTEE))
    assert planted.report()["figures"]["meetings held"] == 0


def act(kind: str, **more: object) -> dict[str, object]:
    """Something the mentee did after the invitation."""
    return {
        "id": kind,
        "kind": kind,
        "at": (BOOKED + DAY).isoformat(),
        "person": MENTEE,
        "people": list(PEOPLE),
        "uid": UID,
        "sequence": 0,
        "was": [START.isoformat(), (START + timedelta(minutes=45)).isoformat()],
        **more,
    }


@pytest.mark.parametrize("kind", ["conflict", "decline", "delete"])
def test_an_act_that_changed_nothing_is_counted(planted: Planted, kind: str) -> None:
    planted.acts([act(kind)])
    assert faults(planted) == {Fault.ACT: 1}


def test_a_persons_own_move_that_did_not_win_is_counted(planted: Planted) -> None:
    there = START + DAY
    planted.acts([act("move", to=[there.isoformat(), (there + timedelta(minutes=45)).isoformat()])])
    assert faults(planted) == {Fault.ACT: 1}


def test_a_persons_own_move_that_won_and_was_told_is_as_promised(planted: Planted) -> None:
    there = START + DAY
    planted.plant()
    for person in PEOPLE:
        moved = event(start=there, sequence=1, stamp=BOOKED + DAY)
        planted.put(person, moved)
        planted.mail(person, BOOKED + DAY, "Moved", "REQUEST", event(start=there, sequence=1, method="REQUEST"))
    for file in ("0003", "0006"):
        envelope = json.loads((planted.world.mails / f"{file}.json").read_text(encoding="utf-8"))
        envelope["at"] = (there + timedelta(hours=2)).isoformat()
        (planted.world.mails / f"{file}.json").write_text(json.dumps(envelope), encoding="utf-8")
    planted.acts([act("move", to=[there.isoformat(), (there + timedelta(minutes=45)).isoformat()])])
    found = planted.report()
    assert found["findings"] == []
    assert found["figures"]["times a meeting was moved"] == 1


def test_a_booking_for_somebody_whose_calendar_could_not_be_read_is_counted(planted: Planted) -> None:
    blind = {"at": (BOOKED - DAY).isoformat(), "until": (BOOKED + DAY).isoformat()}
    planted.acts([{"id": "spoiled", "kind": "spoil", "person": MENTEE, **blind}])
    assert faults(planted) == {Fault.ACT: 1}


def test_it_runs_as_a_process_that_knows_nothing_of_the_programme(planted: Planted) -> None:
    """What shares code with the programme would share its mistakes."""
    assert judge(planted.world, UNTIL, []) == planted.report()
    probe = (
        f"import sys; sys.path.insert(0, {str(OUTSIDE.parent)!r}); import outside.command; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'agent', 'connectors'}))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_its_exit_code_says_whether_all_is_as_promised(planted: Planted, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    codes = []
    for _ in range(2):
        manifest.write_text(json.dumps(planted.world.manifest(UNTIL, [])), encoding="utf-8")
        done = subprocess.run([sys.executable, OUTSIDE, manifest, tmp_path / "report.json"], check=False)
        codes.append(done.returncode)
        (planted.world.mails / "0003.eml").unlink(missing_ok=True)
    assert codes == [0, 1]
