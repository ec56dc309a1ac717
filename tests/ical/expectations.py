"""What was written down by hand for a file: a window, and what is busy in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from agent.core.observation import Busy
from agent.core.timespan import Span, floor_minute
from agent.core.whereabouts import Whereabouts
from agent.ical.bounded import Document, read_bounded
from agent.ical.errors import NotCalendar

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry of a data file. ``busy`` is None where the file is no calendar."""

    file: str
    says: str
    zone: str
    owner: str
    window: Span
    busy: tuple[Busy, ...] | None
    dropped: int

    def __str__(self) -> str:
        return f"{self.file}: {self.says}"

    @property
    def lines(self) -> list[str]:
        """What ``found`` should give."""
        return _lines(self.busy, self.dropped)


def load(name: str) -> list[Expectation]:
    """Read a data file beside this one."""
    entries = YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))
    return [_expectation(entry) for entry in entries]


def found(expected: Expectation, data: bytes) -> list[str]:
    """Read a file as a sweep does, as lines to compare."""
    try:
        reading = read_bounded(
            [Document(data)],
            expected.window,
            where=Whereabouts(expected.zone),
            owner=expected.owner,
            own=frozenset(),
            whole=True,
        )
    except NotCalendar:
        return _lines(None, 0)
    return _lines(reading.busy, reading.dropped)


def _lines(busy: tuple[Busy, ...] | None, dropped: int) -> list[str]:
    return ["no calendar"] if busy is None else [*map(_text, busy), f"{dropped} dropped"]


def _text(busy: Busy) -> str:
    ends = f"{busy.span.starts_at:%Y-%m-%d %H:%M} / {busy.span.ends_at:%Y-%m-%d %H:%M}"
    return ends if busy.hard else f"{ends} softly"


def _expectation(entry: dict[str, Any]) -> Expectation:
    known = {"file", "says", "zone", "owner", "window", "hard", "soft", "dropped", "not_calendar"}
    assert entry.keys() <= known, entry
    busy = [*map(Busy, map(span, entry.get("hard", [])))]
    busy += [Busy(span(text), hard=False) for text in entry.get("soft", [])]
    return Expectation(
        entry["file"],
        entry["says"],
        entry.get("zone", "UTC"),
        entry.get("owner", "owner@people.example"),
        span(entry.get("window", "2027-01-01 / 2027-02-01")),
        None if entry.get("not_calendar") else tuple(sorted(busy)),
        entry.get("dropped", 0),
    )


def span(text: str) -> Span:
    """Read ``2027-01-04 09:00 / 10:30`` or ``2027-01-04 / 2027-01-06``, in UTC."""
    first, last = text.split(" / ")
    return Span(_minute(first), _minute(f"{first[:10]} {last}" if len(last) == 5 else last))


def _minute(text: str) -> int:
    return floor_minute(datetime.fromisoformat(text).replace(tzinfo=UTC))
