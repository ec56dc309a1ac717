"""Everybody's calendars, opened for whoever asks and closed again when nobody has them any more."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from pydantic import BaseModel

from connectors.base import CalendarReader

AT_HAND = 128
"""People whose calendars stay open, those asked last."""

Owned = tuple[CalendarReader, ...]


class OpenCalendars(Mapping[str, Owned]):
    """Calendars by person. However many threads ask, there is one reader of each calendar at a time.

    ``settings`` are those of each person's calendars; ``guard`` opens one behind its gate, and says how to close it.
    """

    def __init__(
        self,
        settings: Mapping[str, tuple[BaseModel, ...]],
        guard: Callable[[str, int, BaseModel], tuple[CalendarReader, Callable[[], None]]],
        at_hand: int = AT_HAND,
    ) -> None:
        self._settings = settings
        self._guard = guard
        self._at_hand = at_hand
        self._kept: OrderedDict[str, Owned] = OrderedDict()
        self._open: weakref.WeakValueDictionary[tuple[str, int], CalendarReader] = weakref.WeakValueDictionary()
        self._lock = Lock()

    def __getitem__(self, person: str) -> Owned:
        with self._lock:
            if person not in self._kept:
                settings = enumerate(self._settings[person])
                self._kept[person] = tuple(self._one(person, position, each) for position, each in settings)
            self._kept.move_to_end(person)
            dropped = self._kept.popitem(last=False) if len(self._kept) > self._at_hand else None
            found = self._kept[person]
        del dropped  # which may close them, out of the others' way
        return found

    def _one(self, person: str, position: int, settings: BaseModel) -> CalendarReader:
        """Give the open one, where somebody still has it."""
        found = self._open.get((person, position))
        if found is None:
            found, close = self._guard(person, position, settings)
            weakref.finalize(found, close).atexit = False
            self._open[person, position] = found
        return found

    def __contains__(self, person: object) -> bool:
        return person in self._settings

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def close(self) -> None:
        """Let go of every connection to a calendar."""
        for calendar in list(self._open.values()):
            calendar.close()
