"""Reports how the programme stands, in words and figures an operator may see: health, never content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.core.relationships import Meeting, Relationship, State
from agent.services.programme import Programme
from agent.store import calendars, intents, relationships
from agent.store.relationships import Stored


def report_status(programme: Programme) -> dict[str, Any]:
    """Give the object that ``attune status --json`` prints."""
    now = programme.clock.now()
    with programme.store.look() as tx:
        stored = {name: relationships.find(tx, name) for name in programme.relationships}
        counts = intents.counts(tx)
        failed = intents.troubled(tx)
        unreadable = calendars.unreadable(tx)
    return {
        "programme": programme.deployment.programme,
        "now": instant_text(now),
        "relationships": [_relationship(programme.relationships[name], found, now) for name, found in stored.items()],
        "intents": dict(sorted(counts.items())),
        "failed": [
            {"relationship": f.relationship, "person": f.person, "key": f.key, "why": f.problem} for f in failed
        ],
        "unreadable": [
            {"person": u.person, "calendar": u.position, "why": u.trouble, "since": instant_text(u.trouble_since)}
            for u in unreadable
        ],
    }


def _relationship(relationship: Relationship, stored: Stored | None, now: datetime) -> dict[str, Any]:
    state, trouble = (stored.state, stored.trouble) if stored else (State(), None)
    return {
        "id": relationship.id,
        "people": [person.id for person in relationship.people],
        "standing": _standing(relationship, state, trouble, now),
        "meeting": _meeting(state.meeting),
        "due": instant_text(state.due),
        "wake_at": instant_text(stored.wake_at if stored else None),
        "trouble": trouble,
    }


def _standing(relationship: Relationship, state: State, trouble: str | None, now: datetime) -> str:
    if trouble:
        return "set aside"
    if relationship.paused:
        return "paused"
    if state.meeting is not None:
        return "in conflict" if state.meeting.stuck_told else "booked"
    if relationship.ends is not None and relationship.ends <= now:
        return "ended"
    return "no time found" if state.told > state.number else "waiting"


def _meeting(meeting: Meeting | None) -> dict[str, Any] | None:
    if meeting is None:
        return None
    return {
        "number": meeting.number,
        "revision": meeting.revision,
        "start": instant_text(meeting.span.starts_at),
        "end": instant_text(meeting.span.ends_at),
        "medium": meeting.medium.value,
        "rezoned": meeting.rezoned,
    }


def instant_text(moment: datetime | None) -> str | None:
    """An aware UTC instant as RFC 3339 to the second, None as None."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
