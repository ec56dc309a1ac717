"""Sending mail, and finding again what was sent.

Documented under "user: sendMail" and "Sending Outlook messages in MIME format". The service gives every message a
``Message-ID`` of its own; headers that begin with ``X-`` survive, and can be looked for as extended properties.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any

from tests.servers.microsoft.graph import extended, zones
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError, bad_request, missing
from tests.servers.microsoft.graph.filters import Read
from tests.servers.microsoft.graph.listing import page, selected
from tests.servers.microsoft.graph.mailboxes import Message, inner_id, new_event_id, wire_id
from tests.servers.microsoft.graph.post import Posted
from tests.servers.microsoft.world import World

FOLDERS = frozenset({"inbox", "sentitems"})
SETTABLE = frozenset({
    "subject", "body", "from", "toRecipients", "ccRecipients", "bccRecipients", "internetMessageHeaders",
    "singleValueExtendedProperties",
})  # fmt: skip
PAGE = 10
FILTERED: dict[str, tuple[Read, Read]] = {
    "internetMessageId": (lambda message: message.internet_id, str),
    "subject": (lambda message: message.subject, str),
    "sentDateTime": (lambda message: message.at, zones.moment),
    "receivedDateTime": (lambda message: message.at, zones.moment),
}


async def send(world: World, call: Call) -> Answer:
    """``POST /me/sendMail``: MIME in base64 as text, or JSON; 202 and no body, whatever becomes of it."""
    if call.headers.get("content-type", "").partition(";")[0].strip() == "text/plain":
        message, marks, save = _from_mime(call.raw), dict[str, str](), True
    else:
        message, marks, save = _from_json(call)
    recipients = _recipients(message)
    if not recipients:
        raise bad_request("At least one recipient is required.", "ErrorInvalidRecipients")
    senders = [address.lower() for _, address in getaddresses(message.get_all("From", []))]
    if senders not in ([], [call.account.address.lower()]):
        raise GraphError(
            403,
            "ErrorSendAsDenied",
            "The user account which was used to submit this request does not have the right to send mail on behalf of"
            " the specified sending account.",
        )
    _send(world, call, message, recipients, marks, save=save)
    return Answer(202)


async def list_messages(world: World, call: Call) -> Answer:
    """``GET /me/messages`` and ``/me/mailFolders/{folder}/messages``."""
    folder = call.names.get("folder")
    if folder is not None and folder.lower() not in FOLDERS:
        raise missing()
    return page(
        call,
        world.base,
        (it for it in call.mailbox.messages if folder is None or it.folder == folder.lower()),
        lambda message: _json(message, call, world),
        kind="message",
        known=world.schema.properties("message"),
        properties=FILTERED,
        extended=lambda message, name: message.extended.get(extended.key(name)),
        order=lambda message: message.at,
        size=PAGE,
    )


async def get_message(world: World, call: Call) -> Answer:
    """``GET /me/messages/{id}``."""
    wanted = inner_id(call.names["message"])
    found = next((it for it in call.mailbox.messages if it.id == wanted), None)
    if found is None:
        raise missing()
    return Answer(200, _json(found, call, world), "message", call.applied())


def _send(
    world: World, call: Call, message: EmailMessage, to: tuple[str, ...], marks: dict[str, str], *, save: bool
) -> None:
    now = world.clock.now()
    internet_id = f"<{uuid.uuid4().hex.upper()}@{call.account.address.rpartition('@')[2]}>"
    del message["Message-ID"]
    message["Message-ID"] = internet_id
    marks = marks | {
        extended.header(name): str(value) for name, value in message.items() if name.lower().startswith("x-")
    }
    raw, subject = message.as_bytes(policy=policy.SMTP), str(message["Subject"] or "")
    headers = [(name, str(value)) for name, value in message.items()]

    def store(folder: str) -> Message:
        return Message(
            new_event_id(), folder, internet_id, subject, call.account.address, to, now, headers, dict(marks), raw
        )

    if save:
        call.mailbox.messages.append(store("sentitems"))
    text = base64.b64encode(raw).decode()
    world.mails.append(Posted(now, "mail", call.account.address, to, subject, "", internet_id, text))
    for address in to:
        if mailbox := world.mailbox_of(address):
            arrived = store("inbox")
            world.lags.deliver(now, lambda mailbox=mailbox, arrived=arrived: mailbox.messages.append(arrived))  # type: ignore[misc]


def _from_mime(raw: bytes) -> EmailMessage:
    try:
        decoded = base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise bad_request("Invalid base64 string for MIME content.", "ErrorMimeContentInvalidBase64String") from None
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(decoded)
    if not message.keys() or not isinstance(message, EmailMessage):
        raise bad_request("Invalid MIME content.", "ErrorMimeContentInvalid")
    return message


def _from_json(call: Call) -> tuple[EmailMessage, dict[str, str], bool]:
    said = {name.lower(): value for name, value in call.body().items()}
    given: dict[str, Any] = said.get("message") or {}
    if unknown := set(given) - SETTABLE:
        raise bad_request(f"Cannot be set here: {', '.join(sorted(unknown))}.", "ErrorInvalidPropertySet")
    message = EmailMessage()
    message["Subject"] = " ".join((given.get("subject") or "").split())
    if given.get("from"):
        message["From"] = _address(given["from"])
    for header, name in (("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        if people := given.get(name):
            message[header] = ", ".join(_address(it) for it in people)
    for it in given.get("internetMessageHeaders") or ():
        name, value = it.get("name") or "", it.get("value") or ""
        if not name.lower().startswith("x-") or {"\r", "\n"} & set(name + value):
            raise bad_request(
                f"The internet message header name '{name}' should start with 'x-' or 'X-'.",
                "InvalidInternetMessageHeader",
            )
        message[name] = value
    body = given.get("body") or {}
    message.set_content(body.get("content") or "", subtype="html" if body.get("contentType") == "html" else "plain")
    return message, extended.read(given.get("singleValueExtendedProperties") or ()), said.get("savetosentitems", True)


def _address(recipient: dict[str, Any]) -> str:
    address = (recipient.get("emailAddress") or {}).get("address") or ""
    if "@" not in address or {"\r", "\n"} & set(address):
        raise bad_request(f"At least one recipient isn't valid: '{address}'.", "ErrorInvalidRecipients")
    return str(address)


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    fields = [str(it) for name in ("To", "Cc", "Bcc") for it in message.get_all(name, [])]
    return tuple(address for _, address in getaddresses(fields) if "@" in address)


def _json(message: Message, call: Call, world: World) -> dict[str, Any]:
    sender = {"emailAddress": {"address": message.sender, "name": message.sender}}
    whole = {
        "@odata.etag": f'W/"{message.id[:12]}"',
        "id": wire_id(message.id, immutable=call.immutable),
        "createdDateTime": zones.stamp(message.at),
        "sentDateTime": zones.stamp(message.at),
        "receivedDateTime": zones.stamp(message.at),
        "internetMessageId": message.internet_id,
        "subject": message.subject,
        "isDraft": False,
        "isRead": message.folder == "sentitems",
        "from": sender,
        "sender": sender,
        "toRecipients": [{"emailAddress": {"address": address, "name": address}} for address in message.to],
    }
    chosen = selected(call, whole, world.schema.properties("message"))
    if "internetMessageHeaders" in (call.parameter("$select") or "").split(","):
        chosen["internetMessageHeaders"] = [{"name": name, "value": value} for name, value in message.headers]
    if (clause := call.parameter("$expand")) and (found := extended.expanded(message.extended, clause)):
        chosen["singleValueExtendedProperties"] = found
    return chosen
