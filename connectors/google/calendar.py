"""One person's Google account: when they are busy, and our own events in a calendar of our own."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from agent.clock import Clock
from agent.core.invitations import Invitation
from agent.core.observation import Answer, Busy, OwnEvent, Reading
from agent.core.timespan import Span, floor_minute
from agent.core.whereabouts import Whereabouts
from connectors.base import Capability, Stored
from connectors.errors import Conflict, ConsentRevoked, Missing, Rejected
from connectors.google import events, freebusy, ours, scopes, wire
from connectors.google.credentials import Grant
from connectors.google.http import Api
from connectors.google.settings import GoogleCalendarSettings, GoogleClientSettings
from connectors.google.tokens import Tokens
from connectors.google.wire import Json
from connectors.oauth import Keep


class GoogleCalendar:
    """A ``CalendarWriter``. ``where`` and ``owner`` are its owner's whereabouts and e-mail address."""

    def __init__(
        self,
        settings: GoogleCalendarSettings,
        client: GoogleClientSettings,
        keep: Keep,
        *,
        home: Path,
        where: Whereabouts,
        owner: str,
        clock: Clock,
    ) -> None:
        self.capabilities = Capability.WRITE if settings.book else Capability.NONE
        self._settings = settings
        self._where = where
        self._owner = owner
        self._clock = clock
        self._grant = Grant(keep, clock)
        self._api = Api(("calendar", "v3", client.calendar_api), self._grant, client, home=home, clock=clock)

    def token(self) -> str | None:
        """Give a digest of the calendars' versions, where the person lets us read them; free/busy has none."""
        tokens = self._grant.tokens()
        if not scopes.shows_details(tokens.scopes):
            return None
        names = (*self._settings.calendars, *self._ours(tokens))
        marks = [f"{name} {events.version(self._api, name)}" for name in names]
        self.capabilities |= Capability.TOKEN
        return sha256("\n".join(marks).encode()).hexdigest()[:32]

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read busy time, by events where the person lets us; and our events, those outside the window by id."""
        tokens = self._grant.tokens()
        busy = self._busy(tokens, window)
        for name in self._ours(tokens):
            found = self._standing(name, window, own, tokens)
            return Reading(_touching(window, busy + found.busy), found.own)
        return Reading(_touching(window, busy))

    def find(self, uid: str) -> OwnEvent | None:
        """Ask for an event by the id that its UID gives it."""
        tokens = self._grant.tokens()
        for name in self._ours(tokens):
            return self._got(name, uid, tokens)
        return None

    def create(self, invitation: Invitation) -> Stored:
        """Insert an event under an id of our choice; one of that id that was deleted is brought back."""
        if not scopes.takes_events(self._grant.tokens().scopes):
            raise ConsentRevoked("the person has not allowed a calendar of our own")
        calendar = ours.made(self._api, self._grant)
        try:
            return self._insert(calendar, invitation)
        except Missing:
            if not ours.is_gone(self._api, calendar):
                raise
        ours.forgotten(self._grant, calendar)
        return self._insert(ours.made(self._api, self._grant), invitation)

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Patch what is ours to say, if it is the version we know; a new time takes the owner's answer back."""
        calendar, name = _at(event)
        body = wire.changed(invitation, self._settings)
        if invitation.span != event.span and event.answer is not Answer.NONE:
            body |= self._asked_anew(calendar, name, event)
        try:
            return events.patched(self._api, calendar, name, body, event.etag)
        except Conflict:
            self._refuse_deleted(calendar, name)
            raise

    def remove(self, event: OwnEvent) -> None:
        """Delete an event, if it is the version we know."""
        events.deleted(self._api, *_at(event), event.etag)

    def check(self) -> str:
        """Ask for a minute of busy time, and whether our own calendar is there."""
        tokens = self._grant.tokens()
        freebusy.query(self._api, self._settings.calendars, self._minute())
        how = "events" if scopes.shows_details(tokens.scopes) else "free/busy"
        says = f"Google: {how} of {len(self._settings.calendars)} calendar(s)"
        if not self._settings.book:
            return says
        if not scopes.takes_events(tokens.scopes):
            raise ConsentRevoked("the person has not allowed a calendar of our own")
        for name in self._ours(tokens):
            events.version(self._api, name)
        return f"{says}, meetings in a calendar of their own"

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()

    def _busy(self, tokens: Tokens, window: Span) -> tuple[Busy, ...]:
        if not scopes.shows_details(tokens.scopes):
            found = freebusy.query(self._api, self._settings.calendars, window)
            return tuple(busy for each in found.values() for busy in each)
        account = self._account(tokens)
        names = self._settings.calendars
        items = (item for name in names for item in events.listed(self._api, name, window, wire.EVENT))
        return tuple(busy for item in items if (busy := wire.busy(item, self._where, account)) is not None)

    def _standing(self, name: str, window: Span, own: frozenset[str], tokens: Tokens) -> Reading:
        """Read the calendar of ours; where its owner has deleted it, all that was in it is gone."""
        ids = {wire.event_id(uid): uid for uid in own}
        mine: list[OwnEvent] = []
        busy: list[Busy] = []
        try:
            for item in events.listed(self._api, name, window, wire.OWN):
                if uid := ids.pop(str(item.get("id")), None):
                    mine.append(self._own(item, uid, name, tokens))
                elif (taken := wire.busy(item, self._where, self._account(tokens))) is not None:
                    busy.append(taken)
        except Missing:
            if not ours.is_gone(self._api, name):
                raise
            return Reading()
        mine += [event for uid in ids.values() if (event := self._got(name, uid, tokens)) is not None]
        return Reading(tuple(busy), tuple(mine))

    def _ours(self, tokens: Tokens) -> tuple[str, ...]:
        """The calendar of our own, if there is one that we may look into."""
        return (tokens.calendar,) if tokens.calendar and scopes.takes_events(tokens.scopes) else ()

    def _got(self, name: str, uid: str, tokens: Tokens) -> OwnEvent | None:
        item = events.got(self._api, name, wire.event_id(uid))
        return None if item is None or _is_deleted(item) else self._own(item, uid, name, tokens)

    def _own(self, item: Json, uid: str, name: str, tokens: Tokens) -> OwnEvent:
        return wire.own_event(item, uid, name, self._where, self._account(tokens))

    def _account(self, tokens: Tokens) -> str:
        return tokens.account or self._owner

    def _insert(self, calendar: str, invitation: Invitation) -> Stored:
        try:
            return events.inserted(self._api, calendar, wire.new(invitation, self._settings))
        except Conflict:
            name = wire.event_id(invitation.uid)
            item = events.got(self._api, calendar, name)
            if item is None or not _is_deleted(item):
                raise
        body = wire.again(invitation, self._settings)
        return events.patched(self._api, calendar, name, body, str(item.get("etag", "")))

    def _asked_anew(self, calendar: str, name: str, event: OwnEvent) -> Json:
        item = events.got(self._api, calendar, name, wire.GUESTS)
        if item is None or _is_deleted(item):
            raise Missing("an event at Google was deleted")
        if item.get("etag") != event.etag:
            raise Conflict("an event at Google has changed")
        return {"attendees": wire.asked_anew(item, self._account(self._grant.tokens()))}

    def _refuse_deleted(self, calendar: str, name: str) -> None:
        """Tell a deletion from a change: a version that is none any more is refused for both."""
        item = events.got(self._api, calendar, name)
        if item is None or _is_deleted(item):
            raise Missing("an event at Google was deleted")

    def _minute(self) -> Span:
        now = floor_minute(self._clock.now())
        return Span(now, now + 1)


def _touching(window: Span, busy: tuple[Busy, ...]) -> tuple[Busy, ...]:
    return tuple(each for each in busy if each.span.touches(window))


def _is_deleted(item: Json) -> bool:
    return item.get("status") == "cancelled"


def _at(event: OwnEvent) -> tuple[str, str]:
    """Give the calendar and the id that an event was last seen under."""
    calendar, _, name = event.href.rpartition("/")
    if not calendar:
        raise Rejected("an event of ours has no address at Google")
    return calendar, name
