"""Meetings of several people: copies in the others' calendars, and their answers on the way back.

What reaches another mailbox does so after the lag of deliveries. Documented under "Outlook calendar API overview",
"event: cancel", "event: accept" and "Propose new meeting times".
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import datetime

from tests.servers.microsoft.graph import changes
from tests.servers.microsoft.graph.event_body import SHOWN_ALIKE
from tests.servers.microsoft.graph.mailboxes import Attendee, Event, Mailbox, new_event_id
from tests.servers.microsoft.graph.post import about
from tests.servers.microsoft.world import World

STATUS = {"accepted": "busy", "tentativelyAccepted": "tentative"}


def invite(world: World, event: Event, addresses: Iterable[str], kind: str = "invitation") -> None:
    """Send an invitation, or an update, to these attendees."""
    _send(world, event, kind, list(addresses))


def cancel(world: World, event: Event, addresses: Iterable[str]) -> None:
    """Tell these attendees that the meeting does not take place."""
    _send(world, event, "cancellation", list(addresses))


def forget_answers(event: Event) -> None:
    """Start again with nobody's answer, since the meeting is at another time."""
    for attendee in event.attendees:
        attendee.response, attendee.time, attendee.proposed = "none", None, None


def answer(
    world: World,
    mailbox: Mailbox,
    event: Event,
    response: str,
    proposed: tuple[datetime, datetime] | None,
    *,
    send: bool,
) -> None:
    """Answer an invitation in an attendee's mailbox: a declined copy leaves the calendar."""
    now = world.clock.now()
    changes.begin(world, mailbox, event)
    event.response, event.responded = response, now
    if own := event.attendee(mailbox.account.address):
        own.response, own.time = response, now
    if response == "declined":
        changes.remove(world, mailbox, event)
    else:
        event.fields["showAs"] = STATUS[response]
        changes.keep(world, mailbox, event)
    if send:
        sender, subject = mailbox.account.address, str(event.fields.get("subject") or "")
        world.mails.append(about("response", now, sender, [event.organizer[0]], subject, event.uid))
        organizer, uid, told = event.organizer[0], event.uid, (response, now, proposed)
        world.lags.deliver(now, lambda: _take_answer(world, organizer, uid, sender, told))


def _send(world: World, event: Event, kind: str, addresses: list[str]) -> None:
    addresses = [address for address in addresses if address.lower() != event.organizer[0]]
    if not addresses:
        return
    now, sent = world.clock.now(), copy.deepcopy(event)
    world.mails.append(
        about(kind, now, event.organizer[0], addresses, str(event.fields.get("subject") or ""), event.uid)
    )
    for address in addresses:
        world.lags.deliver(now, _arrival(world, sent, kind, address))


def _arrival(world: World, sent: Event, kind: str, address: str) -> Callable[[], None]:
    def arrive() -> None:
        mailbox = world.mailbox_of(address)
        if mailbox is None:
            return
        held = next((it for it in mailbox.events.values() if it.uid == sent.uid), None)
        if kind == "cancellation":
            _call_off(world, mailbox, held)
        elif held is None:
            changes.keep(world, mailbox, _copy(world, mailbox, sent))
        else:
            _bring_up_to_date(world, mailbox, held, sent)

    return arrive


def _copy(world: World, mailbox: Mailbox, sent: Event) -> Event:
    now = world.clock.now()
    made = Event(
        new_event_id(), mailbox.main.id, sent.uid, sent.organizer, False, sent.start, sent.end, sent.zones, now, now
    )
    made.response = "notResponded"
    _take_over(made, sent)
    made.fields["showAs"] = "tentative" if sent.fields.get("showAs", "busy") != "free" else "free"
    return made


def _bring_up_to_date(world: World, mailbox: Mailbox, held: Event, sent: Event) -> None:
    changes.begin(world, mailbox, held)
    if (held.start, held.end) != (sent.start, sent.end):
        held.response, held.responded = "notResponded", None
        if held.fields.get("showAs") != "free":
            held.fields["showAs"] = "tentative"
    held.start, held.end, held.zones = sent.start, sent.end, sent.zones
    _take_over(held, sent)
    changes.keep(world, mailbox, held)


def _take_over(held: Event, sent: Event) -> None:
    held.fields |= {name: value for name, value in sent.fields.items() if name in SHOWN_ALIKE}
    held.attendees = [Attendee(it.address, it.name, it.type) for it in sent.attendees]
    held.join_url, held.recurrence, held.without = sent.join_url, sent.recurrence, set(sent.without)


def _call_off(world: World, mailbox: Mailbox, held: Event | None) -> None:
    """A cancelled copy stays, marked and free, until its owner removes it."""
    if held is None:
        return
    changes.begin(world, mailbox, held)
    held.cancelled = True
    held.fields["showAs"] = "free"
    changes.keep(world, mailbox, held)


def _take_answer(
    world: World,
    organizer: str,
    uid: str,
    sender: str,
    told: tuple[str, datetime, tuple[datetime, datetime] | None],
) -> None:
    mailbox = world.mailbox_of(organizer)
    event = next((it for it in mailbox.events.values() if it.uid == uid), None) if mailbox else None
    attendee = event.attendee(sender) if event else None
    if mailbox is None or event is None or attendee is None:
        return
    changes.begin(world, mailbox, event)
    attendee.response, attendee.time, attendee.proposed = told
    changes.keep(world, mailbox, event)
