"""Finds out what the lost database did since the backup that replaces it was taken, one relationship at a time.

Until that is done for a relationship nothing is decided or carried out for it, nor booked for anybody in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent import log
from agent.core.adopt import Adopted, adopt
from agent.core.gap import Gap
from agent.core.journal import Entry
from agent.core.layers import Shape
from agent.core.observation import OwnEvent
from agent.core.relationships import Relationship, State, meeting_uid
from agent.services.programme import Programme
from agent.store import engagements, events, intents, journal, meetings, recovery, relationships
from agent.store.engine import Transaction
from agent.store.events import Delivered
from agent.store.relationships import Held
from connectors.errors import ConnectorError, RateLimited

AHEAD = 2
"""So many numbers in a row that nobody has an event of: no later ones were booked."""

UNCLEAR = timedelta(minutes=5)
"""How long to wait for a calendar that cannot be read, or for the other relationships of somebody."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What is to be recorded of one relationship; ``adopted`` is None where nobody of it is in the programme.

    ``places`` are the calendars in which everybody's events were looked for.
    """

    held: Held
    now: datetime
    relationship: Relationship | None
    adopted: Adopted | None
    gap: Gap
    places: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unclear:
    """It cannot be said yet what was done: look again then."""

    until: datetime


def recover(programme: Programme, held: Held, now: datetime) -> Recovered | Unclear:
    """Look up what was done for a relationship that came out of a backup. Changes nothing; raises ``StoreError``."""
    state = held.stored.state
    with programme.store.look() as tx:
        gap = recovery.of_store(tx) or Gap(now, now)
        number = state.meeting.number if state.meeting else 0
        people = meetings.booked_for(tx, held.name, number)
    relationship = programme.relationships.get(held.name) or programme.party(held.name, people)
    if relationship is None:
        return Recovered(held, now, None, None, gap)
    try:
        found = _look_up(programme, relationship, state)
    except ConnectorError as error:
        if not isinstance(error, RateLimited) or error.retry_after > UNCLEAR:
            programme.looked_up.pop(held.name, None)
        log.logger().warning("not looked up after a restore", relationship=held.name, why=type(error).__name__)
        return Unclear(now + (error.retry_after if isinstance(error, RateLimited) else UNCLEAR))
    programme.looked_up.pop(held.name, None)
    with programme.store.look() as tx:
        uid = meeting_uid(held.name, number)
        kept = {person.id: events.get(tx, uid, person.id) for person in relationship.people}
    places = {name: programme.booking_place(name) for name in kept}
    written = [name for name, copy in kept.items() if copy and copy.calendar in {None, places[name]}]
    return Recovered(held, now, relationship, adopt(state, relationship, found, written, gap, now), gap, places)


def _look_up(programme: Programme, relationship: Relationship, state: State) -> dict[int, dict[str, OwnEvent]]:
    """Find the events of the booked meeting and of those that may have followed it.

    Where a limit breaks it off for a little while, it goes on then with what it has found: it may need more calls than
    there are in a minute.
    """
    found: dict[int, dict[str, OwnEvent]] = {}
    if state.meeting is not None:
        found[state.meeting.number] = _events(programme, relationship, state.meeting.number)
    number, nothing = state.number, 0
    while nothing < AHEAD:
        number += 1
        found[number] = _events(programme, relationship, number)
        nothing = 0 if found[number] else nothing + 1
    return found


def _events(programme: Programme, relationship: Relationship, number: int) -> dict[str, OwnEvent]:
    uid = meeting_uid(relationship.id, number)
    booking = {person.id: programme.booking_calendar(person.id) for person in relationship.people}
    known = programme.looked_up.setdefault(relationship.id, {})
    for name, calendar in booking.items():
        if calendar is not None and (uid, name) not in known:
            known[uid, name] = calendar.find(uid)
    found = {name: known.get((uid, name)) for name in booking}
    return {name: event for name, event in found.items() if event is not None}


def must_wait(programme: Programme, relationship: Relationship) -> bool:
    """Whether somebody in a relationship has another whose doings are not known yet: unknown is not free."""
    with programme.store.look() as tx:
        if not recovery.unfinished(tx):
            return False
        theirs = {name for person in relationship.people for name in programme.relationships_of(person.id)}
        return recovery.unfinished(tx, theirs)


def settle(tx: Transaction, recovered: Recovered) -> None:
    """Record what was found; the relationship is decided at once. Raises ``Stale`` where it has moved on."""
    name, now, gap, adopted = recovered.held.name, recovered.now, recovered.gap, recovered.adopted
    state = adopted.state if adopted else recovered.held.stored.state
    relationships.save(tx, name, recovered.held.stored.version, state, now)
    if adopted and recovered.relationship:
        _record(tx, recovered.relationship, adopted, recovered.places, now)
    withheld = recovery.withhold(tx, name, gap, now)
    withheld += recovery.presume_sent(tx, adopted.presumed if adopted else (), now)
    recovery.let_go(tx, name, gap)
    recovery.finish(tx, name)
    journal.write(
        tx,
        [
            Entry(now, "withheld", name, mail.number, mail.person, {"mail": mail.mail or "", "revision": mail.revision})
            for mail in withheld
        ],
    )
    log.logger().info("recovered", relationship=name, withheld=len(withheld))


def _record(
    tx: Transaction, relationship: Relationship, adopted: Adopted, places: Mapping[str, str | None], now: datetime
) -> None:
    shape, people = Shape.of(relationship), [person.id for person in relationship.people]
    for meeting in adopted.meetings:
        meetings.put(tx, relationship.id, people, meeting, shape.before, shape.after)
    if adopted.meetings:
        engagements.change(tx, engagements.versions(tx, people))
    for copy in adopted.copies:
        event, place = copy.event, places.get(copy.person)
        uid = meeting_uid(relationship.id, copy.number)
        events.put(tx, uid, copy.person, Delivered(event.sequence, copy.span, event.href, event.etag, place))
        recovery.settle_writes(tx, relationship.id, copy.number, copy.person, event.sequence, now)
    intents.add(tx, adopted.intents, now)
    journal.write(tx, adopted.reasons)
