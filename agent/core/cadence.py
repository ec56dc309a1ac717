"""When a relationship's next meeting is due, and within which starts it is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.expansion import blocked_run
from agent.core.policy import Policy
from agent.core.relationships import Relationship
from agent.core.timespan import DAY, MINUTE, Span, ceil_minute, instant
from agent.core.whereabouts import Whereabouts

LATE = timedelta(weeks=1)
"""How far past the first possible start an overdue meeting is looked for, at the least."""

PAUSE_STEP = 32 * DAY
"""Minutes of a pause that are looked at in one go."""

PAUSE_STEPS = 400
"""A pause of more than thirty-five years is as good as an end."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where to look: minutes in which the meeting may start, and whether its own window has already passed."""

    window: Span | None
    late: bool


def aim(due: datetime, relationship: Relationship, now: datetime) -> Aim:
    """Starts within ``window`` of due, both ends included, not before the notice and not past the horizon.

    Nor does a relationship meet before it starts. Once notice has overtaken the window the meeting is late: it is
    looked for from the first possible start on, over a window's whole width or a week, whichever is longer.
    """
    policy = relationship.policy
    tolerance = policy.cadence.window
    earliest = max(now + policy.notice, relationship.starts or now)
    late = due + tolerance < earliest
    first = earliest if late else max(due - tolerance, earliest)
    last = earliest + max(2 * tolerance, LATE) if late else due + tolerance
    start, stop = ceil_minute(first), ceil_minute(min(last + MINUTE, now + policy.horizon))
    return Aim(Span(start, stop) if start < stop else None, late)


def after_pauses(due: datetime, relationship: Relationship) -> datetime:
    """The same moment, or where it lies in a pause the end of that one: a pause puts a meeting off, it loses none."""
    minute = ceil_minute(due)
    for _ in range(PAUSE_STEPS if relationship.pauses else 0):
        paused = blocked_run(relationship.pauses, relationship.mentor.where, Span(minute, minute + PAUSE_STEP))
        if not paused or paused[0].start > minute:
            break
        minute = paused[0].end
    return due if minute == ceil_minute(due) else instant(minute)


def look_from(due: datetime, policy: Policy) -> datetime:
    """The first moment to look for a meeting: its whole window is in sight, or notice is about to close it."""
    tolerance = policy.cadence.window
    return min(due + tolerance - policy.horizon, due - tolerance - policy.notice)


def days_off(start: int, due: datetime, where: Whereabouts) -> int:
    """Calendar days, for somebody, between the day of a start (minute) and the day on which it was due."""
    return abs(where.local_day(start) - where.local_day(ceil_minute(due)))
