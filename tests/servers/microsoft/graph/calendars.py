"""Calendars of a mailbox.

Documented under "calendar resource type".
"""

from __future__ import annotations

from typing import Any

from tests.servers.microsoft.graph import extended
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError, bad_request
from tests.servers.microsoft.graph.listing import page, selected
from tests.servers.microsoft.graph.mailboxes import Calendar, new_event_id, wire_id
from tests.servers.microsoft.world import World

SETTABLE = frozenset({"name", "color", "singleValueExtendedProperties"})
PAGE = 10


async def create(world: World, call: Call) -> Answer:
    """``POST /me/calendars``."""
    body = call.body()
    if unknown := set(body) - SETTABLE:
        raise bad_request(f"Read-only: {', '.join(sorted(unknown))}.", "ErrorInvalidPropertySet")
    name = (body.get("name") or "").strip()
    if not name:
        raise bad_request("Property 'name' is required.", "ErrorPropertyValidationFailure")
    if any(it.name.lower() == name.lower() for it in call.mailbox.calendars.values()):
        raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    made = Calendar(new_event_id(), name, color=body.get("color") or "auto")
    made.extended = extended.read(body.get("singleValueExtendedProperties") or ())
    call.mailbox.calendars[made.id] = made
    return _one(world, call, made, 201)


async def get(world: World, call: Call) -> Answer:
    """``GET /me/calendar`` and ``/me/calendars/{id}``."""
    return _one(world, call, call.mailbox.calendar(call.names.get("calendar")), 200)


async def list_all(world: World, call: Call) -> Answer:
    """``GET /me/calendars``."""
    return page(
        call,
        world.base,
        call.mailbox.calendars.values(),
        lambda calendar: _json(calendar, call, world),
        kind="calendar",
        known=world.schema.properties("calendar"),
        properties={"name": (lambda calendar: calendar.name, str)},
        extended=lambda calendar, name: calendar.extended.get(extended.key(name)),
        order=lambda calendar: (not calendar.default, calendar.name),
        size=PAGE,
    )


async def delete(world: World, call: Call) -> Answer:
    """``DELETE /me/calendars/{id}``."""
    calendar = call.mailbox.calendar(call.names["calendar"])
    if calendar.default:
        raise bad_request("The default calendar cannot be deleted.", "ErrorDeleteDistinguishedFolder")
    call.mailbox.remove_calendar(calendar, world.clock.now())
    return Answer(204)


def _one(world: World, call: Call, calendar: Calendar, status: int) -> Answer:
    context = f"{world.base}/v1.0/$metadata#users('{call.account.id}')/calendars/$entity"
    return Answer(status, {"@odata.context": context, **_json(calendar, call, world)}, "calendar", call.applied())


def _json(calendar: Calendar, call: Call, world: World) -> dict[str, Any]:
    whole = {
        "id": wire_id(calendar.id, immutable=call.immutable),
        "name": calendar.name,
        "color": calendar.color,
        "hexColor": "",
        "isDefaultCalendar": calendar.default,
        "changeKey": f"{calendar.id[:12]}AA==",
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "isTallyingResponses": True,
        "isRemovable": not calendar.default,
        "owner": {"name": call.account.name, "address": call.account.address},
    }
    chosen = selected(call, whole, world.schema.properties("calendar"))
    if (clause := call.parameter("$expand")) and (found := extended.expanded(calendar.extended, clause)):
        chosen["singleValueExtendedProperties"] = found
    return chosen
