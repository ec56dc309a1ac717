"""One line of the journal: what was decided or done, and why, in words that give nobody away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Detail = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the life of the programme. Never holds a title, a label, an address or a body."""

    at: datetime
    event: str
    relationship: str | None = None
    number: int | None = None
    person: str | None = None
    detail: Mapping[str, Detail] = field(default_factory=dict)
