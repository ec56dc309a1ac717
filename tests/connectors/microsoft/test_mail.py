"""Mail leaves from the person's own address, as it was written, and what became of it is never guessed."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.clock import RehearsalClock
from connectors.base import MailCapability
from connectors.errors import ConsentRevoked, OutcomeUnknown, RateLimited, Rejected
from connectors.microsoft.mail import GraphSender
from connectors.microsoft.scopes import SEND, WRITE
from tests.connectors.microsoft.keeping import client_of, keep_for
from tests.connectors.microsoft.owner import NOW
from tests.servers.microsoft.stage import Person, Stage

pytestmark = pytest.mark.xdist_group("microsoft")


@pytest.fixture
def person(stage: Stage) -> Person:
    return stage.account()


def sender(stage: Stage, person: Person, *scopes: str) -> GraphSender:
    keep = keep_for(stage, person, *(scopes or (SEND,)))
    return GraphSender(client_of(stage), keep, home=Path(), owner=person.address, clock=RehearsalClock(NOW))


def message(person: Person) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = person.address, "mentee-1@northwind.example"
    made["Subject"] = "Conversa: Ação 🎻"
    made["Message-ID"] = "<agenda-1@attune>"
    made["X-Attune"] = "agenda"
    made.set_content("Olá, até já.\n")
    made.add_alternative("<p>Olá, até já.</p>", subtype="html")
    return made


def test_a_mail_arrives_as_it_was_written_under_another_message_id(stage: Stage, person: Person) -> None:
    sending = sender(stage, person)
    assert sending.send(message(person)).startswith("Graph ")
    (sent,) = stage.server.mails()
    arrived = message_from_bytes(base64.b64decode(sent["raw"]))
    assert arrived["X-Attune"] == "agenda"
    assert arrived["Message-ID"] != "<agenda-1@attune>"
    assert arrived["X-Attune-Message-ID"] == "<agenda-1@attune>"
    assert [part.get_content_type() for part in arrived.walk()][1:] == ["text/plain", "text/html"]
    sending.close()


def test_it_promises_nothing_that_it_cannot_keep(stage: Stage, person: Person) -> None:
    assert sender(stage, person).capabilities is MailCapability.NONE


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("before-commit", OutcomeUnknown),
        ("after-commit", OutcomeUnknown),
        ("failed-after-commit", OutcomeUnknown),
        ("throttled", RateLimited),
        ("unavailable", RateLimited),
        ("token-revoked", ConsentRevoked),
        ("scope-missing", ConsentRevoked),
    ],
)
def test_whatever_goes_wrong_it_is_sent_once_at_the_most(
    stage: Stage, person: Person, fault: str, error: type[Exception]
) -> None:
    sending = sender(stage, person)
    stage.server.fail_next("user.sendMail", fault)
    with pytest.raises(error):
        sending.send(message(person))
    assert len(stage.server.mails()) == int(fault in {"after-commit", "failed-after-commit"})
    sending.close()


def test_a_mail_in_somebody_elses_name_is_refused_for_good(stage: Stage, person: Person) -> None:
    sending = sender(stage, person)
    with pytest.raises(Rejected):
        sending.send(message(stage.account()))
    sending.close()


def test_who_has_not_allowed_it_is_asked(stage: Stage, person: Person) -> None:
    sending = sender(stage, person, WRITE)
    with pytest.raises(ConsentRevoked):
        sending.check()
    with pytest.raises(ConsentRevoked):
        sending.send(message(person))
    assert stage.server.mails() == []


def test_doctor_hears_that_mail_could_be_sent(stage: Stage, person: Person) -> None:
    assert sender(stage, person).check() == "Microsoft Graph"
