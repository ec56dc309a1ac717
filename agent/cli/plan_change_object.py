"""What a change would do, as the one object that ``attune plan --json`` prints; documented in docs/commands.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.core.relationships import Meeting
    from agent.services.plan_change import ChangePlan, Fate
    from agent.services.plan_change_course import Course
    from agent.services.weigh_policy import Weighed


def as_object(found: ChangePlan) -> dict[str, Any]:
    """Give the object."""
    before, after = found.burdens
    return {
        "from": _instant(found.begins),
        "until": _instant(found.ends),
        "policy": [{"key": term.key, "before": term.before, "after": term.after} for term in found.terms],
        "weighed": _weighed(found.weighed),
        "mails": {
            "before": found.mails(fate.before for fate in found.fates),
            "after": found.mails(fate.after for fate in found.fates),
        },
        "relationships": [
            {
                "id": fate.id,
                "change": fate.roster,
                "booked": _times(fate.booked),
                "before": _course(found, fate, fate.before, before.imbalance, before.points),
                "after": _course(found, fate, fate.after, after.imbalance, after.points),
            }
            for fate in found.fates
        ],
        "people": [
            {
                "id": person,
                "before": {"meetings": before.meetings[person], "burden": round(before.people.get(person, 0.0), 6)},
                "after": {"meetings": after.meetings[person], "burden": round(after.people.get(person, 0.0), 6)},
            }
            for person in sorted({*before.meetings, *after.meetings})
        ],
    }


def _course(
    found: ChangePlan,
    fate: Fate,
    course: Course | None,
    imbalance: Mapping[str, float],
    points: Mapping[str, float],
) -> dict[str, Any] | None:
    if course is None:
        return None
    becomes = fate.becomes(course)
    return {
        "booked": becomes and {"becomes": becomes[0], "why": fate.why(course), "meeting": _times(becomes[1])},
        "meetings": [_times(meeting) for meeting in course.standing],
        "minutes": course.minutes,
        "bookings": sum(turn.event == "booked" for turn in course.turns),
        "mails": sum(map(sum, found.mails([course]).values())),
        "without": [
            {
                "number": number,
                "since": _instant(vain.since),
                "found": number not in course.without,
                "reasons": [{"kind": str(r.kind), "minutes": r.minutes, "only": r.only} for r in vain.reasons],
            }
            for number, vain in sorted(course.vain.items())
        ],
        "refused": course.refused or None,
        "burden": round(points[fate.id], 6),
        "imbalance": round(imbalance[fate.id], 6),
    }


def _weighed(weighed: Weighed | None) -> dict[str, Any] | None:
    if weighed is None:
        return None
    return {
        "asked": weighed.asked,
        "lost": weighed.lost,
        "share": round(weighed.share, 6),
        "refuse_above": weighed.limit,
        "refused": weighed.too_many,
    }


def _times(meeting: Meeting | None) -> dict[str, Any] | None:
    if meeting is None:
        return None
    span = meeting.span
    return {"number": meeting.number, "start": _instant(span.starts_at), "end": _instant(span.ends_at)}


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
