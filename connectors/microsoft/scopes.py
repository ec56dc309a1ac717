"""What Microsoft lets a person allow, by its own names, and what each is good for."""

from __future__ import annotations

from typing import Final

READ: Final = "Calendars.ReadBasic"
WRITE: Final = "Calendars.ReadWrite"
SEND: Final = "Mail.Send"

DEFAULT: Final = frozenset({WRITE})
"""The least that keeps meetings in a calendar: Microsoft knows no consent that is about our own events only."""

RICHER: Final = {SEND: "lets Attune's mails to others leave from your own address"}
"""Why a person might want to allow more, one by one."""

TO_BOOK: Final = (WRITE,)
TO_READ: Final = (READ, WRITE)
TO_SEND: Final = (SEND,)
"""Scopes of which any one will do, the least first."""
