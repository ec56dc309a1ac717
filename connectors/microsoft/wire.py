"""Graph's JSON to values and back; no input or output here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from hashlib import sha256
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from agent.core.invitations import Invitation
from agent.core.observation import Answer, Busy, OwnEvent
from agent.core.timespan import Span, ceil_minute, floor_minute, instant
from agent.core.whereabouts import Whereabouts
from agent.ical.zones import AHEAD, BEHIND, pinned

_OURS = "{8f1c2a64-6b0e-4c57-9a6f-2d9a5c0e7b31}"
MARK, REVISION = f"String {_OURS} Name AttuneMeeting", f"String {_OURS} Name AttuneRevision"
"""Extended properties that tell our events from all others, and which version of ours they show."""

SELECT = "id,start,end,showAs,isAllDay,isCancelled,isOrganizer,responseStatus,originalStartTimeZone,createdDateTime"
"""What is asked of an event: never its title, text, place or guests."""
EXPAND = f"singleValueExtendedProperties($filter=id eq '{MARK}' or id eq '{REVISION}')"

_FREE = frozenset({"free", "workingElsewhere"})
_ANSWERS = {"accepted": Answer.ACCEPTED, "tentativelyAccepted": Answer.TENTATIVE, "declined": Answer.DECLINED}
_TEXT = re.compile(r'(<div[^>]* id="(?:x_)*attune"[^>]*>)(.*?)(</div>)', re.DOTALL)
"""Our words in a body. What stands around them is the owner's, or the way into an online meeting."""
_LONGEST_SUBJECT = 255


class Unplaced(ValueError):
    """An event that cannot be placed in time, or has lost what makes it one."""


