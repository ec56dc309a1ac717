"""Calls off what is booked for people who are no longer together: somebody left, or the pair is gone from the files.

Files without any pair or circle are taken for a mistake, a save cut short perhaps, and nothing is called off.
"""

from __future__ import annotations

from datetime import datetime

from agent import log
from agent.core.journal import Entry
from agent.core.observation import Observed
from agent.core.upkeep import call_off
from agent.services.programme import Programme
from agent.services.record import record
from agent.store import journal, meetings, relationships


def part_company(programme: Programme, now: datetime) -> int:
    """Cancel every booked meeting whose people have changed; give how many. Whoever is still known is told."""
    if not programme.relationships:
        return 0
    with programme.store.begin() as tx:
        booked = [(name, number, meetings.booked_for(tx, name, number)) for name, number in meetings.booked(tx)]
    return sum(
        _called_off(programme, name, number, people, now)
        for name, number, people in booked
        if not _together(programme, name, people)
    )


def _together(programme: Programme, name: str, people: tuple[str, ...]) -> bool:
    current = programme.relationships.get(name)
    return current is not None and {person.id for person in current.people} == set(people)


def _called_off(programme: Programme, name: str, number: int, people: tuple[str, ...], now: datetime) -> bool:
    party = programme.party(name, people)
    if party is None:
        return False
    with programme.store.begin() as tx:
        stored = relationships.load(tx, name)
        meeting = stored.state.meeting
        if meeting is None or meeting.number != number or meeting.span.starts_at <= now:
            return False
        gone = [person for person in people if person not in programme.people]
        journal.write(tx, [Entry(now, "left", name, number, person) for person in gone])
        record(tx, party, stored.version, call_off(stored.state, party, now), Observed(), now)
        if name not in programme.relationships:
            relationships.sleep(tx, name)
    log.logger().info("called off", relationship=name, number=number, why="parted")
    return True
