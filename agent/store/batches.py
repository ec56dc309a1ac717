"""Many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MANY = 500
"""Rows that one statement is about, where they may be very many."""


def batches(items: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """Cut into lists of so many; the last has fewer."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
