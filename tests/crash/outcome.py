"""What is left in the end: what people see, and what the store knows; equal for two lives that ended alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from agent.core.invitations import Invitation
from agent.services.send_mail import ATTEMPTS_LOST
from agent.store import schema
from agent.store.intents import DOING, FAILED, OPEN, PENDING, UNKNOWN, WITHDRAWN
from tests.crash.theatre import Theatre

COUNTERS = {
    "relationships": {"epoch", "version"},
    "intents": {"epoch", "evidence"},
    "journal": {"id"},
}
"""Columns of which only matters that they change, or nothing at all."""

TRIES = {"events": {"etag"}, "intents": {"attempts", "lost"}, "calendars": {"token", "read_at"}}
"""Columns that may differ where something was tried twice, and may matter later."""

AGAIN = re.compile(r'"again": \d+, ')
"""What the journal says besides of a mail that was sent once more."""

Row = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Outcome:
    """``events`` by person, ``mails`` by their intent's key with their words, ``rows`` by table, order left out.

    ``given_up`` are mails that were not sent once more, since two attempts had ended without an answer.
    """

    events: Mapping[str, Mapping[str, tuple[object, ...]]]
    mails: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Counter[Row]]
    given_up: frozenset[str]

    def differences(self, other: Outcome) -> list[str]:
        """Name what is not the same, but for the mails that either gave up and what is told of these."""
        gone = self.given_up | other.given_up
        told = _what_is_told_of(gone, self.rows["intents"])
        found = [] if self.events == other.events else ["events"]
        if [(key, words) for key, words in sorted(self.mails.items()) if key not in gone] != [
            (key, words) for key, words in sorted(other.mails.items()) if key not in gone
        ]:
            found.append("mails")
        for table in self.rows:
            mine, theirs = (_without(each.rows[table], gone, told) for each in (self, other))
            if mine != theirs:
                found.append(f"{table}: missing {[*(theirs - mine)]}, extra {[*(mine - theirs)]}")
        return found


def _what_is_told_of(keys: frozenset[str], intents: Counter[Row]) -> set[tuple[Any, ...]]:
    found = (row for row in map(dict, intents) if row["key"] in keys)
    return {(row["relationship"], row["number"], row["person"]) for row in found}


def _without(rows: Counter[Row], keys: frozenset[str], told: set[tuple[Any, ...]]) -> Counter[Row]:
    if not keys:
        return rows
    return Counter({row: count for row, count in rows.items() if not _is_about(dict(row), keys, told)})


def _is_about(row: dict[str, Any], keys: frozenset[str], told: set[tuple[Any, ...]]) -> bool:
    if row.get("event") in {"mail-sent", "withdrawn"}:
        return (row["relationship"], row["number"], row["person"]) in told
    return row.get("key") in keys


def outcome(theatre: Theatre, *, timely: bool) -> Outcome:
    """Look at everything; at when it was done only where ``timely``, and at lost answers only then."""
    mails = {_key(mail): _words(mail, timely=timely) for mail in theatre.sender.sent}
    events = {person: _events(theatre, person) for person in sorted(theatre.calendars)}
    with theatre.store.look() as tx:
        rows = {table.name: _rows(tx, table, timely=timely) for table in schema.metadata.sorted_tables}
        over = sa.and_(schema.intents.c.status == WITHDRAWN, schema.intents.c.lost >= ATTEMPTS_LOST)
        return Outcome(events, mails, rows, frozenset(tx.scalars(sa.select(schema.intents.c.key).where(over))))


def _events(theatre: Theatre, person: str) -> dict[str, tuple[object, ...]]:
    calendar = theatre.calendars[person]
    seen = ((uid, invitation, calendar.find(uid)) for uid, invitation in calendar.holds().items())
    return {
        uid: (_says(invitation), event.span, event.sequence, event.answer, event.cancelled)
        for uid, invitation, event in seen
        if event is not None
    }


def _says(invitation: Invitation) -> tuple[object, ...]:
    return invitation.summary, invitation.description, invitation.organizer, invitation.attendees, invitation.span


def _key(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


def _words(mail: EmailMessage, *, timely: bool) -> tuple[str, ...]:
    body = mail.get_body(("plain",))
    when = str(mail["Date"]) if timely else ""
    return str(mail["To"]), str(mail["Subject"]), when, str(body.get_content() if body else "")


def _rows(tx: sa.Connection, table: sa.Table, *, timely: bool) -> Counter[Row]:
    left_out = COUNTERS.get(table.name, set()) | TRIES.get(table.name, set())
    kept = [column for column in table.columns if column.name not in left_out]
    columns = [column for column in kept if timely or not isinstance(column.type, schema.Instant)]
    names = [column.name for column in columns]
    rows = (tuple(zip(names, map(_tried_once, row), strict=True)) for row in tx.execute(sa.select(*columns)))
    return Counter(row for row in rows if timely or ("event", "outcome-unknown") not in row)


def _tried_once(value: object) -> object:
    """Leave out how often the answer to a mail had been lost before."""
    return AGAIN.sub("", value) if isinstance(value, str) else value


def prospects(theatre: Theatre) -> object:
    """What can still matter of the tries so far: two lives with the same outcome and prospects go on alike."""
    intents, events, calendars = schema.intents.c, schema.events.c, schema.calendars.c
    with theatre.store.look() as tx:
        tries = {
            (row.key, row.lost, row.attempts if row.status in OPEN else None)
            for row in tx.execute(sa.select(intents.key, intents.lost, intents.attempts, intents.status))
        }
        etags = {
            (row.uid, row.person, found.etag == row.etag if found else None)
            for row in tx.execute(sa.select(events.uid, events.person, events.etag))
            for found in [theatre.calendars[row.person].find(row.uid)]
        }
        tokens = {
            (row.person, theatre.calendars[row.person]._version == int(row.token or -1))
            for row in tx.execute(sa.select(calendars.person, calendars.token))
        }
    return frozenset(tries), frozenset(etags), frozenset(tokens)


def trouble(theatre: Theatre) -> list[str]:
    """Name what is stuck, set aside or still held, and which mail came more often than the deaths in it allow."""
    with theatre.store.look() as tx:
        intents, relationships = (tx.execute(t.select()).all() for t in (schema.intents, schema.relationships))
    now = theatre.clock.instant
    stuck = [row.key for row in intents if row.status in {DOING, FAILED}]
    late = [row.key for row in intents if row.status in {PENDING, UNKNOWN} and row.not_before <= now]
    held = [row.id for row in relationships if row.lease_until or row.trouble or (row.wake_at and row.wake_at <= now)]
    twice = [key for key, count in copies(theatre).items() if count > 1 + theatre.begun[key]]
    found = {"stuck": stuck, "late": late, "held": held, "came again": twice}
    return [f"{what}: {names}" for what, names in found.items() if names]


def copies(theatre: Theatre) -> Counter[str]:
    """How often each mail came, by the key of its intent."""
    return Counter(map(_key, theatre.sender.sent))


def again(theatre: Theatre) -> int:
    """How many mails came that had come already."""
    return sum(copies(theatre).values()) - len(copies(theatre))
