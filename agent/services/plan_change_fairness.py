"""Who would carry how much inconvenience, measured in the same way before and after a change.

The measure is the hours that are good for people now: a change of the hours themselves would else hide what it does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.core.burden import charged, decayed
from agent.core.observation import Observed
from agent.core.relationships import Ledger, Relationship, State
from agent.core.slots import price
from agent.core.timespan import Span, floor_minute
from agent.services.plan_change_course import Course


@dataclass
class Burdens:
    """Points by person, over all their relationships, and the imbalance of each relationship in the end."""

    people: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    meetings: Counter[str] = field(default_factory=Counter)
    imbalance: dict[str, float] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)


def burdens(
    measures: Mapping[str, Relationship],
    courses: Mapping[str, Course],
    states: Mapping[str, State],
    seen: Mapping[str, Observed],
    span: tuple[datetime, datetime],
) -> Burdens:
    """Add up the meetings that start between two instants, by the relationships in ``measures``."""
    found = Burdens()
    for name, course in courses.items():
        relationship = measures[name]
        spans = tuple(meeting.span for meeting in course.standing if span[0] <= meeting.span.starts_at < span[1])
        costs = _costs(relationship, spans, seen[name])
        for burden in costs:
            for person, points in burden.items():
                found.people[person] += points
                found.meetings[person] += 1
        ledger = _carried(states[name].ledger, spans, costs, floor_minute(span[1]))
        carried = [ledger.points.get(person.id, 0.0) for person in relationship.people]
        found.imbalance[name] = max(carried) - min(carried)
        found.points[name] = sum(sum(burden.values()) for burden in costs)
    return found


def _costs(relationship: Relationship, spans: tuple[Span, ...], observed: Observed) -> list[Mapping[str, float]]:
    return [slot.burden for slot in price(relationship, observed, spans, Ledger())]


def _carried(ledger: Ledger, spans: Iterable[Span], costs: Iterable[Mapping[str, float]], minute: int) -> Ledger:
    for each, burden in zip(spans, costs, strict=True):
        ledger = charged(ledger, burden, each.start)
    return decayed(ledger, minute)
