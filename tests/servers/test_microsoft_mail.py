"""Mail through Graph: what goes in as MIME comes out as MIME, under a Message-ID of the service's own."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pytest

from tests.servers.microsoft.stage import Person, Stage, code_of

pytestmark = pytest.mark.xdist_group("microsoft")

TEXT = {"Content-Type": "text/plain"}
HEADER = "String {00020386-0000-0000-C000-000000000046} Name X-Attune-Key"


def written(sender: str, to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Agenda"
    message["Message-ID"], message["X-Attune-Key"] = "<ours@attune.example>", "key-1"
    message.set_content("Hello")
    return message


def send(person: Person, message: EmailMessage) -> Any:
    return person.ask("POST", "/me/sendMail", content=base64.b64encode(message.as_bytes()), headers=TEXT)


def found(person: Person, clause: str, folder: str = "mailFolders/sentitems/") -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = person.get(f"/me/{folder}messages?$filter={quote(clause)}")["value"]
    return value


def test_mime_arrives_with_its_own_headers_but_not_its_message_id(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    answer = send(mentor, written(mentor.address, mentee.address))
    assert (answer.status_code, answer.content) == (202, b"")
    [mail] = stage.server.mails()
    assert mail["to"] == [mentee.address]
    arrived = message_from_bytes(base64.b64decode(mail["raw"]), policy=policy.default)
    assert (arrived["X-Attune-Key"], arrived["Subject"]) == ("key-1", "Agenda")
    assert arrived["Message-ID"] == mail["message_id"] != "<ours@attune.example>"
    assert [it["subject"] for it in mentee.get("/me/mailFolders/inbox/messages")["value"]] == ["Agenda"]


def test_what_was_sent_is_found_again_by_its_header(stage: Stage) -> None:
    mentor = stage.person()
    send(mentor, written(mentor.address, "somebody@elsewhere.example"))
    clause = "singleValueExtendedProperties/Any(ep: ep/id eq '{}' and ep/value eq '{}')"
    [message] = found(mentor, clause.format(HEADER, "key-1"))
    assert found(mentor, clause.format(HEADER, "key-2")) == []
    assert found(mentor, f"internetMessageId eq '{message['internetMessageId']}'", "") == [message]
    read = mentor.get(f"/me/messages/{message['id']}?$select=internetMessageHeaders")
    assert {"name": "X-Attune-Key", "value": "key-1"} in read["internetMessageHeaders"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"not base64!", "ErrorMimeContentInvalidBase64String"),
        (base64.b64encode(b"no headers"), "ErrorMimeContentInvalid"),
        (base64.b64encode(b"Subject: nobody\r\n\r\nHello"), "ErrorInvalidRecipients"),
    ],
)
def test_mime_that_cannot_be_sent_is_refused(stage: Stage, raw: bytes, code: str) -> None:
    answer = stage.person().ask("POST", "/me/sendMail", content=raw, headers=TEXT)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert stage.server.mails() == []


def test_nobody_sends_as_somebody_else(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    answer = send(mentor, written(mentee.address, mentor.address))
    assert (answer.status_code, code_of(answer)) == (403, "ErrorSendAsDenied")


def test_json_may_carry_a_mark_and_stay_out_of_the_folder(stage: Stage) -> None:
    mentor = stage.person()
    message = {
        "subject": "Agenda",
        "body": {"contentType": "text", "content": "Hello"},
        "toRecipients": [{"emailAddress": {"address": "somebody@elsewhere.example"}}],
        "internetMessageHeaders": [{"name": "X-Attune-Key", "value": "key-1"}],
    }
    assert mentor.ask("POST", "/me/sendMail", json={"message": message, "saveToSentItems": False}).status_code == 202
    assert mentor.get("/me/messages")["value"] == []
    assert len(stage.server.mails()) == 1
    message["internetMessageHeaders"] = [{"name": "Precedence", "value": "bulk"}]
    assert code_of(mentor.ask("POST", "/me/sendMail", json={"message": message})) == "InvalidInternetMessageHeader"
    wrong = mentor.ask("POST", "/me/sendMail", json={"message": {"betreff": "Agenda"}})
    assert code_of(wrong) == "RequestBodyRead"


@pytest.mark.parametrize("address", ["nobody", "a@b.example\r\nBcc: c@d.example", None])
def test_one_wrong_recipient_holds_the_whole_mail_back(stage: Stage, address: str | None) -> None:
    people = [{"emailAddress": {"address": it}} for it in ("somebody@elsewhere.example", address)]
    answer = stage.person().ask("POST", "/me/sendMail", json={"message": {"subject": "Agenda", "toRecipients": people}})
    assert (answer.status_code, code_of(answer)) == (400, "ErrorInvalidRecipients")
    assert stage.server.mails() == []
