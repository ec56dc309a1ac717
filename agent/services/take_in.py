"""Takes in who is in the programme, and once a day looks whether anybody, or any grant, has been forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent import log
from agent.services import edition
from agent.services.edition import Edition
from agent.services.mind_grants import mind_grants
from agent.services.part_company import part_company
from agent.services.programme import Programme
from agent.settings.lazy import Lazy
from agent.store import calendars, events, marks, recovery, relationships

ROSTER, LOOKED_THROUGH, PLACED = "roster", "looked-through", "events-placed"
A_DAY = timedelta(days=1)


def take_in(programme: Programme, now: datetime) -> None:
    """Take the files' people in, once for each change of them, and look through all of them once a day."""
    with programme.store.look() as tx:
        known = marks.every(tx)
    if PLACED not in known:
        _place(programme, now)
    if known.get(ROSTER) != programme.deployment.roster:
        _take_in(programme, now)
    if not _lately(known.get(LOOKED_THROUGH), now):
        mind_grants(programme, now)
        _look_through(programme, now)


def _take_in(programme: Programme, now: datetime) -> None:
    """Look at new and changed relationships, and call off what is booked for people no longer together.

    Raises ``OlderFiles`` where another machine has newer files in force.
    """
    with programme.store.begin() as tx:
        marks.alone(tx, ROSTER)
        edition.claim(tx, Edition.of(programme.deployment.home))
        relationships.synchronise(tx, programme.deployment.terms, now)
        recovery.doubt(tx, now)
        calendars.synchronise(tx, programme.owned, now)
    if part_company(programme, now):
        with programme.store.begin() as tx:
            marks.alone(tx, ROSTER)
            marks.put(tx, ROSTER, programme.deployment.roster)


def _place(programme: Programme, now: datetime) -> None:
    """Keep which calendar events are in that were written before that was kept."""
    with programme.store.begin() as tx:
        marks.alone(tx, PLACED)
        people = programme.people
        events.place(tx, Lazy(people.__iter__, len(people), programme.booking_place, people.__contains__))
        marks.put(tx, PLACED, now.isoformat())


def _lately(text: str | None, now: datetime) -> bool:
    """Whether that was within a day; not if it is still to come, by a clock that has since been put back."""
    return text is not None and now - A_DAY < datetime.fromisoformat(text) <= now


def _look_through(programme: Programme, now: datetime) -> None:
    """Wake whoever would never be looked at by themselves: most are paused or have ended, and fall asleep again."""
    with programme.store.begin() as tx:
        marks.alone(tx, LOOKED_THROUGH)
        woken = relationships.wake_lost(tx, now)
        marks.put(tx, LOOKED_THROUGH, now.isoformat())
    log.logger().debug("looked through", woken=woken)
