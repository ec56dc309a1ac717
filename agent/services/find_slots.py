"""Finds the times at which a relationship could meet, as things stand now, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from agent import log
from agent.core import cadence
from agent.core.inquiry import Inquiry
from agent.core.observation import Observed
from agent.core.relationships import Relationship, State
from agent.core.slots import Search
from agent.services.keep_health import Note
from agent.services.observe import Observer
from agent.services.programme import Programme
from agent.store import relationships


def find_slots(
    programme: Programme, relationship: Relationship, first: datetime | None = None, end: datetime | None = None
) -> Search:
    """Every feasible start from ``first`` (now if not given) to ``end`` (now + horizon), best first; aware UTC."""
    now = programme.clock.now()
    state, observed = look(programme, relationship, now, until=end)
    return Inquiry(relationship, observed, replace(state, avoided=()), now, first=first, end=end).search()


def find_others(programme: Programme, relationship: Relationship) -> Search | None:
    """Every feasible start around when the booked meeting is due, but for its own and those that were given up.

    None where no meeting is booked.
    """
    now = programme.clock.now()
    state, observed = look(programme, relationship, now)
    if state.meeting is None:
        return None
    given_up = replace(state, avoided=(*state.avoided, state.meeting.span.start))
    return seek(relationship, given_up, observed, now).search()


def look(
    programme: Programme, relationship: Relationship, now: datetime, *, until: datetime | None = None
) -> tuple[State, Observed]:
    """Stored state of a relationship (a fresh one where it has none yet) and what its people's calendars say now.

    Calendars are read to the policy's horizon, and to ``until`` where that is later. The log says which of them cannot
    be read; nothing else changes by asking.
    """
    with programme.store.look() as tx:
        stored = relationships.find(tx, relationship.id)
    state = stored.state if stored else State()
    observer = Observer(programme, now, until)
    observed = observer.observe(relationship, state)
    tell_unreadable(observer.notes)
    return state, observed


def tell_unreadable(notes: Iterable[Note]) -> None:
    """Say which calendars could not be read, each once, to whoever asked: only a sweep keeps how they are."""
    for note in dict.fromkeys(notes):
        if note.trouble is not None:
            log.logger().warning("calendar unreadable", person=note.person, calendar=note.position, why=note.trouble)


def seek(relationship: Relationship, state: State, observed: Observed, now: datetime) -> Inquiry:
    """Ask as a decision does: around when the booked meeting, or else the next one, is due."""
    due = state.meeting.due if state.meeting else cadence.after_pauses(state.due or now, relationship)
    return Inquiry(relationship, observed, state, now, due)
