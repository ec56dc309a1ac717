"""What meetings at many starts cost one person, by looking up one week of wall time.

Prices are whole numbers of 1/64 of a point, as the core's are by construction, so that both come to the same floats.
Near a change of offset the distance to the good hours is another than on the wall: there the core is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.accelerators.batch_weeks import Week, ZoneGrid, weekly
from agent.core.availability import around
from agent.core.boundaries import Boundary, Strength
from agent.core.meter import FARTHEST, SHARES, UNANSWERED_POINTS, meter, rate
from agent.core.minutes import ones, stretches
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.timespan import DAY, Span, union
from agent.core.weeks import WEEK

RATES = np.array([rate(distance) for distance in range(FARTHEST + 1)], dtype=np.int64)


class Prices:
    """Points that meetings cost one person, at any starts (minutes) of a grid."""

    def __init__(self, person: Person, known: PersonObserved, zone: ZoneGrid) -> None:
        self._person, self._known, self._zone = person, known, zone
        self._duration = zone.shape.duration
        self._sums = _running_sums(person, self._duration) if _by_table(person, self._duration) else None
        soft = union(block.span for block in known.busy or () if not block.hard)
        lengths = accumulate((span.minutes for span in soft), initial=0)
        self._waiting = np.array([[0, *(s.start for s in soft)], [0, *(s.end for s in soft)], [0, *lengths][:-1]])

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
        wall = self._zone.on_the_wall(starts)
        shares: NDArray[Any] = sums[wall + self._duration] - sums[wall]
        if self._waiting.shape[1] > 1:
            waiting = self._waiting_until(starts + self._duration) - self._waiting_until(starts)
            shares = shares + int(UNANSWERED_POINTS * SHARES) * waiting
        return shares / SHARES

    def _waiting_until(self, minutes: NDArray[Any]) -> NDArray[Any]:
        """Minutes before each minute that lie under an unanswered invitation."""
        begins, ends, before = self._waiting
        at = np.searchsorted(begins, minutes, side="right") - 1
        found: NDArray[Any] = before[at] + np.minimum(minutes, ends[at]) - begins[at]
        return found

    def _asked(self, starts: list[int]) -> list[float]:
        spans = [Span(start, start + self._duration) for start in starts]
        window = around(Span(spans[0].start, spans[-1].end), DAY)
        asked = meter(self._person, self._known.busy or (), window)
        return [asked.of(span) for span in spans]


def _by_table(person: Person, duration: int) -> bool:
    return (
        duration <= DAY
        and weekly(person)
        and all(float(boundary.points * SHARES).is_integer() for boundary in _soft(person))
    )


def _soft(person: Person) -> Iterable[Boundary]:
    return (boundary for boundary in person.boundaries if boundary.strength is Strength.SOFT)


def _running_sums(person: Person, duration: int) -> NDArray[Any]:
    """Shares of all minutes of a week on the wall before each, and on into the next by a meeting's length."""
    sums = np.zeros(WEEK + duration + 1, dtype=np.int64)
    rates = sums[1 : WEEK + 1]  # summed where they are: an array more costs more than all that is done with it
    for boundary in _soft(person):
        rule, shares = boundary.rule, int(boundary.points * SHARES)
        for day in rule.weekdays:
            _add(rates, day * DAY + rule.start, np.full(rule.end - rule.start, shares))
    for low, high in _gaps(Week.of(person).good):
        _add(rates, low, _gap(high - low))
    np.cumsum(rates, out=rates)
    sums[WEEK + 1 :] = sums[WEEK] + sums[1 : duration + 1]
    return sums


def _add(rates: NDArray[Any], at: int, more: NDArray[Any]) -> None:
    """Add to the minutes of a week from one on; past its end is its beginning."""
    at %= WEEK
    fits = min(len(more), WEEK - at)
    rates[at : at + fits] += more[:fits]
    rates[: len(more) - fits] += more[fits:]


def _gaps(good: int) -> Iterator[tuple[int, int]]:
    """Stretches between the good hours of a week, the last of them on into the next; without any, one endless gap."""
    if not good:
        yield 0, WEEK
        return
    turn = (good & -good).bit_length() - 1
    turned = (good | good << WEEK) >> turn & ones(WEEK)
    yield from ((low + turn, high + turn) for low, high in stretches(turned ^ ones(WEEK)))


@lru_cache(maxsize=1024)
def _gap(length: int) -> NDArray[Any]:
    """Shares of each minute of a gap between good hours; each is as far as its nearer end."""
    near = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1))
    return RATES[np.minimum(near, FARTHEST)] if length < WEEK else np.full(WEEK, RATES[FARTHEST])
