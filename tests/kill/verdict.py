"""Judges the end of a campaign by what reached the servers and what was promised; asks nothing of the loop."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.core.intents import IntentKind, MailKind, intent_key
from agent.core.timespan import Span, floor_minute
from agent.simulation.outside.appointments import components, stretch_of
from agent.store import schema
from agent.store.engine import Store
from agent.store.intents import DONE, FAILED, WITHDRAWN
from tests.kill.campaign import Tally
from tests.kill.place import Place, path

GRACE = timedelta(minutes=3)
"""How long after its time a follow-up may still be on its way."""


@dataclass
class Verdict:
    """What went wrong, by kind; each list is to be empty. ``given_up`` are mails that were under way in two kills."""

    events_twice: list[str] = field(default_factory=list)
    events_lost: list[str] = field(default_factory=list)
    mails_lost: list[str] = field(default_factory=list)
    mails_twice_unexcused: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    anew: list[str] = field(default_factory=list)
    """Events that somebody deleted before it was recorded that they had been written."""
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> dict[str, list[str]]:
        kinds = {name: found for name, found in asdict(self).items() if isinstance(found, list) and found}
        return {name: found for name, found in kinds.items() if name != "anew"}


def judge(place: Place, store: Store, tally: Tally, left: str | None) -> Verdict:
    """Look at everything once nothing moves any more."""
    with store.look() as tx:
        rows = {table.name: list[Any](tx.execute(table.select())) for table in schema.metadata.sorted_tables}
    verdict = Verdict(stuck=[left] if left else [])
    _events(verdict, place, rows["meetings"])
    _mails(verdict, place, tally, rows)
    _stuck(verdict, rows)
    _told(verdict, rows)
    statuses = Counter(row.status for row in rows["meetings"])
    verdict.figures |= {f"meetings {status}": count for status, count in sorted(statuses.items())}
    return verdict


def _events(verdict: Verdict, place: Place, meetings: list[Any]) -> None:
    made = Counter(call.which for call in place.recorder.calls if (call.what, call.result) == ("CREATE", "201"))
    gone = Counter(act.which for act in place.acts if act.what == "delete")
    verdict.events_twice += [_history(place, where) for where, count in made.items() if count > 1 + gone[where]]
    verdict.figures["events created"] = sum(made.values())
    again = [_history(place, where) for where, count in made.items() if 1 < count <= gone[where] + 1]
    verdict.figures["events created anew after they were deleted by hand"] = len(again)
    verdict.anew = again
    booked = {row.uid: row for row in meetings if row.status == "booked"}
    off = {row.uid for row in meetings if row.status == "cancelled" and row.revision}
    pairs = Counter(row.relationship for row in booked.values())
    verdict.events_twice += [f"{name} has {count} meetings booked" for name, count in pairs.items() if count > 1]
    lost: list[tuple[int, str]] = []
    for person, own in place.calendars.items():
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for uid, span in _entries(item.text for item in own.items()):
            found[uid].append(span)
        verdict.events_twice += [f"{uid} of {person}" for uid, spans in found.items() if len(spans) > 1 or uid in off]
        for uid, row in booked.items():
            mine = row.relationship.rpartition("-")[2] == person.rpartition("-")[2]
            if mine and found.get(uid) != [Span(row.start, row.end)]:
                lost.append((row.start, path(person, uid)))
    now = floor_minute(datetime.now(UTC))
    touched = {act.which for act in place.acts}
    # One that was changed by hand shortly before it began stays as it is until it is over.
    missing = [_history(place, where) for start, where in lost if start > now or where not in touched]
    # What its owner deleted last was lost by nobody: it is heard of at the next look, or the meeting is over first.
    verdict.events_lost += [told for told in missing if not told.endswith(" s delete")]
    verdict.figures["events deleted by hand and not heard of at the end"] = sum(
        t.endswith(" s delete") for t in missing
    )


def _history(place: Place, where: str) -> str:
    """Everything that was done to one event, by whomever."""
    calls = sorted((c for c in (*place.recorder.calls, *place.acts) if c.which == where), key=lambda c: c.began)
    return f"{where}: " + ", ".join(f"{c.began - calls[0].began:.1f} s {c.what} {c.result}".rstrip() for c in calls)


def _entries(texts: Iterator[str]) -> Iterator[tuple[str, Span]]:
    for text in texts:
        for event in components(text):
            when = stretch_of(event, "UTC")
            yield str(event["UID"]), Span(floor_minute(when.start), floor_minute(when.end))


def _mails(verdict: Verdict, place: Place, tally: Tally, rows: dict[str, list[Any]]) -> None:
    kept = Counter(call.which for call in place.recorder.calls if (call.what, call.result) == ("MAIL", "kept"))
    over = {row.key for row in rows["intents"] if row.status == WITHDRAWN and row.problem == "outcome-unknown-twice"}
    known = {row.key for row in rows["intents"]}
    verdict.mails_twice_unexcused += [
        f"{key} came {count} times, {tally.begun[key]} kills"
        for key, count in kept.items()
        if count > 1 + tally.begun[key]
    ]
    verdict.mails_twice_unexcused += [f"{key} is nobody's" for key in kept.keys() - known]
    owed = set(_owed(rows))
    verdict.mails_lost += [f"{key}" for key in owed - kept.keys() - over]
    verdict.figures |= {
        "mails kept": sum(kept.values()),
        "mails that came again": sum(kept.values()) - len(kept),
        "most copies of a mail": max(kept.values(), default=0),
        "mails owed": len(owed),
        "mails given up after two kills in them": len(over - kept.keys()),
    }


def _owed(rows: dict[str, list[Any]]) -> Iterator[str]:
    """Keys of the mails without which somebody would believe something that is not so."""
    cancelled = {(row.relationship, row.number) for row in rows["journal"] if row.event == "cancelled"}
    sent = {
        (r.relationship, r.number, r.person)
        for r in rows["intents"]
        if r.mail in {"invitation", "moved"} and r.status == DONE
    }
    now = datetime.now(UTC)
    for row in rows["meetings"]:
        kind = MailKind.MOVED if row.revision else MailKind.INVITATION
        if row.status == "held":
            kind = MailKind.FOLLOW_UP
        if row.status == "held" and Span(row.start, row.end).ends_at + GRACE > now:
            continue
        if row.status == "cancelled":
            kind = MailKind.CANCELLED
        for role in ("mentor", "mentee"):
            person = f"{role}-{row.relationship.rpartition('-')[2]}"
            if row.status != "cancelled" or (
                (row.relationship, row.number) in cancelled and (row.relationship, row.number, person) in sent
            ):
                yield intent_key(row.relationship, row.number, row.revision, IntentKind.SEND_MAIL, person, kind)


def _stuck(verdict: Verdict, rows: dict[str, list[Any]]) -> None:
    verdict.stuck += [f"{row.key} failed: {row.problem}" for row in rows["intents"] if row.status == FAILED]
    verdict.stuck += [f"{row.id}: {row.trouble}" for row in rows["relationships"] if row.trouble]
    verdict.stuck += [f"{row.id} is never looked at" for row in rows["relationships"] if row.wake_at is None]


def _told(verdict: Verdict, rows: dict[str, list[Any]]) -> None:
    """Each effect that was carried out has its line in the journal, once."""
    done = Counter(
        (row.relationship, row.number, row.person, row.revision, row.mail or row.kind)
        for row in rows["intents"]
        if row.status == DONE
    )
    lines = Counter(_line(row) for row in rows["journal"] if row.event in KINDS)
    verdict.untold += [f"{what}: {count} times done" for what, count in (done - lines).items()]
    verdict.untold += [f"{what}: {count} times told too often" for what, count in (lines - done).items()]


KINDS = {"event-written": "write-event", "event-removed": "remove-event", "mail-sent": ""}


def _line(row: Any) -> tuple[Any, ...]:
    detail = json.loads(row.detail)
    return row.relationship, row.number, row.person, detail["revision"], KINDS[row.event] or detail["kind"]
