"""Where everything in a piece of a file stands, as a row of numbers: line and column of each key and each value."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.settings.errors import Position

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Marks:
    """Lines and columns, counted from 0, in the order in which a piece is written: each key before its value."""

    numbers: array[int] = field(default_factory=lambda: array("I"))

    def add(self, line: int, column: int) -> None:
        """Add the next."""
        self.numbers.append(line)
        self.numbers.append(column)

    def __iter__(self) -> Iterator[Position]:
        numbers = iter(self.numbers)
        return (Position(line + 1, column + 1) for line, column in zip(numbers, numbers, strict=True))


@dataclass(slots=True)
class Places:
    """Positions of values and of keys, by the way to them."""

    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)

    def value(self, path: Path) -> Position:
        """Where a value stands; where it is not written, the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position())

    def key(self, path: Path) -> Position:
        """Where a key stands."""
        return self.keys.get(path) or self.value(path)


def spread(data: object, marks: Marks) -> Places:
    """Give the places in a piece that was built while these marks were made; none where none were."""
    places = Places()
    if marks.numbers:
        _spread(data, (), iter(marks), places)
    return places


def _spread(data: object, path: Path, marks: Iterator[Position], places: Places) -> None:
    places.values[path] = next(marks)
    if isinstance(data, dict):
        for key, value in data.items():
            places.keys[(*path, key)] = next(marks)
            _spread(value, (*path, key), marks, places)
    elif isinstance(data, list):
        for index, item in enumerate(data):
            _spread(item, (*path, index), marks, places)
