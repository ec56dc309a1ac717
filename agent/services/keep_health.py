"""Keeps how each calendar is: since when it cannot be read, and how many of its events could not be placed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent import log
from agent.core.journal import Entry
from agent.store import calendars, journal
from agent.store.calendars import Health
from agent.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Note:
    """What one attempt told of one calendar: ``trouble`` names why it could not be read, None where it was."""

    person: str
    position: int
    trouble: str | None = None
    dropped: int = 0


def keep_health(tx: Transaction, notes: Sequence[Note], now: datetime) -> None:
    """Keep each, in their order; the journal and the log hear of what changes only.

    One that could be read again, and has not answered since for all that it matters to, is asked now: whoever has read
    it is one of them only, and the others have decided without it.
    """
    if not notes:
        return
    known = calendars.of_people(tx, {note.person for note in notes})
    lines: list[Entry] = []
    told = set()
    for note in notes:
        which = (note.person, note.position)
        if which in known:
            lines += _news(known[which], note, now)
            if _is_back(known[which], note):
                calendars.ask_again(tx, note.person, note.position, now)
            known[which] = _after(known[which], note, now)
            told.add(which)
    journal.write(tx, lines)
    calendars.put_health(tx, [known[which] for which in sorted(told)])


def _is_back(health: Health, note: Note) -> bool:
    return note.trouble is None and health.trouble is not None and health.token is None


def _after(health: Health, note: Note, now: datetime) -> Health:
    if note.trouble is None:
        return health.after_reading(now, note.dropped)
    return health.after_trouble(now, note.trouble)


def _news(health: Health, note: Note, now: datetime) -> Iterator[Entry]:
    """Say what a note changes."""
    say = log.logger()
    if note.trouble is not None:
        if note.trouble != health.trouble:
            say.warning("calendar unreadable", person=note.person, calendar=note.position, why=note.trouble)
            yield _line(now, "calendar-unreadable", note, why=note.trouble)
        return
    if health.trouble is not None:
        say.info("calendar readable again", person=note.person, calendar=note.position)
        yield _line(now, "calendar-readable", note)
    if note.dropped and note.dropped != health.dropped:
        yield _line(now, "events-dropped", note, count=note.dropped)


def _line(now: datetime, event: str, note: Note, **detail: str | int) -> Entry:
    return Entry(now, event, person=note.person, detail={"calendar": note.position, **detail})
