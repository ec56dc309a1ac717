"""What we write must reach every calendar program whole, and must not take away what people added to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from agent.core.invitations import Attendee, Invitation
from agent.core.observation import Answer
from agent.core.timespan import Span, floor_minute
from agent.ical.errors import NotCalendar
from agent.ical.write import calendar, rewritten

START = floor_minute(datetime(2026, 3, 3, 14, 30, tzinfo=UTC))
INVITATION = Invitation(
    uid="0123abc@attune",
    sequence=2,
    span=Span(START, START + 45),
    summary="Conversa de mentoria: Ação e Coração, à terça-feira, número vinte e três; quarenta e cinco minutos",
    description="Primeira linha\nSegunda, com vírgula; e \\ barra",
    organizer=Attendee("Attune", "attune@northwind.example"),
    attendees=(
        Attendee("Examplé Mentör", "mentor-1@northwind.example", Answer.ACCEPTED),
        Attendee("Example Mentee", "mentee-1@northwind.example"),
    ),
    stamp=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    location="Vídeo",
)

ADDED = """\
DTSTART;TZID=Europe/Lisbon:20260303T143000
DURATION:PT45M
CATEGORIES:Mentoring,Work
COMMENT:bring the book
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
ATTENDEE;PARTSTAT=DECLINED;CN=Old:mailto:MENTOR-1@northwind.example
ATTENDEE;PARTSTAT=ACCEPTED;CN=Guest:mailto:guest@elsewhere.example
ATTENDEE;SCHEDULE-AGENT=CLIENT;CN=Gone:mailto:mentee-9@northwind.example
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Soon
TRIGGER:-PT15M
END:VALARM
"""


def event_of(data: bytes) -> Any:
    whole = Calendar.from_ical(data)
    assert isinstance(whole, Calendar)
    (event,) = whole.events
    assert not event.errors
    return event


def standing(sequence: int = 1, extra: str = ADDED, uid: str = INVITATION.uid) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Other//EN\nBEGIN:VEVENT\nUID:{uid}\nSEQUENCE:{sequence}\n{extra}"
    return (text + "SUMMARY:Old\nDESCRIPTION:Old\nEND:VEVENT\nEND:VCALENDAR\n").replace("\n", "\r\n").encode()


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_lines_end_in_crlf_and_never_pass_75_octets_though_names_are_not_ascii() -> None:
    data = calendar(INVITATION)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    for line in data.split(b"\r\n"):
        line.decode()  # no character is cut in two


def test_a_meeting_is_read_back_as_it_was_said() -> None:
    event = event_of(calendar(INVITATION))
    assert event["SUMMARY"] == INVITATION.summary
    assert event["DESCRIPTION"] == INVITATION.description
    assert event["LOCATION"] == INVITATION.location
    assert (event.start, event.end) == (INVITATION.span.starts_at, INVITATION.span.ends_at)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (INVITATION.uid, 2, "CONFIRMED")
    assert event["DTSTAMP"].dt == INVITATION.stamp
    assert [(a, a.params["CN"], a.params["PARTSTAT"]) for a in event["ATTENDEE"]] == [
        ("mailto:mentor-1@northwind.example", "Examplé Mentör", "ACCEPTED"),
        ("mailto:mentee-1@northwind.example", "Example Mentee", "NEEDS-ACTION"),
    ]


def test_times_are_in_utc_so_that_no_zone_can_be_misread() -> None:
    lines = unfolded(calendar(INVITATION))
    assert "DTSTART:20260303T143000Z" in lines
    assert "DTEND:20260303T151500Z" in lines
    assert "BEGIN:VTIMEZONE" not in lines


def test_special_characters_are_escaped() -> None:
    assert r"DESCRIPTION:Primeira linha\nSegunda\, com vírgula\; e \\ barra" in unfolded(calendar(INVITATION))


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_a_mail_names_its_method_and_status(method: str, status: str) -> None:
    lines = unfolded(calendar(INVITATION, method=method))
    assert f"METHOD:{method}" in lines
    assert f"STATUS:{status}" in lines
    assert not any("SCHEDULE-AGENT" in line for line in lines)


def test_a_calendar_server_is_told_to_send_nothing() -> None:
    lines = unfolded(calendar(INVITATION))
    assert not any(line.startswith("METHOD") for line in lines)
    people = [line for line in lines if line.startswith(("ATTENDEE", "ORGANIZER"))]
    assert len(people) == 3
    assert all("SCHEDULE-AGENT=CLIENT" in line for line in people)


def test_the_same_meeting_is_written_in_the_same_bytes() -> None:
    assert calendar(INVITATION) == calendar(replace(INVITATION))


@given(st.text(), st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", '"', ":"]))
def test_no_name_can_add_a_line_of_its_own(text: str, mark: str) -> None:
    name = f"{text}{mark}ATTENDEE:mailto:other@elsewhere.example"
    person = Attendee(name, f"a{mark}X-EVIL:1@northwind.example")
    data = calendar(
        replace(INVITATION, summary=name, description=name, location=name, organizer=person, attendees=(person,))
    )
    assert {line.partition(":")[0].partition(";")[0] for line in data.decode().replace("\r\n ", "").splitlines()} == {
        *("BEGIN", "END", "VERSION", "PRODID", "UID", "TRANSP", "DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"),
        *("SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE"),
    }
    assert len(data.decode().replace("\r\n ", "").splitlines()) == 19


def test_an_update_replaces_time_and_text() -> None:
    event = event_of(rewritten(standing(), INVITATION))
    assert (event.start, event.end) == (INVITATION.span.starts_at, INVITATION.span.ends_at)
    assert "DURATION" not in event
    assert event["SUMMARY"] == INVITATION.summary
    assert event["DESCRIPTION"] == INVITATION.description
    assert event["LOCATION"] == INVITATION.location
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == INVITATION.stamp
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CONFIRMED")


def test_an_update_keeps_what_its_owner_added() -> None:
    event = event_of(rewritten(standing(), INVITATION))
    (alarm,) = event.subcomponents
    assert (alarm.name, alarm["TRIGGER"].to_ical()) == ("VALARM", b"-PT15M")
    assert event["CATEGORIES"].cats == ["Mentoring", "Work"]
    assert event["COMMENT"] == "bring the book"
    assert event["X-APPLE-TRAVEL-ADVISORY-BEHAVIOR"] == "AUTOMATIC"


@pytest.mark.parametrize(("sequence", "answer"), [(1, "ACCEPTED"), (2, "DECLINED")])
def test_an_answer_holds_for_the_time_it_was_given_for(sequence: int, answer: str) -> None:
    event = event_of(rewritten(standing(sequence), INVITATION))
    assert [(str(a), a.params["PARTSTAT"]) for a in event["ATTENDEE"]] == [
        ("mailto:mentor-1@northwind.example", answer),
        ("mailto:mentee-1@northwind.example", "NEEDS-ACTION"),
        ("mailto:guest@elsewhere.example", "ACCEPTED"),
    ]


def test_the_sequence_never_falls() -> None:
    assert event_of(rewritten(standing(7), INVITATION))["SEQUENCE"] == 7


def test_a_series_somebody_made_of_it_is_one_meeting_again() -> None:
    series = standing(extra="DTSTART:20260303T143000Z\nRRULE:FREQ=DAILY\n")
    override = standing(extra="DTSTART:20260304T143000Z\nRECURRENCE-ID:20260304T143000Z\n")
    one = override.split(b"BEGIN:VEVENT")[1].split(b"END:VCALENDAR")[0]
    both = series.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT" + one + b"BEGIN:VEVENT", 1)
    event = event_of(rewritten(both, INVITATION))
    assert "RRULE" not in event
    assert "RECURRENCE-ID" not in event


def test_a_sequence_that_makes_no_sense_counts_as_none() -> None:
    broken = standing().replace(b"SEQUENCE:1", b"SEQUENCE:first")
    assert event_of(rewritten(broken, INVITATION))["SEQUENCE"] == 2


BARE = b"BEGIN:VEVENT\r\nUID:0123abc@attune\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    "existing", [b"", b"nonsense", b"BEGIN:VCALENDAR\r\n", BARE, BARE * 2, standing(uid="somebody-elses")]
)
def test_nothing_is_written_over_what_cannot_be_read(existing: bytes) -> None:
    with pytest.raises(NotCalendar):
        rewritten(existing, INVITATION)
