"""What Gmail promises of a mail with no more than the right to send, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.clock import RehearsalClock
from connectors.base import MailCapability
from connectors.errors import ConsentRevoked, OutcomeUnknown, RateLimited, Rejected
from connectors.google.mail import GmailSender
from connectors.google.scopes import SEND_MAIL
from tests.connectors.google.owner import NOW, MemoryKeep, client_of, keep_for
from tests.contract.owners import ADDRESS
from tests.servers.google.running import GoogleServer


@pytest.fixture
def keep(server: GoogleServer) -> MemoryKeep:
    return keep_for(server, ADDRESS, SEND_MAIL)


@pytest.fixture
def sender(server: GoogleServer, keep: MemoryKeep) -> Iterator[GmailSender]:
    found = GmailSender(client_of(server), keep, home=Path(), clock=RehearsalClock(NOW))
    yield found
    found.close()


def message(to: str = "mentee-1@northwind.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ADDRESS, to, "Até já, Zoë"
    mail["Message-ID"] = "<key-1@northwind.example>"
    mail.set_content("Olá!")
    return mail


def test_a_mail_leaves_as_it_was_written(server: GoogleServer, sender: GmailSender) -> None:
    assert sender.send(message()).startswith("Gmail ")
    (mail,) = server.sent()
    assert (mail["Subject"], mail.get_content().strip()) == ("Até já, Zoë", "Olá!")


def test_it_promises_neither_our_key_nor_to_find_what_was_sent(server: GoogleServer, sender: GmailSender) -> None:
    server.set(keep_message_id=False)
    sender.send(message())
    (mail,) = server.sent()
    assert mail["Message-ID"] != message()["Message-ID"]
    assert sender.capabilities is MailCapability.NONE


def test_a_lost_answer_leaves_it_unknown_and_is_not_asked_for_twice(server: GoogleServer, sender: GmailSender) -> None:
    server.fail_next("gmail.users.messages.send", "after-commit")
    with pytest.raises(OutcomeUnknown):
        sender.send(message())
    assert len(server.sent()) == 1


def test_a_limit_is_not_a_failure(server: GoogleServer, sender: GmailSender) -> None:
    server.fail_next("gmail.users.messages.send", "throttled")
    with pytest.raises(RateLimited):
        sender.send(message())
    assert not server.sent()


def test_a_mail_to_nobody_is_refused_for_good(sender: GmailSender) -> None:
    with pytest.raises(Rejected):
        sender.send(message(to=""))


def test_doctor_gets_a_token_and_sends_nothing(server: GoogleServer, sender: GmailSender) -> None:
    assert sender.check() == "Gmail"
    assert not server.sent()


def test_who_did_not_allow_it_is_asked(server: GoogleServer) -> None:
    sender = GmailSender(client_of(server), keep_for(server), home=Path(), clock=RehearsalClock(NOW))
    for call in (sender.check, lambda: sender.send(message())):
        with pytest.raises(ConsentRevoked):
            call()


def test_a_grant_that_was_taken_back_is_said_to_be_broken(
    server: GoogleServer, sender: GmailSender, keep: MemoryKeep
) -> None:
    server.revoke(ADDRESS)
    for call in (sender.check, lambda: sender.send(message())):
        with pytest.raises(ConsentRevoked):
            call()
    assert keep.ended
