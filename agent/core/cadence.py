"""When a relationship's next meeting is due, and within which starts it is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.policy import Policy
from agent.core.timespan import MINUTE, Span, ceil_minute

LATE = timedelta(weeks=1)
"""How far past the first possible start an overdue meeting is looked for, at the least."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where to look: minutes in which the meeting may start, and whether its own window has already passed."""

    window: Span | None
    late: bool


def aim(due: datetime, policy: Policy, now: datetime) -> Aim:
    """Starts within ``window`` of due, both ends included, not before the notice and not past the horizon.

    Once notice has overtaken the window the meeting is late: it is looked for from the first possible start on, over
    a window's whole width or a week, whichever is longer.
    """
    tolerance = policy.cadence.window
    earliest = now + policy.notice
    late = due + tolerance < earliest
    first = earliest if late else max(due - tolerance, earliest)
    last = earliest + max(2 * tolerance, LATE) if late else due + tolerance
    start, stop = ceil_minute(first), ceil_minute(min(last + MINUTE, now + policy.horizon))
    return Aim(Span(start, stop) if start < stop else None, late)


def look_from(due: datetime, policy: Policy) -> datetime:
    """The first moment to look for a meeting: its whole window is in sight, or notice is about to close it."""
    tolerance = policy.cadence.window
    return min(due + tolerance - policy.horizon, due - tolerance - policy.notice)


def days_off(start: int, due: datetime) -> int:
    """Whole days between a start (minute) and the moment it was due."""
    return abs(start - ceil_minute(due)) // (24 * 60)
