"""What a check found: one line for each thing that is not as promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Kinds of what must not be."""

    BOUNDARY = "boundary violations"
    DUPLICATE = "duplicates"
    HOURS = "mails outside the recipient's hours"
    LEAK = "private labels found anywhere"
    UNTOLD = "changes not told exactly once"
    SUMMONS = "mails or invitations that a program would stumble over"
    SPLIT = "meetings on which calendars disagree"
    ACT = "people's own acts not honoured"


@dataclass(frozen=True, slots=True)
class Finding:
    """One instance. ``what`` names ids, files and times, never a private text."""

    fault: Fault
    what: str


Findings = Iterator[Finding]
