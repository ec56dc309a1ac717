"""Gmail API v1: ``users.messages.send``, and ``list`` and ``get`` for grants that may read.

"Create and send email messages" in the Gmail API guides. A mail reaches the mailboxes of accounts that are here too.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from tests.servers.google.asking import Ask, handles
from tests.servers.google.documents import Json
from tests.servers.google.errors import Refusal, bad_request, invalid, not_made
from tests.servers.google.world import Mail

METADATA = "https://www.googleapis.com/auth/gmail.metadata"
MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
MOST_RECIPIENTS = 500
SEND_ONLY = ("raw", "threadId", "classificationLabelValues")


@handles("gmail.users.messages.send")
def send(ask: Ask) -> Json:
    _check_user(ask)
    for name in ask.body:
        if name not in SEND_ONLY:
            raise invalid(f"{name} is written by Gmail.", name)
    raw = _decoded(ask.body["raw"])
    message = _parsed(raw)
    recipients = _recipients(message)
    raw = _as_gmail_writes(ask, message)
    ids = {"id": secrets.token_hex(8)}
    ids["threadId"] = ask.body.get("threadId") or ids["id"]
    now = ask.world.now()
    ask.world.mails.append(Mail(ids["id"], ids["threadId"], ask.account.email, ["SENT"], raw, now))
    for each in recipients & set(ask.world.accounts):
        there = Mail(secrets.token_hex(8), ids["threadId"], each, ["UNREAD", "INBOX"], raw, now)
        ask.world.mails.append(there)
    return ids | {"labelIds": ["SENT"]}


@handles("gmail.users.messages.list")
def list_messages(ask: Ask) -> Json:
    _check_user(ask)
    if "q" in ask.parameters and ask.scopes == {METADATA}:
        raise Refusal(403, "forbidden", "Metadata scope does not support 'q' parameter", rpc="PERMISSION_DENIED")
    wanted = set(ask.get("labelIds", ()))
    found = [each for each in _mine(ask) if wanted <= set(each.labels) and _asked_for(each, ask.get("q", ""))]
    page = found[: min(ask.get("maxResults", 100), 500)]
    head = {"messages": [{"id": each.id, "threadId": each.thread} for each in page]} if page else {}
    return head | {"resultSizeEstimate": len(found)}


@handles("gmail.users.messages.get")
def get(ask: Ask) -> Json:
    _check_user(ask)
    mail = next((each for each in _mine(ask) if each.id == ask.get("id")), None)
    if mail is None:
        raise Refusal(404, "notFound", "Requested entity was not found.", rpc="NOT_FOUND")
    form = ask.get("format", "full")
    if form in {"full", "raw"} and ask.scopes == {METADATA}:
        raise Refusal(403, "forbidden", f"Metadata scope doesn't allow format {form.upper()}", rpc="PERMISSION_DENIED")
    head = {
        "id": mail.id,
        "threadId": mail.thread,
        "labelIds": mail.labels,
        "internalDate": str(int(mail.at * 1000)),
        "sizeEstimate": len(mail.raw),
    }
    if form == "raw":
        return head | {"raw": base64.urlsafe_b64encode(mail.raw).decode()}
    if form == "full":
        raise not_made("the format “full”; ask for raw or metadata")
    return head | ({} if form == "minimal" else {"payload": {"headers": _headers(mail, ask.get("metadataHeaders"))}})


def _check_user(ask: Ask) -> None:
    if ask.get("userId") not in {"me", ask.account.email}:
        raise Refusal(403, "forbidden", f"Delegation denied for {ask.account.email}", rpc="PERMISSION_DENIED")


def _decoded(raw: str) -> bytes:
    try:
        found = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except (ValueError, binascii.Error) as error:
        raise bad_request("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed.") from error
    if not found:
        raise invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    return found


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.SMTP)


def _recipients(message: EmailMessage) -> set[str]:
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
    found = {address for _, address in getaddresses(fields) if "@" in address}
    if not found:
        raise Refusal(400, "invalidArgument", "Recipient address required", rpc="INVALID_ARGUMENT")
    if len(found) > MOST_RECIPIENTS:
        raise Refusal(400, "invalidArgument", "Too many recipients", rpc="INVALID_ARGUMENT")
    return found


def _as_gmail_writes(ask: Ask, message: EmailMessage) -> bytes:
    """Set the sender's own address where another stands, and a Message-ID where none stands or Gmail makes its own."""
    named = getaddresses([str(message.get("From", ""))])
    if not named or named[0][1] != ask.account.email:
        del message["From"]
        message["From"] = f"{ask.account.name} <{ask.account.email}>" if ask.account.name else ask.account.email
    own = str(message.get("Message-ID", "")).strip()
    if not (ask.world.settings.keep_message_id and MESSAGE_ID.fullmatch(own)):
        del message["Message-ID"]
        message["Message-ID"] = f"<{secrets.token_hex(16)}@mail.gmail.com>"
    return message.as_bytes()


def _mine(ask: Ask) -> list[Mail]:
    return [each for each in reversed(ask.world.mails) if each.account == ask.account.email]


def _asked_for(mail: Mail, query: str) -> bool:
    """Search as Gmail's box does, for what a client of ours needs."""
    for word in query.split():
        kind, _, value = word.partition(":")
        if kind == "rfc822msgid" and value:
            if str(_parsed(mail.raw)["Message-ID"]).strip("<>") != value.strip("<>"):
                return False
        elif kind == "in" and value in {"sent", "inbox"}:
            if value.upper() not in mail.labels:
                return False
        else:
            raise not_made(f"the search for {word}")
    return True


def _headers(mail: Mail, wanted: Any) -> list[Json]:
    names = None if wanted is None else {name.lower() for name in wanted}
    return [
        {"name": name, "value": str(value)}
        for name, value in _parsed(mail.raw).items()
        if names is None or name.lower() in names
    ]
