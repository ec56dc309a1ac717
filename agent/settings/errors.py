"""Everything that is wrong with a deployment's files, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where something is written; both count from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``file`` is relative to the deployment folder; ``path`` is empty for the file as a whole."""

    file: str
    position: Position
    path: str
    wrong: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.position.line}:{self.position.column}"
        return f"{place}{' ' + self.path if self.path else ''}: {self.wrong}; {self.advice}"


class SettingsError(Exception):
    """The files of a deployment hold mistakes; ``problems`` has every one of them, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class HomeNotFound(FileNotFoundError):
    """There is no deployment in this folder."""
