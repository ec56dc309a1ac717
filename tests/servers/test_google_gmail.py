"""Mail at the double of Google: what is sent, what Gmail makes of it, and who may look."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from tests.servers.google.acting import MENTEE, MENTOR, call, reason
from tests.servers.google.clients import service
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer

GMAIL = "https://www.googleapis.com/auth/gmail"
MESSAGES = "/gmail/v1/users/me/messages"
OWN_ID = "<key.1@attune.example>"


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR, [f"{GMAIL}.send"])


def mail(**headers: str) -> Json:
    """A mail as the API wants it; an empty header is left out."""
    made = EmailMessage()
    usual = {"From": f"Example Mentor <{MENTOR}>", "To": f"{MENTEE}", "Subject": "Ação", "Message-ID": OWN_ID}
    for name, value in (usual | headers).items():
        if value:
            made[name] = value
    made.set_content("Olá\n")
    return {"raw": base64.urlsafe_b64encode(made.as_bytes()).decode()}


def test_a_mail_that_the_library_sends_arrives_as_it_was(server: GoogleServer, tokens: Json) -> None:
    with service(server, "gmail.v1", tokens) as gmail:
        sent = (
            gmail.users()
            .messages()
            .send(userId="me", body=mail(**{"List-Unsubscribe": "<https://x.example>"}))
            .execute()
        )
    assert set(sent) == {"id", "threadId", "labelIds"}
    (message,) = server.sent()
    assert (message["Subject"], message["Message-ID"]) == ("Ação", OWN_ID)
    assert message["List-Unsubscribe"] == "<https://x.example>"
    assert message.get_content().splitlines() == ["Olá"]


@pytest.mark.parametrize(("keeps", "own"), [(False, OWN_ID), (True, ""), (True, "no-id-at-all")])
def test_gmail_may_give_an_id_of_its_own(server: GoogleServer, tokens: Json, keeps: bool, own: str) -> None:
    server.set(keep_message_id=keeps)
    call(server, tokens, "POST", f"{MESSAGES}/send", mail(**{"Message-ID": own})).raise_for_status()
    assert server.sent()[0]["Message-ID"].endswith("@mail.gmail.com>")


def test_nobody_sends_in_the_name_of_another(server: GoogleServer, tokens: Json) -> None:
    call(server, tokens, "POST", f"{MESSAGES}/send", mail(From="Boss <boss@gmail.example>")).raise_for_status()
    assert server.sent()[0]["From"] == f"Example Mentor <{MENTOR}>"
    other = call(server, tokens, "POST", MESSAGES.replace("/me/", f"/{MENTEE}/") + "/send", mail())
    assert reason(other) == (403, "forbidden")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "required"),
        ({"raw": "!"}, "badRequest"),
        ({"raw": ""}, "invalid"),
        (mail(To=""), "invalidArgument"),
        (mail() | {"labelIds": ["SENT"]}, "invalid"),
        (mail() | {"colour": "red"}, "badRequest"),
    ],
)
def test_what_is_no_mail_is_refused(server: GoogleServer, tokens: Json, body: Json, why: str) -> None:
    assert reason(call(server, tokens, "POST", f"{MESSAGES}/send", body)) == (400, why)
    assert server.sent() == []


def test_a_grant_to_send_does_not_read_and_a_grant_to_read_finds_a_mail_by_its_id(
    server: GoogleServer, tokens: Json
) -> None:
    sent = call(server, tokens, "POST", f"{MESSAGES}/send", mail()).json()
    query = {"q": "rfc822msgid:key.1@attune.example in:sent"}
    assert reason(call(server, tokens, "GET", MESSAGES, params=query)) == (403, "insufficientPermissions")
    reader = server.grant(MENTOR, [f"{GMAIL}.readonly"])
    found = call(server, reader, "GET", MESSAGES, params=query).json()
    assert found == {"messages": [{"id": sent["id"], "threadId": sent["threadId"]}], "resultSizeEstimate": 1}
    none = call(server, reader, "GET", MESSAGES, params={"q": "rfc822msgid:other@attune.example"}).json()
    assert none == {"resultSizeEstimate": 0}
    raw = call(server, reader, "GET", f"{MESSAGES}/{sent['id']}", params={"format": "raw"}).json()["raw"]
    assert OWN_ID.encode() in base64.urlsafe_b64decode(raw)


def test_a_grant_to_metadata_sees_headers_and_may_not_search(server: GoogleServer, tokens: Json) -> None:
    sent = call(server, tokens, "POST", f"{MESSAGES}/send", mail()).json()["id"]
    narrow = server.grant(MENTOR, [f"{GMAIL}.metadata"])
    assert reason(call(server, narrow, "GET", MESSAGES, params={"q": "in:sent"})) == (403, "forbidden")
    assert reason(call(server, narrow, "GET", f"{MESSAGES}/{sent}", params={"format": "raw"})) == (403, "forbidden")
    wanted = {"format": "metadata", "metadataHeaders": "Message-ID"}
    seen = call(server, narrow, "GET", f"{MESSAGES}/{sent}", params=wanted).json()
    assert seen["payload"] == {"headers": [{"name": "Message-ID", "value": OWN_ID}]}


def test_a_mail_to_somebody_here_is_in_their_mailbox(server: GoogleServer, tokens: Json) -> None:
    call(server, tokens, "POST", f"{MESSAGES}/send", mail()).raise_for_status()
    theirs = server.grant(MENTEE, [f"{GMAIL}.readonly"])
    assert call(server, theirs, "GET", MESSAGES, params={"labelIds": "INBOX"}).json()["resultSizeEstimate"] == 1
    assert call(server, theirs, "GET", MESSAGES, params={"labelIds": "SENT"}).json()["resultSizeEstimate"] == 0
