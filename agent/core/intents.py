"""What the agent has decided to do and has not yet done, each with the key by which the world will know it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IntentKind(StrEnum):
    """An effect on one person's calendar or mailbox."""

    WRITE_EVENT = "write-event"
    REMOVE_EVENT = "remove-event"
    SEND_MAIL = "send-mail"


class MailKind(StrEnum):
    """The mails of the main job; each is a folder below ``templates/email``."""

    INVITATION = "invitation"
    AGENDA = "agenda"
    MOVED = "moved"
    CANCELLED = "cancelled"
    FOLLOW_UP = "follow-up"
    CANNOT_FIND = "cannot-find"


@dataclass(frozen=True, slots=True)
class Intent:
    """One effect for one person about one revision of one meeting.

    ``not_before`` is the first instant at which it may be carried out, ``expires`` the first at which it no longer
    makes sense (None: never). Both aware UTC.
    """

    relationship: str
    number: int
    revision: int
    kind: IntentKind
    person: str
    not_before: datetime
    mail: MailKind | None = None
    expires: datetime | None = None

    @property
    def key(self) -> str:
        """Stable identity: the same decision made again has the same key (32 hexadecimal digits)."""
        return intent_key(self.relationship, self.number, self.revision, self.kind, self.person, self.mail)


def intent_key(
    relationship: str, number: int, revision: int, kind: IntentKind, person: str, mail: MailKind | None
) -> str:
    """Digest of what an intent is about; everything a provider sees of it is derived from this."""
    parts = ("attune", relationship, str(number), str(revision), kind, person, mail or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
