"""A mistake somebody could make, as one small change of a module's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In ``<module>.py`` the text ``old``, which occurs once, becomes ``new``.

    One of ``tests`` notices; those that are likely to and quick come first. A module without a folder is in
    ``agent/core``, tests without one are in ``tests/core``.
    """

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def path(self) -> str:
        """The file that it changes."""
        return f"{self.module if '/' in self.module else f'agent/core/{self.module}'}.py"

    @property
    def test_paths(self) -> tuple[str, ...]:
        """The files of its tests."""
        return tuple(f"{test if '/' in test else f'tests/core/{test}'}.py" for test in self.tests)
