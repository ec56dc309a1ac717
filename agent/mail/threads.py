"""Identities of mails, and how they hang together in a reader's mail program.

All of them are derived, so that a mail sent again is the same mail (RFC 5322, section 3.6.4):

- ``Message-ID`` is the intent's key.
- Each reader has one anchor for a relationship and, below it, one for each meeting. The meeting's anchor is the
  identity that its first invitation has, so the mails after it are answers to it.
- ``References`` names relationship and meeting, ``In-Reply-To`` the meeting; an invitation hangs on the relationship.

No mail ever has a relationship's anchor. A program that threads by references keeps its place free (that is what
makes one thread of a relationship's mails), and one that does not simply shows single mails.
"""

from __future__ import annotations

import hashlib

from agent.core.intents import IntentKind, MailKind, intent_key


def domain(address: str) -> str:
    """The right-hand side of identities: a name below the sender's own domain."""
    return f"attune.{address.rpartition('@')[2].lower()}"


def message_id(key: str, address: str) -> str:
    """The identity of the mail that an intent leads to."""
    return f"<{key}@{domain(address)}>"


def relationship_anchor(relationship: str, person: str, address: str) -> str:
    """What all mails to one reader about one relationship refer to."""
    digest = hashlib.sha256(f"attune\0thread\0{relationship}\0{person}".encode()).hexdigest()
    return message_id(digest[:32], address)


def meeting_anchor(relationship: str, number: int, person: str, address: str) -> str:
    """What all mails to one reader about one meeting refer to: its first invitation."""
    key = intent_key(relationship, number, 0, IntentKind.SEND_MAIL, person, MailKind.INVITATION)
    return message_id(key, address)


def references(own: str, relationship: str, number: int, person: str, address: str) -> tuple[str, ...]:
    """What a mail refers to, the farthest first; the last is what it answers."""
    anchors = (
        relationship_anchor(relationship, person, address),
        meeting_anchor(relationship, number, person, address),
    )
    return tuple(anchor for anchor in anchors if anchor != own)
