"""Mail that left or reached somebody, whoever wrote it: a client, or Outlook on behalf of a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Posted:
    """One mail. ``kind`` is ``mail``, ``invitation``, ``update``, ``cancellation`` or ``response``."""

    at: datetime
    kind: str
    sender: str
    to: tuple[str, ...]
    subject: str
    uid: str = ""
    message_id: str = ""
    raw: str = ""

    def as_json(self) -> dict[str, Any]:
        """Write it for the control API."""
        return asdict(self) | {"at": self.at.isoformat(), "to": list(self.to)}


def about(kind: str, at: datetime, sender: str, to: Iterable[str], subject: str, uid: str) -> Posted:
    """Give the mail that Outlook sends about a meeting."""
    return Posted(at, kind, sender, tuple(to), subject, uid)
