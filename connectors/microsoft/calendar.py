"""One person's main calendar in Microsoft 365: busy time, and our own events under the versions we have seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agent.clock import Clock
from agent.core.invitations import Invitation
from agent.core.observation import Busy, OwnEvent, Reading
from agent.core.timespan import DAY, Span
from agent.core.whereabouts import Whereabouts
from agent.ical.read import merged
from connectors.base import Capability, Stored
from connectors.errors import Conflict, Missing, OutcomeUnknown, Rejected, Unreadable
from connectors.microsoft import scopes, wire
from connectors.microsoft.application import application
from connectors.microsoft.changes import Changes
from connectors.microsoft.http import Answer, Graph
from connectors.microsoft.settings import MicrosoftCalendarSettings, MicrosoftClientSettings
from connectors.microsoft.tokens import Tokens
from connectors.oauth import Keep

PAGE = "500"
"""Events a page: six weeks of nearly everybody are one request."""
ONE = {"$select": wire.SELECT, "$expand": wire.EXPAND}


class GraphCalendar:
    """A ``CalendarWriter``. ``where`` and ``owner`` are its owner's whereabouts and e-mail address."""

    def __init__(
        self,
        settings: MicrosoftCalendarSettings,
        client: MicrosoftClientSettings,
        keep: Keep,
        *,
        home: Path,
        where: Whereabouts,
        owner: str,
        clock: Clock,
    ) -> None:
        self.capabilities = Capability.TOKEN | (Capability.WRITE if settings.book else Capability.NONE)
        self._settings = settings
        self._where = where
        registered = application(client, home)
        self._tokens = Tokens(registered, keep, scopes.TO_BOOK if settings.book else scopes.TO_READ, clock)
        self._graph = Graph(registered, self._tokens, owner, clock)
        self._changes = Changes(self._graph, clock)
        self._places: dict[str, str] = {}

    def token(self) -> str | None:
        """Give a mark of all that is there."""
        return self._changes.token()

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read what touches the window, and look up those of our events that do not."""
        events = self._view(window)
        ours = {uid: event for uid, event in wire.originals(events).items() if uid in own}
        here = {id(event) for event in ours.values()}
        busy: list[Busy] = []
        dropped = 0
        for event in events:
            try:
                if id(event) not in here and (taken := wire.busy(event, self._where)) is not None:
                    busy.append(taken)
            except wire.Unplaced:
                dropped += 1
        found = [self._read(event) for event in ours.values()]
        found += [away for uid in sorted(own - ours.keys()) if (away := self.find(uid)) is not None]
        return Reading(merged(busy, window), tuple(found), dropped)

    def find(self, uid: str) -> OwnEvent | None:
        """Look for an event where it was before, for lists may be behind; then anywhere in the calendar."""
        if (place := self._places.get(uid)) is not None:
            try:
                event = self._graph.get(_path(place), self._asked()).entity()
                return self._read(event) if wire.key(event) == uid else None
            except Missing:
                del self._places[uid]
        query = {**self._asked(), "$filter": wire.searching(uid), "$top": "10"}
        listed = [each for page in self._graph.pages("/me/events", query) for each in page["value"]]
        found = wire.originals(listed).get(uid)
        return self._read(found) if found is not None else None

    def create(self, invitation: Invitation) -> Stored:
        """Add an event. The same one again is given as it stands; another of its key is a ``Conflict``."""
        private, teams = self._settings.visibility == "private", self._settings.teams
        answer = self._graph.post("/me/events", wire.created(invitation, private=private, teams=teams), good=201)
        return self._stored(invitation.uid, answer)

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Change time, title and our words in it, if it is the version we know; the rest stays its owner's."""
        place = self._place(event)
        standing = self._graph.get(place, {"$select": "body,isOnlineMeeting"}).entity()
        if standing.get("@odata.etag") != event.etag:
            raise Conflict("an event in Microsoft 365 has changed")
        body = wire.changed(invitation)
        if self._settings.teams and standing.get("isOnlineMeeting") is not True:
            body |= wire.TEAMS
        if (content := wire.rewritten(_content(standing), invitation.description)) is not None:
            body["body"] = {"contentType": "html", "content": content}
        return self._stored(invitation.uid, self._graph.patch(place, body, _version(event)))

    def remove(self, event: OwnEvent) -> None:
        """Delete an event, if it is the version we know."""
        self._graph.delete(self._place(event), _version(event))

    def check(self) -> str:
        """Say what the calendar can do, or raise where that is not what it is meant for."""
        calendar = self._graph.get("/me/calendar", {"$select": "id,canEdit"}).entity()
        if self._settings.book and calendar.get("canEdit") is not True:
            raise Rejected("this account may not write into its own calendar, and book is true")
        self._graph.get("/me/events", {"$select": "id", "$top": "1"})
        return f"a calendar{', taking our meetings' if self._settings.book else ''}; changes are seen by delta queries"

    def close(self) -> None:
        """Let go of connections."""
        self._graph.close()

    def _view(self, window: Span) -> list[Mapping[str, Any]]:
        """Everything that may touch a window; whole days are placed by us, so with a day to spare."""
        query = {**wire.within(Span(window.start - DAY, window.end + DAY)), "$top": PAGE, **self._asked()}
        return [event for page in self._graph.pages("/me/calendarView", query) for event in page["value"]]

    def _asked(self) -> dict[str, str]:
        """What is asked of events; the least scope shows no extended properties, and takes no events of ours."""
        return ONE if self._settings.book or self._tokens.allows(scopes.WRITE) else {"$select": wire.SELECT}

    def _read(self, event: Mapping[str, Any]) -> OwnEvent:
        try:
            found = wire.own(event, self._where)
        except wire.Unplaced as error:
            raise Unreadable("an event of ours in Microsoft 365 cannot be understood") from error
        self._places[found.uid] = found.href
        return found

    def _stored(self, uid: str, answer: Answer) -> Stored:
        event = answer.body if isinstance(answer.body, dict) else {}
        href, etag = event.get("id"), event.get("@odata.etag")
        if not isinstance(href, str) or not isinstance(etag, str):
            raise OutcomeUnknown("Graph does not say what it wrote")
        self._places[uid] = href
        return Stored(href, etag)

    def _place(self, event: OwnEvent) -> str:
        found = event.href or self._places.get(event.uid)
        if not found:
            raise Missing("nobody knows where the event is")
        return _path(found)


def _path(identity: str) -> str:
    return f"/me/events/{quote(identity, safe='')}"


def _version(event: OwnEvent) -> str:
    if not event.etag:
        raise Rejected("an event without a version cannot be changed safely")
    return event.etag


def _content(event: Mapping[str, Any]) -> str:
    body = event.get("body")
    return str(body.get("content") or "") if isinstance(body, dict) else ""
