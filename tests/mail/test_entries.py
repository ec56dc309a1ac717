"""The calendar part of a mail, as RFC 5546 wants it, and the same as the entry in the reader's own calendar."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from agent.core.intents import MailKind
from agent.core.people import Medium
from agent.core.relationships import meeting_uid
from agent.mail.invite import advice, invitation, medium_words
from agent.mail.languages import language
from tests import factories
from tests.mail import letters

METHODS = {"invitation": "REQUEST", "moved": "REQUEST", "cancelled": "CANCEL"}
SEQUENCES = {"invitation": 0, "moved": 1, "cancelled": 2}


def parts(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def calendar_text(mail: EmailMessage) -> EmailMessage:
    (found,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(found, EmailMessage)
    return found


def entry_of(mail: EmailMessage) -> Any:
    return Calendar.from_ical(calendar_text(mail).get_content())


@pytest.mark.parametrize("name", METHODS)
def test_the_parts_stand_as_calendars_expect_them(name: str) -> None:
    mail = letters.composed(name, letters.pair(), letters.MENTOR)
    assert parts(mail) == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    part = calendar_text(mail)
    assert part["Content-Type"].params == {"charset": "utf-8", "method": METHODS[name]}
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "invite.ics"
    assert file.get_content().decode().splitlines() == part.get_content().splitlines()


@pytest.mark.parametrize("name", METHODS)
def test_the_entry_is_one_single_meeting_in_utc(name: str) -> None:
    read = entry_of(letters.composed(name, letters.circle(), letters.SECOND))
    assert read["METHOD"] == METHODS[name]
    (event,) = read.subcomponents
    assert event["UID"] == meeting_uid("circle-1", 2)
    assert event["SEQUENCE"] == SEQUENCES[name]
    assert event["STATUS"] == ("CANCELLED" if name == "cancelled" else "CONFIRMED")
    assert event["DTSTART"].to_ical() == b"20270311T150000Z"
    assert event["DTEND"].to_ical() == b"20270311T154500Z"
    assert event["DTSTAMP"].to_ical() == b"20270301T000000Z"
    assert event["ORGANIZER"] == "mailto:attune@northwind.example"
    assert sorted(event["ATTENDEE"]) == [
        f"mailto:{id_}@northwind.example" for id_ in ("mentee-1", "mentee-2", "mentor-1")
    ]
    assert {each.params["PARTSTAT"] for each in event["ATTENDEE"]} == {"NEEDS-ACTION"}
    assert not {"RRULE", "RECURRENCE-ID", "VALARM"} & set(event)


@pytest.mark.parametrize("name", [name for name in letters.NAMES if name not in METHODS])
def test_other_mails_have_no_entry(name: str) -> None:
    assert parts(letters.composed(name, letters.pair(), letters.MENTOR)) == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["en", "pt"])
def test_mail_and_calendar_say_the_same(tag: str) -> None:
    """A program that finds both by their UID must not see a difference to ask its owner about."""
    reader = replace(letters.MENTOR, language=tag)
    relationship, booked = letters.pair(reader), letters.meeting()
    entry = invitation(letters.Origin(), relationship, booked, reader.id, factories.NOW)
    mailed = entry_of(letters.composed("invitation", relationship, reader))
    (event,) = mailed.subcomponents
    assert str(event["SUMMARY"]) == entry.summary
    assert str(event["DESCRIPTION"]) == entry.description
    assert str(event["LOCATION"]) == entry.location
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (entry.uid, entry.sequence)


def test_an_entry_names_everybody_in_the_readers_language() -> None:
    reader = replace(letters.SECOND, language="pt")
    entry = invitation(
        letters.Origin(), letters.circle(reader), letters.meeting(3, revision=4), reader.id, factories.NOW
    )
    assert entry.summary == "Mentoria: Example Mentor, Example Mentee e Second Mentee"
    assert entry.location == "Videochamada"
    assert entry.sequence == 4
    assert entry.stamp == factories.NOW
    assert entry.organizer.email == "attune@northwind.example"


def test_the_advice_is_what_would_really_help() -> None:
    """An edit counts only where Attune writes, busy time only where it reads; nobody is sent the wrong way."""
    reads = letters.Origin(calendars={"mentor-1": (object(),)})
    relationship, english = letters.pair(), language("en")
    books, watched = letters.MENTOR, replace(letters.MENTOR, books=False)
    assert "decline it there" in advice(reads, relationship, books, english)
    assert "mark it as busy" in advice(reads, relationship, watched, english)
    assert "tell Example Mentee" in advice(letters.Origin(), relationship, watched, english)


@pytest.mark.parametrize("tag", ["en", "pt"])
def test_every_medium_has_its_words(tag: str) -> None:
    words = [medium_words(medium, language(tag)) for medium in Medium]
    assert len(set(words)) == len(Medium)


def test_the_methods_are_those_of_the_mails_that_change_a_calendar() -> None:
    assert set(METHODS) == {MailKind.INVITATION, MailKind.MOVED, MailKind.CANCELLED}
