"""Mails as the mail server took them, each with the moment it did and what its calendar part says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar

from .appointments import Stretch, components, stretch_of

Part = tuple[str, EmailMessage]
"""A part of a mail with its content type, which is slow to ask for."""


@dataclass(frozen=True, slots=True)
class Summons:
    """The calendar part of a mail (RFC 5546). ``faults`` says what is wrong with it."""

    method: str
    uid: str
    sequence: int
    when: Stretch | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. ``thread`` is the identity that all mails to one person about one meeting refer to."""

    file: str
    at: datetime
    recipient: str
    message_id: str
    thread: str
    subject: str
    summons: Summons | None
    content: str
    faults: tuple[str, ...]


def read_letters(folder: Path) -> list[Letter]:
    """Read everything that the sink has kept, in the order of arrival."""
    return [_letter(path) for path in sorted(folder.glob("*.eml"))]


def _letter(path: Path) -> Letter:
    envelope = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes()
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    referred = str(message.get("References", "")).split()
    own = str(message.get("Message-ID", "")).strip()
    parts = [(part.get_content_type(), part) for part in message.walk() if not part.is_multipart()]
    return Letter(
        file=path.name,
        at=datetime.fromisoformat(envelope["at"]),
        recipient=envelope["to"][0].lower(),
        message_id=own,
        thread=referred[-1] if len(referred) > 1 else own,
        subject=str(message.get("Subject", "")),
        summons=_summons(parts),
        content="\n".join(
            [raw.decode("utf-8", "replace"), *(_decoded(part) for _, part in parts), str(message.get("Subject", ""))]
        ),
        faults=tuple(_faults(message, envelope, parts)),
    )


def _decoded(part: EmailMessage) -> str:
    content = part.get_content()
    return content if isinstance(content, str) else bytes(content).decode("utf-8", "replace")


def _faults(message: EmailMessage, envelope: dict[str, list[str]], parts: list[Part]) -> list[str]:
    """What would make a mail program, or its reader, stumble."""
    kinds = [kind for kind, _ in parts]
    to = [address.addr_spec.lower() for address in message["To"].addresses] if message["To"] else []
    wrong = {
        "more than one recipient": len(envelope["to"]) != 1 or to != [each.lower() for each in envelope["to"]],
        "no Message-ID": not message["Message-ID"],
        "no plain text": "text/plain" not in kinds,
        "no HTML": "text/html" not in kinds,
        "not marked as generated": message["Auto-Submitted"] != "auto-generated",
        "nothing it refers to": not message["References"],
    }
    return [what for what, so in wrong.items() if so]


def _summons(parts: list[Part]) -> Summons | None:
    for kind, part in parts:
        if kind == "text/calendar":
            return _read_summons(str(part.get_param("method", "")), _decoded(part), parts)
    return None


def _read_summons(declared: str, text: str, parts: list[Part]) -> Summons:
    try:
        method = str(Calendar.from_ical(text).get("METHOD", ""))
        events = components(text)
        event = events[0]
        uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
        when = stretch_of(event, "UTC")
    except (ValueError, KeyError, IndexError) as error:
        return Summons(declared, "", -1, None, (f"calendar part unreadable: {type(error).__name__}",))
    files = [_decoded(part) for kind, part in parts if kind == "application/ics"]
    status = str(event.get("STATUS", "")).upper()
    wrong = {
        "METHOD differs between header and body": method != declared,
        "more than one event": len(events) != 1,
        "an unknown METHOD": method not in {"REQUEST", "CANCEL"},
        "STATUS contradicts METHOD": (status == "CANCELLED") != (method == "CANCEL"),
        "the attachment says something else": any(_plain(file) != _plain(text) for file in files),
        "no time stamp": "DTSTAMP" not in event,
        "no organizer": "ORGANIZER" not in event,
        "nobody invited": "ATTENDEE" not in event,
    }
    return Summons(method, uid, sequence, when, tuple(what for what, so in wrong.items() if so))


def _plain(text: str) -> list[str]:
    return text.split()
