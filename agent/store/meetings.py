"""Meetings of every relationship, so that one relationship sees where its people are in the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from agent.core.people import Medium
from agent.core.relationships import Meeting, MeetingStatus, meeting_uid
from agent.core.timespan import Span
from agent.core.walltime import Wall
from agent.store.engine import Transaction
from agent.store.schema import attendance
from agent.store.schema import meetings as rows

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
    this = sa.and_(rows.c.relationship == relationship, rows.c.number == meeting.number)
    if tx.execute(rows.update().where(this).values(values)).rowcount:
        return
    uid = meeting_uid(relationship, meeting.number)
    tx.execute(rows.insert().values(relationship=relationship, number=meeting.number, uid=uid, **values))
    this_one = {"relationship": relationship, "number": meeting.number}
    everyone = [{"person": person, "position": position, **this_one} for position, person in enumerate(people)]
    tx.execute(attendance.insert(), everyone)


def booked_for(tx: Transaction, relationship: str, number: int) -> tuple[str, ...]:
    """People a meeting was booked for, the mentor first; nobody where there is no such meeting."""
    this = sa.and_(attendance.c.relationship == relationship, attendance.c.number == number)
    return tuple(tx.scalars(sa.select(attendance.c.person).where(this).order_by(attendance.c.position)))


def booked(tx: Transaction) -> list[tuple[str, int]]:
    """Relationship and number of every booked meeting."""
    query = sa.select(rows.c.relationship, rows.c.number).where(rows.c.status == MeetingStatus.BOOKED.value)
    return [(row.relationship, row.number) for row in tx.execute(query.order_by(rows.c.relationship, rows.c.number))]


def find(tx: Transaction, relationship: str, number: int) -> Meeting | None:
    """One meeting as it was last recorded, whatever became of it; without burdens and marks, which only state has."""
    this = sa.and_(rows.c.relationship == relationship, rows.c.number == number)
    row = tx.execute(rows.select().where(this)).one_or_none()
    if row is None:
        return None
    span, medium, status = Span(row.start, row.end), Medium(row.medium), MeetingStatus(row.status)
    wall = Wall(row.wall_zone, row.wall_minute, row.zone_rules) if row.wall_zone else None
    return Meeting(row.number, span, medium, row.due, row.revision, status, wall=wall)


def of_person(tx: Transaction, person: str, window: Span) -> list[Kept]:
    """Booked and held meetings of a person that touch a window, earliest first."""
    query = _of(person).where(rows.c.status.in_(OCCUPYING), rows.c.start < window.end, rows.c.end > window.start)
    return [_kept(row) for row in tx.execute(query.order_by(rows.c.start, rows.c.uid))]


def last_booked(tx: Transaction) -> int | None:
    """End (minute) of the booked meeting that is furthest ahead."""
    latest: int | None = tx.scalar(
        sa.select(sa.func.max(rows.c.end)).where(rows.c.status == MeetingStatus.BOOKED.value)
    )
    return latest


def uids_of(tx: Transaction, person: str, since: int) -> frozenset[str]:
    """UIDs of a person's meetings that end after a minute, whatever became of them, or that are booked still."""
    wanted = sa.or_(rows.c.end > since, rows.c.status == MeetingStatus.BOOKED.value)
    return frozenset(row.uid for row in tx.execute(_of(person).where(wanted)))


def _of(person: str) -> sa.Select[tuple[object, ...]]:
    same = sa.and_(attendance.c.relationship == rows.c.relationship, attendance.c.number == rows.c.number)
    return sa.select(*rows.c).join(attendance, same).where(attendance.c.person == person)


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
