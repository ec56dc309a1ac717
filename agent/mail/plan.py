"""How a meeting's minutes may be spent."""

from __future__ import annotations

from agent.core.timespan import Span

PARTS = (("arrive", 1), ("promises", 1), ("mentee", 3), ("mentor", 2), ("question", 1), ("next", 1))
"""The parts of a meeting in order, and their shares of it."""

ROOMY = "mentee"
"""The part that takes what rounding leaves."""


def plan(span: Span) -> dict[str, int]:
    """Give each part its minutes; none gets less than one, together they are the meeting's where it is that long."""
    whole = sum(share for _, share in PARTS)
    minutes = {name: max(1, span.minutes * share // whole) for name, share in PARTS}
    minutes[ROOMY] = max(1, minutes[ROOMY] + span.minutes - sum(minutes.values()))
    return minutes
