"""Seeded chance: a stream of numbers that depends on its seed alone, the same on every machine and version."""

from __future__ import annotations

import hashlib
from collections.abc import MutableSequence
from typing import TypeVar

Item = TypeVar("Item")

_MASK = 2**64 - 1


class Chance:
    """Numbers by the SplitMix64 recurrence, started from a digest of the seed and of what it is for."""

    def __init__(self, seed: int, purpose: str) -> None:
        digest = hashlib.sha256(f"{seed}\0{purpose}".encode()).digest()
        self._state = int.from_bytes(digest[:8], "big")

    def below(self, count: int) -> int:
        """A number from 0 to ``count - 1``, as good as evenly spread for counts far below 2⁶⁴."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = (self._state ^ self._state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        return (mixed ^ mixed >> 31) % count

    def pick(self, mask: int) -> int:
        """One of the set bits of a mask that has some."""
        above = mask >> self.below(mask.bit_length())
        shift = mask.bit_length() - above.bit_length()
        return shift + (above & -above).bit_length() - 1

    def shuffle(self, items: MutableSequence[Item]) -> None:
        """Put into any order."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
