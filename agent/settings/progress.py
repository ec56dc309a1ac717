"""Tells how far long work has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

Passed = Callable[[float], None]
"""Is told which share of the work is done, from 0 to 1."""

OFTEN = 200
"""Items between two tellings."""


def silent(_share: float) -> None:
    """Tell nobody."""


def within(passed: Passed, begin: float, end: float) -> Passed:
    """Tell of one stretch of the work as if it were the whole."""
    return lambda share: passed(begin + share * (end - begin))


def told(items: Iterable[T], count: int, passed: Passed) -> Iterator[T]:
    """Give the items, and tell how many of so many have been given."""
    for number, item in enumerate(items):
        if number % OFTEN == 0:
            passed(number / max(count, 1))
        yield item
