"""Events with guests: the organiser's copy is the truth, and travels to the others; their answers travel back.

Each way takes ``invitation_lag`` seconds of the double's clock. Mails to guests are written down, not sent.
"Events with attendees" in the Calendar API guides ("Share events with attendees").
"""

from __future__ import annotations

from dataclasses import replace

from tests.servers.google.changing import put
from tests.servers.google.documents import Json
from tests.servers.google.world import Calendar, Errand, World

SHARED = (
    "summary", "description", "location", "start", "end", "recurrence", "status", "attendees", "organizer", "creator",
    "iCalUID", "sequence", "conferenceData", "hangoutLink", "guestsCanModify", "guestsCanInviteOthers",
    "guestsCanSeeOtherGuests", "created", "source", "attachments",
)  # fmt: skip
"""What every copy has from the organiser; the rest is each one's own."""
ANSWER = ("responseStatus", "comment", "additionalGuests")


def send_out(world: World, calendar: Calendar, event: str, before: Json, send_updates: str) -> None:
    """Send an organiser's change on its way to all who are or were guests."""
    data = calendar.entries[event].now.data
    now, was = _guests(data, calendar), _guests(before, calendar)
    for email in sorted(now | was):
        world.errands.append(Errand(_due(world), "invitation", calendar.id, event, email))
        _notify(world, event, data, email, _notice(email, data, now, was), send_updates)
    settle(world)


def answer(world: World, organizer: str, event: str, guest: Json) -> None:
    """Send a guest's answer on its way to the organiser."""
    note = {key: guest[key] for key in ANSWER if key in guest}
    world.errands.append(Errand(_due(world), "answer", organizer, event, guest["email"], note))
    settle(world)


def settle(world: World) -> None:
    """Deliver what is due. What is delivered may send more on its way."""
    while due := sorted((each for each in world.errands if each.due <= world.now()), key=lambda each: each.due):
        world.errands = [each for each in world.errands if each not in due]
        for errand in due:
            (_invite if errand.kind == "invitation" else _take_answer)(world, errand)


def next_due(world: World) -> float | None:
    """Give the time of the next delivery."""
    return min((each.due for each in world.errands), default=None)


def _due(world: World) -> float:
    return world.now() + world.settings.invitation_lag


def _guests(data: Json, calendar: Calendar) -> set[str]:
    if not data or data["status"] == "cancelled":
        return set()
    return {guest["email"] for guest in data.get("attendees", ())} - {calendar.id}


def _notice(email: str, data: Json, now: set[str], was: set[str]) -> str:
    if email not in now:
        return "cancellation"
    return "update" if email in was else "invitation"


def _notify(world: World, event: str, data: Json, email: str, kind: str, send_updates: str) -> None:
    outside = email not in world.accounts
    if send_updates == "all" or (send_updates == "externalOnly" and outside):
        world.notices.append({"to": email, "kind": kind, "event": event, "iCalUID": data["iCalUID"]})


def _invite(world: World, errand: Errand) -> None:
    """Bring the guest's copy up to what the organiser's is now."""
    guest, source = world.calendars.get(errand.to), world.calendars.get(errand.calendar)
    if guest is None or source is None:
        return
    truth = source.entries[errand.event].now.data
    mine = guest.entries.get(errand.event)
    invited = errand.to in _guests(truth, source)
    if mine is None and not invited:
        return
    own = {} if mine is None else {key: value for key, value in mine.now.data.items() if key not in SHARED}
    fresh = {"reminders": {"useDefault": True}, "eventType": truth["eventType"]}
    fresh |= {key: truth[key] for key in ("transparency", "visibility") if key in truth}
    copy = fresh | own | {key: truth[key] for key in SHARED if key in truth}
    if shared := truth.get("extendedProperties", {}).get("shared"):
        copy["extendedProperties"] = {**own.get("extendedProperties", {}), "shared": shared}
    copy["status"] = truth["status"] if invited else "cancelled"
    if mine is None or _without_updated(mine.now.data) != _without_updated(copy):
        put(world, guest, errand.event, copy)


def _take_answer(world: World, errand: Errand) -> None:
    """Write a guest's answer into the organiser's copy, and tell the other guests."""
    calendar = world.calendars.get(errand.calendar)
    entry = calendar.entries.get(errand.event) if calendar else None
    if calendar is None or entry is None or entry.now.cancelled:
        return
    people = [
        person | errand.note if person["email"] == errand.to else person
        for person in entry.now.data.get("attendees", ())
    ]
    if people == entry.now.data.get("attendees"):
        return
    put(world, calendar, errand.event, entry.now.data | {"attendees": people})
    for email in sorted(_guests(entry.now.data, calendar) - {errand.to}):
        world.errands.append(replace(errand, due=_due(world), kind="invitation", to=email, note={}))


def _without_updated(data: Json) -> Json:
    return {key: value for key, value in data.items() if key != "updated"}
