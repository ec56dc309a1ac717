"""Events: create, read, change, delete, cancel, answer."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.servers.microsoft.graph import changes, event_body, extended, invitations, series, zones
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError, bad_request, stale
from tests.servers.microsoft.graph.event_json import FILTERED, event_json
from tests.servers.microsoft.graph.listing import page
from tests.servers.microsoft.graph.mailboxes import Calendar, Event, inner_id, new_event_id
from tests.servers.microsoft.world import World

PAGE = 10


async def create(world: World, call: Call) -> Answer:
    """``POST /me/events`` and into a calendar. A repeated ``transactionId`` makes nothing new."""
    body = call.body()
    calendar = _calendar(call) or call.mailbox.main
    event_body.check(body, None)
    asked = hashlib.sha256(json.dumps([body, calendar.id], sort_keys=True).encode()).hexdigest()
    if made := _of_transaction(call, body.get("transactionId"), asked):
        return _one(world, call, made, 201)
    event = _new(world, call, calendar)
    event_body.apply(body, event)
    event.transaction, event.request = body.get("transactionId"), asked
    changes.keep(world, call.mailbox, event)
    invitations.invite(world, event, (it.address for it in event.attendees))
    return _one(world, call, event, 201)


async def get(world: World, call: Call) -> Answer:
    """``GET /me/events/{id}``: never behind, whatever lists show."""
    return _one(world, call, _event(call), 200)


async def list_all(world: World, call: Call) -> Answer:
    """``GET /me/events``."""
    known = world.schema.properties("event")
    return page(
        call,
        world.base,
        call.mailbox.shown(world.clock.now(), _calendar(call) or call.mailbox.main),
        lambda event: event_json(event, call, world.base, known),
        kind="event",
        known=known,
        properties=FILTERED,
        extended=lambda event, name: event.extended.get(extended.key(name)),
        order=lambda event: event.start,
        size=PAGE,
    )


async def update(world: World, call: Call) -> Answer:
    """``PATCH /me/events/{id}``: the organiser's changes go to the attendees."""
    body, event = call.body(), _event(call)
    _check_etag(call, event)
    event_body.check(body, event)
    before = copy.deepcopy(event)
    event_body.apply(body, event)
    changes.begin(world, call.mailbox, before)
    if (event.start, event.end) != (before.start, before.end):
        invitations.forget_answers(event)
    changes.keep(world, call.mailbox, event)
    if event.own:
        _tell_attendees(world, before, event, body)
    return _one(world, call, event, 200)


async def delete(world: World, call: Call) -> Answer:
    """``DELETE /me/events/{id}``: in the organiser's calendar this calls the meeting off."""
    event = _event(call)
    _check_etag(call, event)
    if event.series:
        return _leave_out(world, call, event)
    changes.remove(world, call.mailbox, event)
    if event.own and not event.cancelled:
        invitations.cancel(world, event, (it.address for it in event.attendees))
    return Answer(204)


async def cancel(world: World, call: Call) -> Answer:
    """``POST /me/events/{id}/cancel``: only the organiser can, and only a meeting with attendees."""
    event = _event(call)
    if not event.own:
        raise bad_request(
            "Your request can't be completed. You need to be an organizer to cancel a meeting.", "ErrorInvalidRequest"
        )
    if not event.attendees:
        raise bad_request("An event without attendees cannot be cancelled; delete it.", "ErrorInvalidRequest")
    changes.remove(world, call.mailbox, event)
    invitations.cancel(world, event, (it.address for it in event.attendees))
    return Answer(202)


async def accept(world: World, call: Call) -> Answer:
    """``POST /me/events/{id}/accept``."""
    return _answer(world, call, "accepted")


async def decline(world: World, call: Call) -> Answer:
    """``POST /me/events/{id}/decline``."""
    return _answer(world, call, "declined")


async def tentatively_accept(world: World, call: Call) -> Answer:
    """``POST /me/events/{id}/tentativelyAccept``."""
    return _answer(world, call, "tentativelyAccepted")


def _leave_out(world: World, call: Call, event: Event) -> Answer:
    """Take one occurrence out of its series."""
    whole = call.mailbox.events[event.series]
    changes.begin(world, call.mailbox, whole)
    whole.without.add(event.start.astimezone(zones.zone(event.zones[0])).date())
    changes.keep(world, call.mailbox, whole)
    if whole.own:
        invitations.invite(world, whole, (it.address for it in whole.attendees), "update")
    return Answer(204)


def _answer(world: World, call: Call, response: str) -> Answer:
    said, event = {name.lower(): value for name, value in call.body().items()}, _event(call)
    if event.own:
        raise bad_request(
            "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.",
            "ErrorInvalidRequest",
        )
    send, slot = said.get("sendresponse", True), said.get("proposednewtime")
    if slot and (not send or not event.fields.get("allowNewTimeProposals", True)):
        raise bad_request("This meeting takes no proposals of another time.", "ErrorInvalidArgument")
    if slot and not {"start", "end"} <= set(slot):
        raise bad_request("A proposed time has a start and an end.", "ErrorInvalidArgument")
    proposed = (zones.instant(slot["start"]), zones.instant(slot["end"])) if slot else None
    invitations.answer(world, call.mailbox, event, response, proposed, send=send)
    return Answer(202)


def _tell_attendees(world: World, before: Event, event: Event, body: Mapping[str, Any]) -> None:
    now = {it.address for it in event.attendees}
    added, dropped = now - {it.address for it in before.attendees}, {it.address for it in before.attendees} - now
    invitations.invite(world, event, sorted(added))
    invitations.cancel(world, event, sorted(dropped))
    if not event_body.KEPT.isdisjoint(body) or {"start", "end", "isOnlineMeeting"} & set(body):
        invitations.invite(world, event, sorted(now - added), "update")


def _of_transaction(call: Call, transaction: str | None, asked: str) -> Event | None:
    made = next((it for it in call.mailbox.events.values() if transaction and it.transaction == transaction), None)
    if made and made.request != asked:
        raise GraphError(
            409,
            "ErrorDuplicateTransactionId",
            "Your request can't be completed. The TransactionId specified in the request has already been used to"
            " create a different event.",
        )
    return made


def _new(world: World, call: Call, calendar: Calendar) -> Event:
    now, nothing, own = world.clock.now(), event_body.nothing_yet(), new_event_id()
    uid = f"040000008200E00074C5B7101A82E008{own.upper()}"
    account = call.account
    return Event(
        own, calendar.id, uid, (account.address, account.name), True, nothing, nothing, ("UTC", "UTC"), now, now
    )


def _check_etag(call: Call, event: Event) -> None:
    wanted = call.headers.get("if-match")
    if wanted and wanted not in {"*", event.etag}:
        raise stale()


def _event(call: Call) -> Event:
    """Find the event that is meant, or the occurrence."""
    try:
        return call.mailbox.event(call.names["event"], _calendar(call))
    except GraphError as refused:
        found = series.occurrence(call.mailbox.events.values(), inner_id(call.names["event"]))
        if refused.status != 404 or found is None:
            raise
        return found


def _calendar(call: Call) -> Calendar | None:
    name = call.names.get("calendar")
    return call.mailbox.calendar(name) if name else None


def _one(world: World, call: Call, event: Event, status: int) -> Answer:
    known = world.schema.properties("event")
    context = f"{world.base}/v1.0/$metadata#users('{call.account.id}')/events/$entity"
    body = {"@odata.context": context, **event_json(event, call, world.base, known)}
    return Answer(status, body, "event", call.applied())
