"""Calendar API v3, ``events.list``: windows, filters, pages, and what changed since a token.

"Synchronize resources efficiently" in the Calendar API guides, and the reference of Events: list.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.google.asking import Ask, handles
from tests.servers.google.documents import Json
from tests.servers.google.errors import bad_request, full_sync_required, invalid, updated_too_long_ago
from tests.servers.google.recurrence import instance, occurrences
from tests.servers.google.showing import event_for, gone
from tests.servers.google.times import instant, moment, stamped, written
from tests.servers.google.world import Calendar, Cut, Entry, Version

NOT_WITH_TOKEN = (
    "iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin",
)  # fmt: skip
NO_TOKEN_AFTER = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin")
"""A list that was narrowed by these is nothing to synchronise from."""
EVERYWHERE = frozenset({"alt", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "userIp"})
FREE_TO_CHANGE = EVERYWHERE | {*NOT_WITH_TOKEN, "syncToken", "pageToken", "maxResults", "showDeleted", "calendarId"}
MEMORY = timedelta(days=28)
"""How long changes are remembered; Google does not say, and answers 410 beyond."""
MOST, USUAL = 2500, 250
HORIZON = timedelta(days=730)


@handles("calendar.events.list")
def list_events(ask: Ask) -> Json:
    calendar = ask.calendar("freeBusyReader")
    page = _read_page(ask)
    token = _read_token(ask, calendar)
    _check_parameters(ask, token)
    cut = Cut(*page["cut"]) if page else ask.world.cut(calendar)
    found = list(_found(ask, calendar, cut, token))
    first, most = page.get("first", 0), min(ask.get("maxResults", USUAL), MOST)
    head = _head(ask, calendar) | {"items": [each for _, each in found[first : first + most]]}
    if first + most < len(found):
        return head | {
            "nextPageToken": _packed(
                {"first": first + most, "cut": [cut.at, cut.number], "for": _fingerprint(ask, all=True)}
            )
        }
    if any(name in ask.parameters for name in NO_TOKEN_AFTER):
        return head
    return head | {"nextSyncToken": _next_token(ask, calendar, cut, token)}


def _check_parameters(ask: Ask, token: Json | None) -> None:
    if token is not None:
        for name in NOT_WITH_TOKEN:
            if name in ask.parameters:
                raise bad_request(f"Sync token cannot be used together with {name}.")
        if ask.get("showDeleted") is False:
            raise bad_request("showDeleted cannot be False with a sync token.")
    if ask.get("orderBy") == "startTime" and not ask.get("singleEvents"):
        raise bad_request("The requested ordering is not available for the particular query.")
    for name in ("timeMin", "timeMax", "updatedMin"):
        if name in ask.parameters and instant(ask.get(name)).tzinfo is None:
            raise bad_request(f"{name} has no time zone offset.")
    if "timeMin" in ask.parameters and "timeMax" in ask.parameters and not _window(ask)[0] < _window(ask)[1]:
        raise invalid("The specified time range is empty.", "timeMax", "timeRangeEmpty", "calendar")
    if "updatedMin" in ask.parameters and instant(ask.get("updatedMin")) < ask.world.clock.now() - MEMORY:
        raise updated_too_long_ago()


def _found(ask: Ask, calendar: Calendar, cut: Cut, token: Json | None) -> Iterator[tuple[Any, Json]]:
    """Give what matches, in order."""
    since = 0 if token is None else token["changes"]
    rows = [
        row
        for entry in calendar.entries.values()
        if (version := entry.seen(cut)) is not None and version.number > since
        for row in _rows(ask, calendar, entry, version, token)
    ]
    return iter(sorted(rows, key=lambda row: row[0]))


def _rows(
    ask: Ask, calendar: Calendar, entry: Entry, version: Version, token: Json | None
) -> Iterator[tuple[Any, Json]]:
    """Give an event as none, one or many rows. What left the window since the token is told too."""
    if version.cancelled and not (token is not None or ask.get("showDeleted") or "updatedMin" in ask.parameters):
        return
    if version.cancelled and token is not None and not ask.get("showDeleted"):
        yield (version.number, ""), gone(entry.id, version)
        return
    if not _matches(ask, version.data):
        return
    start, end = _window(ask, token)
    spans = occurrences(version.data, calendar.zone, start, end)
    if not ask.get("singleEvents") or not version.data.get("recurrence"):
        if token is not None or any(True for _ in spans):
            yield _order(ask, version, calendar, entry.id), event_for(ask, calendar, entry.id, version)
        return
    for begins, ends in spans:
        name, own = instance(entry.id, version.data, calendar.zone, begins, ends)
        one = Version(version.number, version.at, own)
        yield _order(ask, one, calendar, name), event_for(ask, calendar, name, one)


def _order(ask: Ask, version: Version, calendar: Calendar, name: str) -> tuple[Any, str]:
    by = ask.get("orderBy")
    if by == "startTime":
        return moment(version.data["start"], calendar.zone).timestamp(), name
    return (version.at if by == "updated" else version.number), name


def _matches(ask: Ask, data: Json) -> bool:
    """Hold an event against the filters that are not about time."""
    own = data.get("extendedProperties", {})
    for kind in ("private", "shared"):
        for wanted in ask.get(f"{kind}ExtendedProperty", ()):
            name, found, value = wanted.partition("=")
            if not found:
                raise invalid("Invalid extended property filter.", f"{kind}ExtendedProperty")
            if own.get(kind, {}).get(name) != value:
                return False
    if "updatedMin" in ask.parameters and data["updated"] < stamped(instant(ask.get("updatedMin")).timestamp()):
        return False
    words = json.dumps([data.get(name, "") for name in ("summary", "description", "location", "attendees")])
    return (
        ask.get("iCalUID", data["iCalUID"]) == data["iCalUID"]
        and data["eventType"] in ask.get("eventTypes", (data["eventType"],))
        and str(ask.get("q", "")).lower() in words.lower()
    )


def _window(ask: Ask, token: Json | None = None) -> tuple[datetime, datetime]:
    low = ask.get("timeMin") or (token or {}).get("timeMin")
    high = ask.get("timeMax") or (token or {}).get("timeMax")
    far = ask.world.clock.now() + HORIZON if ask.get("singleEvents") else datetime.max.replace(tzinfo=UTC) - HORIZON
    return (
        instant(low) if low else datetime.min.replace(tzinfo=UTC) + HORIZON,
        instant(high) if high else far,
    )


def _head(ask: Ask, calendar: Calendar) -> Json:
    latest = max((entry.now.at for entry in calendar.entries.values()), default=0.0)
    return {
        "kind": "calendar#events",
        "etag": f'"p{calendar.changes:09}"',
        "summary": calendar.data["summary"],
        "updated": written(datetime.fromtimestamp(latest, UTC)),
        "timeZone": ask.get("timeZone") or calendar.zone,
        "accessRole": ask.role(calendar),
        "defaultReminders": [],
    }


def _next_token(ask: Ask, calendar: Calendar, cut: Cut, token: Json | None) -> str:
    seen = (version for entry in calendar.entries.values() if (version := entry.seen(cut)))
    before = {} if token is None else {key: token[key] for key in ("timeMin", "timeMax")}
    window = {"timeMin": ask.get("timeMin"), "timeMax": ask.get("timeMax")} | before
    changes = max((version.number for version in seen), default=0 if token is None else token["changes"])
    return _packed(
        {"calendar": calendar.id, "changes": changes, "epoch": calendar.sync_epoch, "at": ask.world.now()}
        | {"for": _fingerprint(ask), **window}
    )


def _read_token(ask: Ask, calendar: Calendar) -> Json | None:
    if "syncToken" not in ask.parameters:
        return None
    token = _unpacked(ask.get("syncToken"), "sync")
    if token.get("calendar") != calendar.id:
        raise invalid("Invalid sync token value.", "syncToken")
    if token["epoch"] != calendar.sync_epoch or ask.world.now() - token["at"] > MEMORY.total_seconds():
        raise full_sync_required()
    if token["for"] != _fingerprint(ask):
        raise bad_request("The other parameters are not those of the request that gave the sync token.")
    return token


def _read_page(ask: Ask) -> Json:
    if "pageToken" not in ask.parameters:
        return {}
    page = _unpacked(ask.get("pageToken"), "page")
    if page.get("for") != _fingerprint(ask, all=True):
        raise bad_request("The other parameters are not those of the first page.")
    return page


def _fingerprint(ask: Ask, *, all: bool = False) -> Json:  # noqa: A002 - as it reads
    """Give the parameters that must stay the same: for the next page all, for the next synchronisation most."""
    free = EVERYWHERE | {"pageToken", "maxResults"} if all else FREE_TO_CHANGE
    return {key: value for key, value in sorted(ask.parameters.items()) if key not in free}


def _packed(token: Json) -> str:
    return urlsafe_b64encode(json.dumps(token).encode()).decode()


def _unpacked(text: str, what: str) -> Json:
    try:
        found = json.loads(urlsafe_b64decode(text.encode()))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise invalid(f"Invalid {what} token value.", f"{what}Token")
    return found
