"""One person's calendar on a CalDAV server: busy time, and our own events under the versions we have seen."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import httpx

from agent.clock import Clock
from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent, Reading
from agent.core.timespan import Span, floor_minute
from agent.core.whereabouts import Whereabouts
from agent.ical import write
from agent.ical.bounded import Document, read_bounded
from agent.ical.errors import NotCalendar
from connectors.base import Capability, Stored
from connectors.caldav import discovery, wire
from connectors.caldav.dav import Dav, at
from connectors.caldav.settings import CalDavSettings
from connectors.errors import Conflict, ConnectorError, ConsentRevoked, Missing, Rejected, Unreadable

ANY = Span(0, 1)
"""A window for readings that are about our own events only: those are found wherever they are."""


class CalDavCalendar:
    """A calendar collection. ``where`` and ``owner`` are its owner's whereabouts and e-mail address."""

    def __init__(self, settings: CalDavSettings, *, home: Path, where: Whereabouts, owner: str, clock: Clock) -> None:
        self.capabilities = Capability.ANSWERS | (Capability.WRITE if settings.book else Capability.NONE)
        self._settings = settings
        self._folder = home
        self._where = where
        self._owner = owner
        self._clock = clock
        self._dav = Dav(self._login, clock)

    def token(self) -> str | None:
        """Give the collection's ctag, else its sync token."""
        token = discovery.describe(self._dav, self._url).token
        if token is not None:
            self.capabilities |= Capability.TOKEN
        return token

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read busy time from everything that touches the window, and look up those of our events that do not."""
        found = self._parsed(self._query(wire.calendar_query(span=window)), window, own)
        elsewhere = [
            document for uid in sorted(own - {event.uid for event in found.own}) for document in self._search(uid)
        ]
        if not elsewhere:
            return found
        moved = self._parsed(elsewhere, ANY, own)
        return Reading(found.busy, (*found.own, *moved.own), found.dropped + moved.dropped)

    def find(self, uid: str) -> OwnEvent | None:
        """Look for an event where we would have put it, then anywhere in the collection."""
        own = self._parsed(self._search(uid), ANY, frozenset({uid})).own
        return own[0] if own else None

    def create(self, invitation: Invitation) -> Stored:
        """PUT an event at the address derived from its UID, only where there is none."""
        return self._put(self._path(invitation.uid), write.calendar(invitation), {"If-None-Match": "*"})

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Rewrite the event as it stands, if it is the version we know."""
        path = event.href or self._path(event.uid)
        standing = self._dav.get(self._at(path))
        if standing.etag != event.etag:
            raise Conflict(f"an event on {self._url.host} has changed")
        try:
            body = write.rewritten(standing.body, invitation)
        except NotCalendar as error:
            raise Unreadable(f"an event on {self._url.host} cannot be understood") from error
        try:
            return self._put(path, body, self._if_match(event.etag))
        except Conflict:
            self._dav.get(self._at(path))  # both servers we know answer 412, not 404, where it is gone
            raise

    def remove(self, event: OwnEvent) -> None:
        """DELETE an event, if it is the version we know."""
        url = self._at(event.href or self._path(event.uid))
        try:
            self._dav.delete(url, self._if_match(event.etag))
        except Conflict:
            self._dav.get(url)
            raise

    def check(self) -> str:
        """Say what the collection is and can do; where it is none, name the calendars found at this address."""
        collection = discovery.describe(self._dav, self._url)
        if not collection.is_calendar:
            raise Rejected(discovery.advice(self._dav, self._url))
        now = floor_minute(self._clock.now())
        self._query(wire.calendar_query(span=Span(now, now + 1)))
        return discovery.verdict(collection, book=self._settings.book)

    def close(self) -> None:
        """Let go of connections."""
        self._dav.close()

    @cached_property
    def _url(self) -> httpx.URL:
        try:
            return httpx.URL(self._settings.url.rstrip("/") + "/")
        except httpx.InvalidURL as error:
            raise Rejected("the url of a calendar is no address") from error

    def _login(self) -> tuple[str, str] | None:
        settings = self._settings
        if settings.username is None:
            return None
        if settings.password_file is None:
            return settings.username, settings.password.get_secret_value() if settings.password else ""
        try:
            return settings.username, (self._folder / settings.password_file).read_text("utf-8-sig").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise Rejected(f"the password_file for {self._url.host} cannot be read") from error

    def _path(self, uid: str) -> str:
        return wire.path_of(f"{self._url.raw_path.decode()}{quote(uid)}.ics")

    def _at(self, path: str) -> httpx.URL:
        return at(self._url, path)

    def _parsed(self, documents: list[Document], window: Span, own: frozenset[str]) -> Reading:
        try:
            return read_bounded(documents, window, where=self._where, owner=self._owner, own=own, whole=False)
        except NotCalendar as error:
            raise Unreadable(f"the events on {self._url.host} cannot be understood") from error

    def _query(self, query: bytes) -> list[Document]:
        """Events that a REPORT gives. One that vanished meanwhile is left out; what else is wrong with one, raises."""
        documents = []
        for resource in self._dav.resources("REPORT", self._url, query, depth=1):
            if resource.status in {404, 410}:
                continue
            if resource.status != 200:  # 507 is how a server says that there are more than it gives
                raise Unreadable(f"{self._url.host} gives less than the whole calendar (status {resource.status})")
            if resource.data is not None:
                documents.append(Document(resource.data, resource.path, resource.etag))
            elif not resource.path.endswith("/"):  # some list the collection itself
                documents += self._fetch(resource.path)
        return documents

    def _search(self, uid: str) -> list[Document]:
        at_home = self._fetch(self._path(uid))
        if at_home:
            return at_home
        try:
            return self._query(wire.calendar_query(uid=uid))
        except ConsentRevoked:
            raise
        except Rejected:  # a server that cannot search by UID has to give everything
            return self._query(wire.calendar_query())

    def _fetch(self, path: str) -> list[Document]:
        try:
            answer = self._dav.get(self._at(path))
        except Missing:
            return []
        return [Document(answer.body, path, answer.etag)]

    def _put(self, path: str, body: bytes, condition: dict[str, str]) -> Stored:
        answer = self._dav.put(self._at(path), body, condition)
        path = wire.path_of(answer.headers.get("Location")) or path
        return Stored(path, answer.etag or self._version(path))

    def _version(self, path: str) -> str:
        """Ask for the version of what was just written; unknown, it is looked up before the next write."""
        try:
            return self._dav.get(self._at(path)).etag
        except ConnectorError:
            return ""

    def _if_match(self, etag: str) -> dict[str, str]:
        if not etag:
            raise Rejected(f"{self._url.host} gives events no version: nothing can be changed safely there")
        return {"If-Match": etag}
