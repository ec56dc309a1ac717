"""Headers: who, when, which mail it is and what it belongs to; nobody's name can write one."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.mail import threads
from agent.mail.headers import Headers
from agent.mail.plain import one_line
from tests.mail import letters

ALLOWED = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-language", "content-transfer-encoding",
}  # fmt: skip


def arrived(mail: EmailMessage) -> EmailMessage:
    """The mail as a server passes it on and a program reads it."""
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def decoded(mail: EmailMessage, header: str) -> str:
    """A header as RFC 2047 says to read it. The library's modern reader puts a space between encoded words."""
    raw = message_from_bytes(mail.as_bytes(), policy=policy.compat32)[header]
    return one_line(str(make_header(decode_header(raw))))


@pytest.mark.parametrize("name", letters.NAMES)
def test_a_mail_is_from_the_programme_to_one_person_at_its_time(name: str) -> None:
    mail = arrived(letters.composed(name, letters.circle(), letters.SECOND))
    assert [str(a) for a in mail["From"].addresses] == ["Attune <attune@northwind.example>"]
    assert [str(a) for a in mail["To"].addresses] == ["Second Mentee <mentee-2@northwind.example>"]
    assert mail["Date"].datetime == letters.letter(letters.circle(), letters.SECOND).now
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] == "Northwind Mentoring <programme.attune.northwind.example>"
    assert mail["Content-Language"] == "en"
    assert not mail.defects
    assert not {"cc", "bcc"} & {key.lower() for key in mail.keys()}  # noqa: SIM118 - a message is no dict


@pytest.mark.parametrize("name", letters.NAMES)
def test_a_mail_is_known_by_its_intent(name: str) -> None:
    mail = letters.composed(name, letters.pair(), letters.MENTOR)
    key = letters.letter(letters.pair(), letters.MENTOR, name).key
    assert mail["Message-ID"] == f"<{key}@attune.northwind.example>"


def test_mails_about_a_meeting_hang_below_its_invitation() -> None:
    invitation = letters.composed("invitation", letters.pair(), letters.MENTOR)
    agenda = letters.composed("agenda", letters.pair(), letters.MENTOR)
    assert agenda["In-Reply-To"] == invitation["Message-ID"]
    assert agenda["References"].split() == [invitation["References"], invitation["Message-ID"]]


def test_meetings_of_one_relationship_hang_together_and_readers_apart() -> None:
    address = "attune@northwind.example"
    first, second = (threads.references("<own>", "pair-1", number, "mentor-1", address) for number in (1, 2))
    assert first[0] == second[0]
    assert first[1] != second[1]
    others = threads.references("<own>", "pair-1", 1, "mentee-1", address)
    assert not set(first) & set(others), "identities tell nobody of anybody else's mails"
    assert first[0] != threads.references("<own>", "pair-2", 1, "mentor-1", address)[0]


@pytest.mark.parametrize("name", letters.NAMES)
def test_every_line_may_pass_through_any_server(name: str) -> None:
    """Seven bits and short lines: no relay has a reason to change a mail on its way."""
    reader = replace(letters.MENTOR, language="pt", name="João Exemplo")
    raw = letters.composed(name, letters.pair(reader), reader).as_bytes()
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


INJECTIONS = (
    "Example\r\nBcc: everybody@northwind.example",
    "Example\nX-Evil: 1\n\n<b>body</b>",
    "Example\r Bcc: x",
    "Example\u2028Bcc: x",
    "Example\x00\x1b[31m",
    'Example" <other@northwind.example>, "x',
    "=?utf-8?q?Bcc=3A_x?=",
    "\u202eelpmaxE",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_name_or_title_writes_a_header(text: str) -> None:
    reader = replace(letters.MENTOR, name=text)
    origin = letters.Origin(programme=text, mail_from_name=text)
    relationship = replace(letters.pair(reader), mentees=(replace(letters.MENTEE, name=text),))
    for name in letters.NAMES:
        _check_unharmed(arrived(letters.composed(name, relationship, reader, origin=origin)), reader.email)


def _check_unharmed(mail: EmailMessage, address: str) -> None:
    assert {key.lower() for key in mail.keys()} <= ALLOWED  # noqa: SIM118
    assert [a.addr_spec for a in mail["To"].addresses] == [address]
    assert [a.addr_spec for a in mail["From"].addresses] == ["attune@northwind.example"]
    assert mail["List-Id"].endswith("<programme.attune.northwind.example>")
    assert not any(ord(char) < 32 for value in mail.values() for char in str(value))


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=70), st.text(min_size=1, max_size=70))
def test_any_name_arrives_whole(name: str, title: str) -> None:
    """Accents, scripts, commas, quotation marks, emoji: what somebody is called is what the mail says."""
    reader = replace(letters.MENTOR, name=name)
    relationship = replace(letters.pair(reader), mentees=(replace(letters.MENTEE, name=name),))
    sent = letters.composed("invitation", relationship, reader, origin=letters.Origin(programme=title))
    mail = arrived(sent)
    _check_unharmed(mail, reader.email)
    assert decoded(sent, "To") == one_line(f"{one_line(name)} <{reader.email}>")
    assert decoded(sent, "Subject").startswith(one_line(f"Meeting with {one_line(name)}:"))
    assert mail.get_body(("plain",)) is not None


@given(st.text(max_size=80))
def test_a_line_is_one_line_and_settled(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert line.isprintable() or any(not char.isprintable() for char in text)


@given(header=st.sampled_from(("Subject", "Content-Type", "To", "List-Id", "Message-ID", "X-Other")), value=st.text())
def test_headers_that_are_remembered_are_what_the_library_makes_of_them(header: str, value: str) -> None:
    value = one_line(value)
    for remembered in (Headers()(header, value), Headers()(header, value)):
        made = policy.default.header_factory(header, value)
        assert (remembered.name, str(remembered)) == (made.name, str(made))
        assert [repr(each) for each in remembered.defects] == [repr(each) for each in made.defects]
        assert remembered.fold(policy=policy.default) == made.fold(policy=policy.default)


def test_a_mail_has_the_same_bytes_whatever_was_written_before_it() -> None:
    circle = letters.circle()
    first = {name: letters.composed(name, circle, letters.SECOND).as_bytes() for name in letters.NAMES}
    for name in reversed(letters.NAMES):
        letters.composed(name, letters.pair(), letters.MENTOR).as_bytes()
        assert letters.composed(name, circle, letters.SECOND).as_bytes() == first[name]
