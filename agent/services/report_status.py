"""Reports how the programme stands, in words and figures an operator may see: health, never content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agent.core.relationships import Meeting, Relationship, State
from agent.store import calendars, grants, intents, policies, recovery, relationships
from agent.store.engine import Store
from agent.store.policies import Refusal
from agent.store.relationships import Stored


def report_status(
    store: Store, programme: str, known: Mapping[str, Relationship] | None, now: datetime
) -> dict[str, Any]:
    """Give the object that ``attune status --json`` prints.

    ``known`` are the relationships of the files, None where those hold mistakes: then it is told what the store knows.
    """
    with store.look() as tx:
        names = relationships.names(tx) if known is None else known
        stored = {name: relationships.find(tx, name) for name in names}
        restored = recovery.count(tx)
        refusal = policies.refusal(tx)
        counts = intents.counts(tx)
        failed = intents.troubled(tx)
        unreadable = calendars.unreadable(tx)
        broken = grants.broken(tx)
    return {
        "programme": programme,
        "now": instant_text(now),
        "mistakes": known is None,
        "relationships": [_relationship(name, (known or {}).get(name), row, now) for name, row in stored.items()],
        "restored": restored,
        "policy_refused": _refused(refusal),
        "intents": dict(sorted(counts.items())),
        "failed": [
            {"relationship": f.relationship, "person": f.person, "key": f.key, "why": f.problem} for f in failed
        ],
        "unreadable": [
            {"person": u.person, "calendar": u.position, "why": u.trouble, "since": instant_text(u.trouble_since)}
            for u in unreadable
        ],
        "need_consent": [
            {"person": each.person, "provider": each.provider, "since": instant_text(each.failed_at)} for each in broken
        ],
    }


def _relationship(name: str, relationship: Relationship | None, stored: Stored | None, now: datetime) -> dict[str, Any]:
    state, trouble = (stored.state, stored.trouble) if stored else (State(), None)
    return {
        "id": name,
        "people": [person.id for person in relationship.people] if relationship else [],
        "standing": _standing(relationship, state, trouble, now),
        "meeting": _meeting(state.meeting),
        "due": instant_text(state.due),
        "wake_at": instant_text(stored.wake_at if stored else None),
        "trouble": trouble,
    }


def _refused(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    told = {"asked": refusal.asked, "lost": refusal.lost, "refuse_above": refusal.limit}
    return told | {"since": instant_text(refusal.since)}


def _standing(relationship: Relationship | None, state: State, trouble: str | None, now: datetime) -> str:
    if trouble:
        return "set aside"
    if relationship and relationship.paused:
        return "paused"
    if state.meeting is not None:
        return "in conflict" if state.meeting.stuck_told else "booked"
    if relationship and relationship.ends is not None and relationship.ends <= now:
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
