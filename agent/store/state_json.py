"""A relationship's state as JSON text, with the version of its form."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from agent.core.people import Medium
from agent.core.relationships import Ledger, Meeting, MeetingStatus, State
from agent.core.timespan import Span
from agent.core.walltime import Wall

FORM = 1


def dump(state: State) -> str:
    """Give the text; equal states give equal text."""
    ledger = {"points": dict(state.ledger.points), "as_of": state.ledger.as_of}
    found = {
        "form": FORM,
        "number": state.number,
        "due": _text(state.due),
        "meeting": _meeting(state.meeting),
        "last": _meeting(state.last),
        "ledger": ledger,
        "told": state.told,
        "avoided": list(state.avoided),
    }
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def load(text: str) -> State:
    """Give the state of a text."""
    found = json.loads(text)
    if found["form"] != FORM:
        raise ValueError(f"a state in form {found['form']}; this program knows form {FORM}")
    ledger = Ledger(found["ledger"]["points"], found["ledger"]["as_of"])
    due = datetime.fromisoformat(found["due"]) if found["due"] else None
    meetings = _read(found["meeting"]), _read(found["last"])
    return State(found["number"], due, *meetings, ledger, found["told"], tuple(found["avoided"]))


def _meeting(meeting: Meeting | None) -> dict[str, Any] | None:
    if meeting is None:
        return None
    return {
        "number": meeting.number,
        "start": meeting.span.start,
        "end": meeting.span.end,
        "medium": meeting.medium.value,
        "due": _text(meeting.due),
        "revision": meeting.revision,
        "status": meeting.status.value,
        "burden": dict(meeting.burden),
        "chosen_by": meeting.chosen_by,
        "tolerated": [[span.start, span.end] for span in meeting.tolerated],
        "agenda_sent": meeting.agenda_sent,
        "followed_up": meeting.followed_up,
        "stuck_told": meeting.stuck_told,
        "wall": asdict(meeting.wall) if meeting.wall else None,
        "rezoned": meeting.rezoned,
    }


def _read(found: dict[str, Any] | None) -> Meeting | None:
    """Give the meeting of an object. Texts from before wall time was kept have neither that nor its mark."""
    if found is None:
        return None
    return Meeting(
        number=found["number"],
        span=Span(found["start"], found["end"]),
        medium=Medium(found["medium"]),
        due=datetime.fromisoformat(found["due"]),
        revision=found["revision"],
        status=MeetingStatus(found["status"]),
        burden=found["burden"],
        chosen_by=found["chosen_by"],
        tolerated=tuple(Span(start, end) for start, end in found["tolerated"]),
        agenda_sent=found["agenda_sent"],
        followed_up=found["followed_up"],
        stuck_told=found["stuck_told"],
        wall=Wall(**found["wall"]) if found.get("wall") else None,
        rezoned=found.get("rezoned", False),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
