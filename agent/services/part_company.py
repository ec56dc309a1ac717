"""Calls off what is booked for people who are no longer together: somebody left, or the pair is gone from the files.

Files without any pair or circle are taken for a mistake, a save cut short perhaps, and nothing is called off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent import log
from agent.core.journal import Entry
from agent.core.observation import Observed
from agent.core.upkeep import call_off
from agent.services.observe import Seen
from agent.services.programme import Programme
from agent.services.record import record
from agent.store import journal, meetings, relationships
from agent.store.errors import Stale, StoreError


def part_company(programme: Programme, now: datetime) -> bool:
    """Cancel every booked meeting whose people have changed, and tell whoever is known. False where one is left."""
    if not programme.relationships:
        return True
    with programme.store.look() as tx:
        parted = [each for each in meetings.parties(tx) if not programme.together(each[0], each[2])]
    left = [each for each in parted if not _called_off(programme, *each, now)]
    return not left


def _called_off(programme: Programme, name: str, number: int, people: tuple[str, ...], now: datetime) -> bool:
    """Call one off; False where that has to be tried again. Its trouble, whatever it is, never stops the sweep."""
    try:
        _call_off(programme, name, number, people, now)
    except Stale:
        return False
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  one bad row must never stop the others
        why = type(error).__name__
        log.logger().error("not called off", relationship=name, why=why, exc_info=log.traceback_wanted())
        return False
    return True


def _call_off(programme: Programme, name: str, number: int, people: tuple[str, ...], now: datetime) -> None:
    party = programme.party(name, people)
    if party is None:
        _left_behind(name, number, people)
        return
    with programme.store.begin() as tx:
        stored = relationships.load(tx, name)
        if stored.restored_at is not None:
            raise Stale("what was done for it since a backup is looked up first")
        meeting = stored.state.meeting
        if meeting is None or meeting.number != number or meeting.span.starts_at <= now:
            return
        gone = [person for person in people if person not in programme.people]
        journal.write(tx, [Entry(now, "left", name, number, person) for person in gone])
        record(tx, party, stored, call_off(stored.state, party, now), Seen(Observed(), {}), now)
        if name not in programme.relationships:
            relationships.sleep(tx, name)
    log.logger().info("called off", relationship=name, number=number, why="parted")
    _left_behind(name, number, gone)


def _left_behind(name: str, number: int, people: Sequence[str]) -> None:
    """Say whose event stays in a calendar that is not known any more."""
    for person in people:
        log.logger().warning("event left behind", relationship=name, number=number, person=person)
