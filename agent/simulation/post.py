"""Mails as they arrived, made ready to be shown: what a reader sees, and what is behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

SHOWN_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Content-Language",
    "Auto-Submitted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One mail. ``at`` is the programme's time of arrival; ``entry`` is the attached calendar entry as text."""

    name: str
    at: datetime
    recipient: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachment: str
    entry: str


def read_post(folder: Path) -> list[Piece]:
    """Read all that the sink has kept, in the order of arrival."""
    return [_piece(path) for path in sorted(folder.glob("*.eml"))]


def _piece(path: Path) -> Piece:
    envelope = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
    attached = next(message.iter_attachments(), None)
    return Piece(
        name=path.name,
        at=datetime.fromisoformat(envelope["at"]),
        recipient=envelope["to"][0],
        subject=str(message["Subject"]),
        headers=tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachment=(attached.get_filename() or "") if attached else "",
        entry=bytes(attached.get_content()).decode() if attached else "",
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
