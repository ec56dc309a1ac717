"""A mapping that makes what it is asked for, and keeps the last few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

V = TypeVar("V")

AT_HAND = 1024
"""Values kept: a small programme's are all made once, a large one's take a few megabytes."""


class Lazy(Mapping[str, V]):
    """Values by name; ``make`` raises ``KeyError`` where there is none. May be asked by several threads at once.

    ``has`` says whether there is one without making it.
    """

    def __init__(
        self,
        names: Callable[[], Iterator[str]],
        count: int,
        make: Callable[[str], V],
        has: Callable[[str], bool],
        at_hand: int = AT_HAND,
    ) -> None:
        self._names = names
        self._count = count
        self._make = lru_cache(at_hand)(make)
        self._has = has

    def __getitem__(self, name: str) -> V:
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._has(name)

    def __iter__(self) -> Iterator[str]:
        return self._names()

    def __len__(self) -> int:
        return self._count
