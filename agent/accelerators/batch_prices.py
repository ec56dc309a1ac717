"""What meetings at many starts cost one person, by looking up one week of wall time.

Prices are whole numbers of 1/64 of a point, as the core's are by construction, so that both come to the same floats.
Near a change of offset the distance to the good hours is another than on the wall: there the core is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.accelerators.batch_weeks import Week, ZoneGrid, weekly
from agent.core.availability import around
from agent.core.boundaries import Boundary, Strength
from agent.core.expansion import MONDAY, WEEK
from agent.core.meter import FARTHEST, SHARES, UNANSWERED_POINTS, meter, rate
from agent.core.minutes import ones, stretches
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.timespan import DAY, Span, union

RATES = np.array([rate(distance) for distance in range(FARTHEST + 1)], dtype=np.int64)


class Prices:
    """Points that meetings cost one person, at any starts (minutes) of a grid."""

    def __init__(self, person: Person, known: PersonObserved, zone: ZoneGrid) -> None:
        self._person, self._known, self._zone = person, known, zone
        self._duration = zone.shape.duration
        self._sums = _running_sums(person, self._duration) if _by_table(person) else None
        soft = union(block.span for block in known.busy or () if not block.hard)
        self._soft = np.array([(span.start, span.end) for span in soft], dtype=np.int64).reshape(len(soft), 2)

    def at(self, starts: NDArray[Any]) -> NDArray[Any]:
        """Points of a meeting at each start, exactly as the core's meter has them."""
        if self._sums is None:
            return np.array(self._asked(starts.tolist()))
        points, near = self._looked_up(starts, self._sums), self._near_changes(starts)
        if near.any():
            points[near] = self._asked(starts[near].tolist())
        return points

    def _near_changes(self, starts: NDArray[Any]) -> NDArray[Any]:
        near = np.zeros(len(starts), dtype=bool)
        for change in self._zone.changes:
            reach = FARTHEST + change.shift + 1
            near |= (starts > change.at - reach - self._duration) & (starts < change.at + reach)
        return near

    def _looked_up(self, starts: NDArray[Any], sums: NDArray[Any]) -> NDArray[Any]:
        length = self._duration
        segments = self._zone.segments
        bounds = np.array([segment.span.end for segment in segments])
        offsets = np.array([segment.offset for segment in segments])[np.searchsorted(bounds, starts, side="right")]
        wall = (starts + offsets - MONDAY) % WEEK
        shares: NDArray[Any] = sums[wall + length] - sums[wall]
        if len(self._soft):
            shares += int(UNANSWERED_POINTS * SHARES) * (self._waiting(starts + length) - self._waiting(starts))
        return shares / SHARES

    def _waiting(self, until: NDArray[Any]) -> NDArray[Any]:
        """Minutes before each minute that lie under an unanswered invitation."""
        begins, ends = self._soft[:, 0], self._soft[:, 1]
        before = np.concatenate(([0, 0], np.cumsum(ends - begins)))
        at = np.searchsorted(begins, until, side="right")
        inside = np.minimum(until, np.concatenate(([0], ends))[at]) - np.concatenate(([0], begins))[at]
        return before[at] + np.where(at > 0, inside, 0)

    def _asked(self, starts: list[int]) -> list[float]:
        spans = [Span(start, start + self._duration) for start in starts]
        window = around(Span(spans[0].start, spans[-1].end), DAY)
        asked = meter(self._person, self._known.busy or (), window)
        return [asked.of(span) for span in spans]


def _by_table(person: Person) -> bool:
    return (
        weekly(person)
        and all((boundary.points * SHARES).is_integer() for boundary in _soft(person))
        and (not person.good_hours or Week.of(person).good != 0)
    )


def _soft(person: Person) -> Iterable[Boundary]:
    return (boundary for boundary in person.boundaries if boundary.strength is Strength.SOFT)


def _running_sums(person: Person, duration: int) -> NDArray[Any]:
    """Shares of all minutes of a week on the wall before each, and on into the next by a meeting's length."""
    rates = np.zeros(2 * WEEK, dtype=np.int64)
    for boundary in _soft(person):
        shares = int(boundary.points * SHARES)
        for day in boundary.rule.weekdays:
            rates[day * DAY + boundary.rule.start : day * DAY + boundary.rule.end] += shares
    rates[:WEEK] += rates[WEEK:]
    if person.good_hours:
        rates[:WEEK] += _distance(Week.of(person).good)
    sums = np.zeros(WEEK + duration + 1, dtype=np.int64)
    np.cumsum(np.concatenate((rates[:WEEK], rates[:duration])), out=sums[1:])
    return sums


def _distance(good: int) -> NDArray[Any]:
    """Shares of each minute of a week by its distance from the good hours, which are some."""
    turn = (good & -good).bit_length() - 1
    turned = (good | good << WEEK) >> turn & ones(WEEK)
    shares = np.zeros(WEEK, dtype=np.int64)
    for low, high in stretches(turned ^ ones(WEEK)):
        shares[low:high] = _gap(high - low)
    return np.roll(shares, turn)


@lru_cache(maxsize=1024)
def _gap(length: int) -> NDArray[Any]:
    """Shares of each minute of a gap between good hours; each is as far as its nearer end."""
    near = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1))
    return RATES[np.minimum(near, FARTHEST)]
