"""Events of one calendar, page by page or by their ids."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.timespan import Span
from connectors.base import Stored
from connectors.errors import Conflict, Missing, Unreadable
from connectors.google import errors, wire
from connectors.google.http import Api
from connectors.google.wire import Json

PAGE = 2500
MOST_PAGES = 40
"""A hundred thousand events in one window are not somebody's calendar."""


def listed(api: Api, calendar: str, window: Span, fields: str) -> Iterator[Json]:
    """Give what touches a window, each occurrence of a series by itself."""
    token = None
    for _ in range(MOST_PAGES):
        page = _page(api, calendar, window, fields, token)
        items = page.get("items", [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise errors.of_garbage(writing=False)
        yield from items
        token = page.get("nextPageToken")
        if token is None:
            return
    raise Unreadable("a calendar at Google has more events than we read")


def _page(api: Api, calendar: str, window: Span, fields: str, token: str | None) -> Json:
    more = {} if token is None else {"pageToken": token}
    return api.read(
        lambda service: service.events().list(
            calendarId=calendar,
            singleEvents=True,
            maxResults=PAGE,
            timeZone="UTC",
            fields=f"nextPageToken,items({fields})",
            **wire.window(window),
            **more,
        )
    )


def got(api: Api, calendar: str, event: str, fields: str = wire.OWN) -> Json | None:
    """Give one event, a deleted one too; None where there is no trace of it."""
    try:
        return api.read(
            lambda service: service.events().get(calendarId=calendar, eventId=event, timeZone="UTC", fields=fields)
        )
    except Missing:
        return None


def inserted(api: Api, calendar: str, body: Json) -> Stored:
    """Write a new event."""
    return _stored(calendar, api.write(lambda service: service.events().insert(**_where(calendar, body))))


def patched(api: Api, calendar: str, event: str, body: Json, etag: str) -> Stored:
    """Change what a body names of an event, if it is the version we know."""
    more = _where(calendar, body) | {"eventId": event}
    return _stored(calendar, api.write(lambda service: service.events().patch(**more), etag=_known(etag)))


def deleted(api: Api, calendar: str, event: str, etag: str) -> None:
    """Delete an event, if it is the version we know."""
    api.write(lambda service: service.events().delete(calendarId=calendar, eventId=event), etag=_known(etag))


def version(api: Api, calendar: str) -> str:
    """Give the mark of a calendar's contents: the version of the collection, which changes with each event in it."""
    page = api.read(
        lambda service: service.events().list(
            calendarId=calendar, maxResults=1, singleEvents=True, fields="etag", timeMin="2020-01-01T00:00:00Z"
        )
    )
    etag = page.get("etag")
    if not isinstance(etag, str):
        raise errors.of_garbage(writing=False)
    return etag


def _where(calendar: str, body: Json) -> Json:
    """Give the parameters of a write; without the version Google does not look at what is said of a Meet link."""
    more = {"conferenceDataVersion": 1} if "conferenceData" in body else {}
    return {"calendarId": calendar, "body": body, "fields": "id,etag", "sendUpdates": "none", **more}


def _stored(calendar: str, answer: Json) -> Stored:
    name, etag = answer.get("id"), answer.get("etag")
    if not isinstance(name, str) or not isinstance(etag, str):
        raise errors.of_garbage(writing=True)
    return Stored(f"{calendar}/{name}", etag)


def _known(etag: str) -> str:
    if not etag:
        raise Conflict("the version of an event at Google is not known")
    return etag
