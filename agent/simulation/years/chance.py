"""Generators that are told apart by words, so that one person's fate never hangs on how many others there are."""

from __future__ import annotations

from random import Random


def generator(*words: object) -> Random:
    """Give the generator of these words; the same words give the same numbers in every process."""
    return Random(":".join(map(str, words)))  # noqa: S311  a made-up world, drawn again from its seed
