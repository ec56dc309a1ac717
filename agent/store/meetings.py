"""Meetings of every relationship, so that one relationship sees where its people are in the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from agent.core.people import Medium
from agent.core.relationships import Meeting, MeetingStatus, meeting_uid
from agent.core.timespan import Span
from agent.core.walltime import Wall
from agent.store.engine import Transaction
from agent.store.schema import attendance
from agent.store.schema import meetings as rows

MANY = 1000
"""Rows fetched at a time."""

OCCUPYING = (MeetingStatus.BOOKED.value, MeetingStatus.HELD.value)


@dataclass(frozen=True, slots=True)
class Kept:
    """A meeting with the room around it, in minutes."""

    relationship: str
    number: int
    span: Span
    before: int
    after: int
    uid: str
    status: MeetingStatus


def put(tx: Transaction, relationship: str, people: Sequence[str], meeting: Meeting, before: int, after: int) -> None:
    """Record a meeting that is new or changed; who it was booked for, the mentor first, is kept from the first time."""
    values = {
        "revision": meeting.revision,
        "start": meeting.span.start,
        "end": meeting.span.end,
        "medium": meeting.medium.value,
        "status": meeting.status.value,
        "due": meeting.due,
        "before": before,
        "after": after,
        "wall_zone": meeting.wall.zone if meeting.wall else None,
        "wall_minute": meeting.wall.minute if meeting.wall else None,
        "zone_rules": meeting.wall.rules if meeting.wall else None,
    }
    if tx.execute(_CHANGED, values | {"of": relationship, "this": meeting.number}).rowcount:
        return
    this_one = {"relationship": relationship, "number": meeting.number}
    tx.execute(_NEW, values | this_one | {"uid": meeting_uid(relationship, meeting.number)})
    everyone = [{"person": person, "position": position, **this_one} for position, person in enumerate(people)]
    tx.execute(_ATTENDED, everyone)


_CHANGED = rows.update().where(rows.c.relationship == sa.bindparam("of"), rows.c.number == sa.bindparam("this"))
_NEW, _ATTENDED = rows.insert(), attendance.insert()


def booked_for(tx: Transaction, relationship: str, number: int) -> tuple[str, ...]:
    """People a meeting was booked for, the mentor first; nobody where there is no such meeting."""
    return tuple(tx.scalars(_BOOKED_FOR, {"of": relationship, "this": number}))


_BOOKED_FOR = (
    sa.select(attendance.c.person)
    .where(attendance.c.relationship == sa.bindparam("of"), attendance.c.number == sa.bindparam("this"))
    .order_by(attendance.c.position)
)


def parties(tx: Transaction) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Give relationship, number and people of every booked meeting, some rows at a time: the people, mentor first."""
    same = sa.and_(attendance.c.relationship == rows.c.relationship, attendance.c.number == rows.c.number)
    query = sa.select(rows.c.relationship, rows.c.number, attendance.c.person).outerjoin(attendance, same)
    query = query.where(rows.c.status == MeetingStatus.BOOKED.value)
    query = query.order_by(rows.c.relationship, rows.c.number, attendance.c.position)
    found = tx.execute(query.execution_options(yield_per=MANY))
    for (name, number), people in groupby(found, key=lambda row: (row.relationship, row.number)):
        yield name, number, tuple(row.person for row in people if row.person is not None)


def find(tx: Transaction, relationship: str, number: int) -> Meeting | None:
    """One meeting as it was last recorded, whatever became of it; without burdens and marks, which only state has."""
    this = sa.and_(rows.c.relationship == relationship, rows.c.number == number)
    row = tx.execute(rows.select().where(this)).one_or_none()
    if row is None:
        return None
    span, medium, status = Span(row.start, row.end), Medium(row.medium), MeetingStatus(row.status)
    wall = Wall(row.wall_zone, row.wall_minute, row.zone_rules) if row.wall_zone else None
    return Meeting(row.number, span, medium, row.due, row.revision, status, wall=wall)


def of_people(tx: Transaction, people: Iterable[str], window: Span) -> dict[str, list[Kept]]:
    """Booked and held meetings of each of these people that touch a window, earliest first."""
    found: dict[str, list[Kept]] = {person: [] for person in people}
    for row in tx.execute(_TOUCHING, {"people": list(found), "from": window.start, "until": window.end}):
        found[row.person].append(_kept(row))
    return found


def last_booked(tx: Transaction) -> int | None:
    """End (minute) of the booked meeting that is furthest ahead."""
    latest: int | None = tx.scalar(_LAST_BOOKED)
    return latest


_LAST_BOOKED = sa.select(sa.func.max(rows.c.end)).where(rows.c.status == MeetingStatus.BOOKED.value)


def uids_of(tx: Transaction, people: Iterable[str], since: int) -> dict[str, frozenset[str]]:
    """UIDs of each one's meetings that end after a minute, whatever became of them, or that are booked still."""
    found: dict[str, set[str]] = {person: set() for person in people}
    for row in tx.execute(_RECENT, {"people": list(found), "since": since}):
        found[row.person].add(row.uid)
    return {person: frozenset(uids) for person, uids in found.items()}


_THEIRS = rows.join(
    attendance, sa.and_(attendance.c.relationship == rows.c.relationship, attendance.c.number == rows.c.number)
)
_OF_THESE = attendance.c.person.in_(sa.bindparam("people", expanding=True))
_TOUCHING = (
    sa.select(attendance.c.person, *rows.c)
    .select_from(_THEIRS)
    .where(_OF_THESE, sa.or_(*(rows.c.status == status for status in OCCUPYING)))
    .where(rows.c.start < sa.bindparam("until"), rows.c.end > sa.bindparam("from"))
    .order_by(rows.c.start, rows.c.uid)
)
_RECENT = (
    sa.select(attendance.c.person, rows.c.uid)
    .select_from(_THEIRS)
    .where(_OF_THESE, sa.or_(rows.c.end > sa.bindparam("since"), rows.c.status == MeetingStatus.BOOKED.value))
)
"""Built once, which takes longer than to run them."""


def _kept(row: sa.Row[tuple[object, ...]]) -> Kept:
    return Kept(
        row.relationship,
        row.number,
        Span(row.start, row.end),
        row.before,
        row.after,
        row.uid,
        MeetingStatus(row.status),
    )
