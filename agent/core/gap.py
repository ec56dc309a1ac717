"""The time between a backup and the loss of the database that it replaces: what was done in it, nobody recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.core.messages import next_open
from agent.core.people import Person


@dataclass(frozen=True, slots=True)
class Gap:
    """``since`` is the moment that the backup shows, ``until`` when the lost database was last at work. Aware UTC."""

    since: datetime
    until: datetime


def may_have_gone_out(person: Person, moment: datetime, gap: Gap) -> bool:
    """Whether a mail that was due at this moment may have been sent in the gap, in the person's hours."""
    at = next_open(person, max(moment, gap.since))
    return at is not None and at <= gap.until
