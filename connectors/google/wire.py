"""Google's JSON to the core's values and back; pure. What an event is about is not looked at."""

from __future__ import annotations

from base64 import b32hexencode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from agent.core.invitations import Invitation
from agent.core.observation import Answer, Busy, OwnEvent
from agent.core.timespan import Span, covering, floor_minute
from agent.core.whereabouts import Whereabouts
from connectors.errors import Unreadable
from connectors.google.settings import GoogleCalendarSettings

Json = dict[str, Any]

EVENT = "id,etag,status,start,end,transparency,eventType,attendees(email,self,responseStatus)"
"""What we ask for of an event: nothing that says what it is about."""

OWN = f"{EVENT},extendedProperties/private"
"""What we ask for in the calendar of our own."""

GUESTS = "etag,status,attendees"
"""What we ask for to write guests back as their owner has put them."""

REVISION = "attuneRevision"
"""Private property with the sequence of the invitation; Google counts its own ``sequence`` as it likes."""

TAKES_NO_TIME = frozenset({"workingLocation", "birthday"})
ANSWERS = {
    "needsAction": Answer.NONE,
    "accepted": Answer.ACCEPTED,
    "tentative": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
}


def event_id(uid: str) -> str:
    """Derive an event's id: of the letters that Google takes (RFC 2938's base32hex), the same for the same UID."""
    return b32hexencode(sha256(uid.encode()).digest()[:20]).decode().lower()


def text(moment: datetime) -> str:
    """Write an instant."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def window(span: Span) -> Json:
    """Give the parameters of a query over a span."""
    return {"timeMin": text(span.starts_at), "timeMax": text(span.ends_at)}


def body(invitation: Invitation, settings: GoogleCalendarSettings) -> Json:
    """Write an event without guests: each person has one of their own, and Google would put it in twice for a guest."""
    return {
        "summary": invitation.summary,
        "description": invitation.description,
        "location": invitation.location,
        **times(invitation.span),
        "transparency": "opaque",
        "visibility": settings.visibility,
        "extendedProperties": {"private": {REVISION: str(invitation.sequence)}},
    }


def new(invitation: Invitation, settings: GoogleCalendarSettings) -> Json:
    """Write an event that is not there yet, under the id that its UID gives it."""
    return {"id": event_id(invitation.uid), **body(invitation, settings), **meet(invitation, settings)}


def changed(invitation: Invitation, settings: GoogleCalendarSettings) -> Json:
    """Write over an event, taking away the whole day that it may have become; what is not named stays."""
    written = body(invitation, settings)
    return written | {name: written[name] | {"date": None} for name in ("start", "end")}


def again(invitation: Invitation, settings: GoogleCalendarSettings) -> Json:
    """Write an event that was deleted, as if it were new: nothing of what was answered or added stays."""
    plain = {"status": "confirmed", "attendees": [], "reminders": {"useDefault": True, "overrides": []}}
    return plain | changed(invitation, settings) | meet(invitation, settings)


def meet(invitation: Invitation, settings: GoogleCalendarSettings) -> Json:
    """Ask for a Meet link, by a name that makes it the same however often it is asked for."""
    if not settings.meet:
        return {}
    request = {"requestId": event_id(invitation.uid), "conferenceSolutionKey": {"type": "hangoutsMeet"}}
    return {"conferenceData": {"createRequest": request}}


def times(span: Span) -> Json:
    """Write when an event is."""
    return {
        name: {"dateTime": text(moment), "timeZone": "UTC"}
        for name, moment in (("start", span.starts_at), ("end", span.ends_at))
    }


def asked_anew(item: Json, owner: str) -> list[Json]:
    """Give an event's guests with the owner's answer taken back."""
    asked = {"responseStatus": "needsAction"}
    return [person | (asked if _is(person, owner) else {}) for person in item.get("attendees", ())]


def own_event(item: Json, uid: str, calendar: str, where: Whereabouts, owner: str) -> OwnEvent:
    """Read one of our events."""
    try:
        revision = item.get("extendedProperties", {}).get("private", {}).get(REVISION, "0")
        return OwnEvent(
            uid,
            _span(item, where),
            _answer(item, owner),
            sequence=int(revision) if revision.isdecimal() else 0,
            etag=item["etag"],
            href=f"{calendar}/{item['id']}",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable("an event of ours at Google cannot be understood") from error


def busy(item: Json, where: Whereabouts, owner: str) -> Busy | None:
    """Read what an event takes of its owner's time; None where it takes none."""
    try:
        if item.get("status") == "cancelled" or item.get("transparency") == "transparent":
            return None
        if item.get("eventType") in TAKES_NO_TIME or (answer := _mine(item, owner)) is Answer.DECLINED:
            return None
        return Busy(_span(item, where), hard=answer is not Answer.NONE)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable("an event at Google cannot be understood") from error


def free_busy(answer: Mapping[str, Any]) -> tuple[Busy, ...]:
    """Read one calendar's part of an answer to a free/busy query."""
    try:
        spans = [covering(_moment(each["start"]), _moment(each["end"])) for each in answer["busy"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable("Google's free/busy cannot be understood") from error
    return tuple(Busy(span) for span in spans if span is not None)


def _mine(item: Json, owner: str) -> Answer | None:
    """The owner's answer; None where nobody asked them."""
    found = [ANSWERS[person["responseStatus"]] for person in item.get("attendees", ()) if _is(person, owner)]
    return found[0] if found else None


def _answer(item: Json, owner: str) -> Answer:
    return _mine(item, owner) or Answer.NONE


def _is(person: Json, owner: str) -> bool:
    return bool(person.get("self")) or str(person.get("email", "")).casefold() == owner.casefold()


def _span(item: Json, where: Whereabouts) -> Span:
    start, end = item["start"], item["end"]
    if "date" in start:
        return Span(*(where.utc(date.fromisoformat(each["date"]).toordinal()) for each in (start, end)))
    first = _moment(start["dateTime"])
    return covering(first, _moment(end["dateTime"])) or Span(floor_minute(first), floor_minute(first) + 1)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment
