"""A window of a calendar, once or again and again.

Documented under "List calendarView", "event: delta" and "Use delta query to track changes in Microsoft Graph data".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.servers.microsoft.graph import extended, series, zones
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError, bad_request
from tests.servers.microsoft.graph.event_json import FILTERED, event_json
from tests.servers.microsoft.graph.events import PAGE
from tests.servers.microsoft.graph.listing import page, page_size
from tests.servers.microsoft.graph.mailboxes import Calendar, Event, Mailbox, wire_id
from tests.servers.microsoft.world import World


@dataclass(frozen=True)
class Window:
    """Part of a calendar."""

    calendar: str
    start: datetime
    end: datetime

    def of(self, events: Iterable[Event]) -> list[Event]:
        """Give what is in it, wholly or in part; of a series each occurrence."""
        return list(series.within((it for it in events if it.calendar == self.calendar), self.start, self.end))


@dataclass(frozen=True)
class Round:
    """What a token stands for: whose window, up to which change it was told, what is in it, and what is still to tell.

    ``rest`` has ids and whether they are gone.
    """

    owner: str
    window: Window
    told: int
    known: frozenset[str]
    rest: tuple[tuple[str, bool], ...] = ()


async def list_view(world: World, call: Call) -> Answer:
    """``GET /me/calendarView``."""
    window = _window(call)
    known = world.schema.properties("event")
    return page(
        call,
        world.base,
        window.of(call.mailbox.shown(world.clock.now())),
        lambda event: event_json(event, call, world.base, known),
        kind="event",
        known=known,
        properties=FILTERED,
        extended=lambda event, name: event.extended.get(extended.key(name)),
        order=lambda event: event.start,
        size=PAGE,
    )


async def delta(world: World, call: Call) -> Answer:
    """``GET /me/calendarView/delta``: everything at first, then what changed."""
    token = call.parameter("$deltatoken") or call.parameter("$skiptoken")
    if token is None:
        window = _window(call)
        events = sorted(window.of(call.mailbox.shown(world.clock.now())), key=lambda event: event.start)
        rest = tuple((event.id, False) for event in events)
        known = frozenset(event.id for event in events)
        return _page(world, call, Round(call.account.id, window, _settled(call.mailbox), known, rest))
    if len(call.query) > 1:
        raise bad_request("A token stands for all parameters of the first request; give nothing else.")
    kept = world.rounds.get(token)
    if kept is None or kept.owner != call.account.id:
        raise GraphError(
            410, "syncStateNotFound", "The sync state generation is not found; a full synchronization is required."
        )
    return _page(world, call, kept if call.parameter("$skiptoken") else _changed(world, call, kept))


def _changed(world: World, call: Call, kept: Round) -> Round:
    """Gather what happened since a token was given: events to show, and events that left the window or the mailbox."""
    mailbox, window = call.mailbox, kept.window
    shown = mailbox.shown(world.clock.now())
    settled = _settled(mailbox)
    changed = [it for it in shown if kept.told < it.change <= settled and it.calendar == window.calendar]
    gone = [it for it in mailbox.gone if kept.told < it.change <= settled and it.calendar == window.calendar]
    inside = window.of(changed)
    now = frozenset(it.id for it in window.of(shown))
    masters = {it.series for it in inside}
    touched = {it.id for it in changed} | {it.id for it in gone}
    left = (touched - now - masters) | (kept.known - now)
    rest = [(it.id, False) for it in inside] + [(key, True) for key in sorted(left)]
    return Round(kept.owner, window, settled, now, tuple(rest))


def _page(world: World, call: Call, now: Round) -> Answer:
    size = page_size(call, 50)
    known = world.schema.properties("event")
    shown = {event.id: event for event in now.window.of(call.mailbox.shown(world.clock.now()))}
    values: list[dict[str, Any]] = []
    for inner, removed in now.rest[:size]:
        if removed or inner not in shown:
            values.append({"id": wire_id(inner, immutable=call.immutable), "@removed": {"reason": "deleted"}})
        else:
            values.append(event_json(shown[inner], call, world.base, known))
    token = secrets.token_urlsafe(24)
    world.rounds[token] = replace(now, rest=now.rest[size:])
    name, word = ("@odata.nextLink", "$skiptoken") if now.rest[size:] else ("@odata.deltaLink", "$deltatoken")
    body = {
        "@odata.context": f"{world.base}/v1.0/$metadata#Collection(event)",
        name: f"{world.base}{call.path}?{word}={token}",
        "value": values,
    }
    return Answer(200, body, "event", call.applied())


def _settled(mailbox: Mailbox) -> int:
    """Give the last change before which lists have caught up with all."""
    behind = [mailbox.events[key].change for key in mailbox.lagging() if key in mailbox.events]
    behind += [it.change for it in mailbox.gone if it.id in mailbox.lagging()]
    return min(behind) - 1 if behind else mailbox.changes


def _window(call: Call) -> Window:
    name = call.names.get("calendar")
    calendar: Calendar = call.mailbox.calendar(name)
    start = zones.boundary(call.parameter("startDateTime"), "startDateTime", call.zone)
    end = zones.boundary(call.parameter("endDateTime"), "endDateTime", call.zone)
    if end < start:
        raise bad_request("The end of the window is before its start.", "ErrorInvalidParameter")
    return Window(calendar.id, start, end)
