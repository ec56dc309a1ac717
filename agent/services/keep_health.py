"""Keeps how each calendar is: since when it cannot be read, and how many of its events could not be placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent import log
from agent.core.journal import Entry
from agent.store import calendars, journal
from agent.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Note:
    """What one attempt told of one calendar: ``trouble`` names why it could not be read, None where it was."""

    person: str
    position: int
    trouble: str | None = None
    dropped: int = 0


def keep_health(tx: Transaction, notes: Iterable[Note], now: datetime) -> None:
    """Keep each; the journal and the log hear of what changes only."""
    for note in notes:
        if note.trouble is None:
            _readable(tx, note, now)
        else:
            _unreadable(tx, note, note.trouble, now)


def _unreadable(tx: Transaction, note: Note, trouble: str, now: datetime) -> None:
    health = calendars.get(tx, note.person, note.position)
    if health is None or health.trouble != trouble:
        journal.write(tx, [_line(now, "calendar-unreadable", note, why=trouble)])
        log.logger().warning("calendar unreadable", person=note.person, calendar=note.position, why=trouble)
    calendars.put_trouble(tx, note.person, note.position, trouble, now)


def _readable(tx: Transaction, note: Note, now: datetime) -> None:
    health = calendars.get(tx, note.person, note.position)
    if health is not None and health.trouble is not None:
        journal.write(tx, [_line(now, "calendar-readable", note)])
        log.logger().info("calendar readable again", person=note.person, calendar=note.position)
    if note.dropped and (health is None or health.dropped != note.dropped):
        journal.write(tx, [_line(now, "events-dropped", note, count=note.dropped)])
    calendars.put_read(tx, note.person, note.position, now, note.dropped)


def _line(now: datetime, event: str, note: Note, **detail: str | int) -> Entry:
    return Entry(now, event, person=note.person, detail={"calendar": note.position, **detail})
