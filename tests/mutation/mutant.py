"""A mistake somebody could make in the core, as one small change of its text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In ``agent/core/<module>.py`` the text ``old``, which occurs once, becomes ``new``.

    One of ``tests``, modules in ``tests/core``, notices; those that are likely to and quick come first.
    """

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]
