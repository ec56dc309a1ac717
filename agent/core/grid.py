"""The candidate starts of a search, and sets of them as bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core import minutes
from agent.core.timespan import Span

BLOCK = 1024
"""Starts that are marked in one integer."""


@dataclass(frozen=True, slots=True)
class Grid:
    """``count`` starts from ``first`` on, ``step`` apart (minutes), all of them multiples of ``step`` since the epoch.

    A set of starts is an integer: bit ``k`` stands for the start ``first + k * step``.
    """

    first: int
    step: int
    count: int

    @classmethod
    def over(cls, window: Span | None, step: int) -> Grid:
        """Every multiple of ``step`` in a window; no start where there is none."""
        if window is None:
            return cls(0, step, 0)
        first = -(-window.start // step) * step
        return cls(first, step, max(0, -((first - window.end) // step)))

    @property
    def all(self) -> int:
        """Every start."""
        return minutes.ones(self.count)

    def lived(self, duration: int) -> Span:
        """Minutes that meetings of this length at these starts take; the grid must not be empty."""
        return Span(self.first, self.first + (self.count - 1) * self.step + duration)

    def earliest(self, mask: int) -> int:
        """The first start (minutes) of a set that is not empty."""
        return self.first + ((mask & -mask).bit_length() - 1) * self.step

    def starts(self, mask: int) -> Iterator[int]:
        """Give the starts (minutes) of a set, in order."""
        return (self.first + place * self.step for place in minutes.places(mask))

    def number(self, minute: int) -> int:
        """How many of the starts are before a minute: the number of the first that is not."""
        return min(max(-((self.first - minute) // self.step), 0), self.count)

    def within(self, stretches: Iterable[tuple[int, int]]) -> int:
        """Set of the starts that lie in one of some half-open stretches of minutes, in any order."""
        return self.near((Span(start, end) for start, end in stretches if start < end), 0, 0)

    def near(self, spans: Iterable[Span], early: int, late: int) -> int:
        """Set of the starts that lie in one of some spans, in any order, their ends moved by so many minutes."""
        step, count, block = self.step, self.count, BLOCK
        early, late = early - self.first + step - 1, late - self.first + step - 1
        marks = [0] * (count // block + 1)  # short integers: adding to one long one would take time for all of it
        for span in spans:
            low, high = (span.start + early) // step, (span.end + late) // step
            if low < 0 or high > count:
                low, high = max(low, 0), min(high, count)
            if low < high:
                marks[low // block] |= ((1 << high - low) - 1) << low % block
        mask = 0
        for number, mark in enumerate(marks):
            mask |= mark << number * block
        return mask

    def sampled(self, mask: int) -> int:
        """Set of the starts whose minute is set in a mask that begins with the grid's first minute."""
        return minutes.every(mask, self.step, self.count) if self.count else 0

    def fitting(self, mask: int, duration: int) -> int:
        """Set of the starts of meetings that lie whole in such a mask."""
        return self.sampled(minutes.beginnings(mask, duration))