def within(window: Span) -> dict[str, str]:
    """Parameters that ask for everything in a window."""
    return {
        "startDateTime": f"{window.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{window.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def written(minute: int) -> dict[str, str]:
    """A UTC minute as a ``dateTimeTimeZone``."""
    return {"dateTime": f"{instant(minute):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def searching(uid: str) -> str:
    """A filter that finds our event by its key."""
    quoted = uid.replace("'", "''")
    return f"singleValueExtendedProperties/any(ep: ep/id eq '{MARK}' and ep/value eq '{quoted}')"


def key(event: Mapping[str, Any]) -> str | None:
    """The key of our own event, None of anybody else's."""
    return _extended(event).get(MARK)


def own(event: Mapping[str, Any], where: Whereabouts) -> OwnEvent:
    """Read one of our events. Raises ``Unplaced``."""
    span, uid = _span(event, where), key(event)
    if span is None or uid is None:
        raise Unplaced("an event of ours that is none")
    revision = _extended(event).get(REVISION, "")
    return OwnEvent(
        uid,
        span,
        _ANSWERS.get(_response(event), Answer.NONE),
        cancelled=event.get("isCancelled") is True,
        sequence=int(revision) if revision.isdecimal() else 0,
        etag=_text(event, "@odata.etag"),
        href=_text(event, "id"),
    )


def originals(events: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Our events by key. A copy made by hand has the key too: the one that was made first is the meeting."""
    found: dict[str, Mapping[str, Any]] = {}
    for event in sorted(events, key=lambda each: str(each.get("createdDateTime", ""))):
        if (uid := key(event)) is not None:
            found.setdefault(uid, event)
    return found


def busy(event: Mapping[str, Any], where: Whereabouts) -> Busy | None:
    """Read what an event takes of its owner's time, None where that is nothing. Raises ``Unplaced``."""
    if event.get("isCancelled") is True or event.get("showAs") in _FREE or _response(event) == "declined":
        return None
    unanswered = _response(event) == "notResponded" and event.get("isOrganizer") is not True
    span = _span(event, where)
    return Busy(span, hard=not unanswered) if span is not None else None


def scheduled(item: Mapping[str, Any]) -> Busy | None:
    """Read an item of free/busy, which says no more than when and how; whole days are exact times there."""
    if item.get("status") in _FREE:
        return None
    start, end = _moments(item)
    span = _positive(floor_minute(start), ceil_minute(end))
    return Busy(span) if span is not None else None


def created(invitation: Invitation, *, private: bool, teams: bool) -> dict[str, Any]:
    """An event as it is first written. The same meeting has the same ``transactionId``: Graph makes it once."""
    body = {
        **changed(invitation),
        "body": {"contentType": "html", "content": _words(invitation.description)},
        "showAs": "busy",
        "transactionId": sha256(f"attune/{invitation.uid}".encode()).hexdigest()[:36],
    }
    if private:
        body["sensitivity"] = "private"
    return body | (TEAMS if teams else {})


TEAMS = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
"""Asks for a Teams link; of an event that has one, asking again changes nothing."""


def changed(invitation: Invitation) -> dict[str, Any]:
    """What every version of an event says, but for its body: whose that is, see ``rewritten``."""
    return {
        "subject": invitation.summary[:_LONGEST_SUBJECT],
        "start": written(invitation.span.start),
        "end": written(invitation.span.end),
        "location": {"displayName": invitation.location},
        "singleValueExtendedProperties": [
            {"id": MARK, "value": invitation.uid},
            {"id": REVISION, "value": str(invitation.sequence)},
        ],
    }


def rewritten(content: str, description: str) -> str | None:
    """Put new words into a body in the place of ours; None where they stand there already, or nobody left them.

    Graph ends an online meeting whose link is missing from a body that is written, so nothing else is touched.
    """
    found = _TEXT.search(content)
    if found is None or found[0] == _words(description):
        return None
    return f"{content[: found.start()]}{_words(description)}{content[found.end() :]}"


def _words(description: str) -> str:
    text = escape(description, quote=False).replace("\n", "<br>")
    return f'<div class="attune" id="attune">{text}</div>'


def _extended(event: Mapping[str, Any]) -> dict[str, str]:
    """Extended properties by their names; Graph may write the id of a set in another case."""
    names = {name.lower(): name for name in (MARK, REVISION)}
    found: dict[str, str] = {}
    listed = event.get("singleValueExtendedProperties")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and (name := names.get(str(each.get("id")).lower())) is not None:
            found[name] = str(each.get("value"))
    return found


def _response(event: Mapping[str, Any]) -> str:
    status = event.get("responseStatus")
    return str(status.get("response")) if isinstance(status, dict) else ""


def _text(event: Mapping[str, Any], name: str) -> str:
    found = event.get(name)
    if not isinstance(found, str):
        raise Unplaced(f"an event without {name}")
    return found


def _span(event: Mapping[str, Any], where: Whereabouts) -> Span | None:
    start, end = _moments(event)
    if event.get("isAllDay") is True:
        return _days(start, end, str(event.get("originalStartTimeZone")), where)
    return _positive(floor_minute(start), ceil_minute(end))


def _days(start: datetime, end: datetime, zone: str, where: Whereabouts) -> Span | None:
    """Whole days are dates, to be lived where the owner is: midnights of the zone they were written in, or of UTC."""
    iana = pinned(zone)
    for rules in (ZoneInfo(iana) if iana else UTC, UTC):
        first, last = start.astimezone(rules), end.astimezone(rules)
        if first.time() == last.time() == time():
            return _positive(where.utc(first.date().toordinal()), where.utc(last.date().toordinal()))
    whole = (floor_minute(start), ceil_minute(end))
    first_day, last_day = where.local_day(whole[0]), where.local_day(whole[1] - 1)
    return _positive(min(whole[0], where.utc(first_day)), max(whole[1], where.utc(last_day + 1)))


def _positive(start: int, end: int) -> Span | None:
    return Span(start, end) if start < end else None


def _moments(event: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Both ends, aware UTC; in a zone that nobody knows, as early and as late as anywhere on Earth."""
    (start, known), (end, known_too) = _moment(event.get("start")), _moment(event.get("end"))
    return start if known else start - AHEAD, end if known_too else end + BEHIND


def _moment(value: object) -> tuple[datetime, bool]:
    """Read a ``dateTimeTimeZone``: wall time with seven digits of a second, and a Windows or IANA name."""
    if not isinstance(value, dict):
        raise Unplaced("an event without a time")
    try:
        wall = datetime.fromisoformat(str(value.get("dateTime")).partition(".")[0].removesuffix("Z"))
        iana = pinned(str(value.get("timeZone")))
        return wall.replace(tzinfo=ZoneInfo(iana) if iana else UTC).astimezone(UTC), iana is not None
    except (ValueError, OverflowError) as error:
        raise Unplaced("an event at no time that there is") from error
