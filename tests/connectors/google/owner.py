"""Somebody with a Google account, at work in it by hand, with none of our code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import SecretStr

from agent.clock import Clock, RehearsalClock
from agent.core.observation import Answer
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from connectors.errors import ConsentRevoked
from connectors.google import ours
from connectors.google.calendar import GoogleCalendar
from connectors.google.settings import GoogleCalendarSettings, GoogleClientSettings
from connectors.google.tokens import Tokens, unpacked
from connectors.google.wire import event_id
from connectors.oauth import Secret
from tests.contract.owners import ADDRESS, ZONE, Entry
from tests.servers.google.running import CLIENT, DEFAULT_SCOPES, SECRET, GoogleServer

NOW = datetime(2027, 2, 20, 9, tzinfo=UTC)
READ = "https://www.googleapis.com/auth/calendar.readonly"
METHODS = {"create": "calendar.events.insert", "update": "calendar.events.patch", "remove": "calendar.events.delete"}
ANSWERS = {Answer.ACCEPTED: "accepted", Answer.TENTATIVE: "tentative", Answer.DECLINED: "declined"}
Json = dict[str, Any]


@dataclass
class MemoryKeep:
    """A ``Keep`` in memory."""

    secret: Secret | None
    ended: list[int] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def read(self) -> Secret:
        if self.secret is None:
            raise ConsentRevoked("nobody has agreed")
        return self.secret

    def write(self, payload: bytes, seen: int) -> bool:
        with self.lock:
            if self.secret is None or self.secret.version != seen:
                return False
            self.secret = Secret(payload, seen + 1)
            return True

    def broken(self, seen: int) -> None:
        self.ended.append(seen)

    @property
    def tokens(self) -> Tokens:
        return unpacked(self.read().payload)


def client_of(server: GoogleServer) -> GoogleClientSettings:
    """Give the settings of the one client, for a double in the place of Google."""
    return GoogleClientSettings(
        client_id=CLIENT,
        client_secret=SecretStr(SECRET),
        authorize=f"{server.root}/o/oauth2/v2/auth",
        token=f"{server.root}/token",
        revoke=f"{server.root}/revoke",
        calendar_api=f"{server.root}/calendar/v3/",
        gmail_api=f"{server.root}/",
    )


def keep_for(server: GoogleServer, email: str = ADDRESS, *more: str) -> MemoryKeep:
    """Let somebody agree, and keep what comes of it."""
    given = server.grant(email, (*DEFAULT_SCOPES, *more))
    tokens = Tokens(
        refresh=given["refresh_token"], access=given["access_token"], scopes=frozenset((*DEFAULT_SCOPES, *more))
    )
    return MemoryKeep(Secret(replace(tokens, account=email).packed(), 1))


def opened(
    server: GoogleServer,
    keep: MemoryKeep,
    *,
    client: GoogleClientSettings | None = None,
    clock: Clock | None = None,
    **settings: Any,
) -> GoogleCalendar:
    """Open a calendar as the registry does."""
    chosen = GoogleCalendarSettings.model_validate({"kind": "google", "book": True} | settings)
    where, clock = Whereabouts(ZONE), clock or RehearsalClock(NOW)
    return GoogleCalendar(
        chosen, client or client_of(server), keep, home=Path(), where=where, owner=ADDRESS, clock=clock
    )


@dataclass
class GoogleOwner:
    """An account of its own. ``more`` are the scopes that its owner allowed beyond the usual."""

    server: GoogleServer
    more: tuple[str, ...] = ()
    open: list[GoogleCalendar] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keep = keep_for(self.server, ADDRESS, *self.more)

    def reader(self, **settings: Any) -> GoogleCalendar:
        self.open.append(opened(self.server, self.keep, **settings))
        return self.open[-1]

    writer = reader

    def reader_with_a_wrong_password(self) -> GoogleCalendar:
        self.open.append(opened(self.server, MemoryKeep(None)))
        return self.open[-1]

    def writer_that_loses_the_answer_to(self, method: str) -> GoogleCalendar:
        self._own_calendar()
        self.server.fail_next(METHODS[method], "after-commit")
        return self.writer()

    def add(self, entry: Entry) -> None:
        """An own UID stands for an event of ours that was written earlier, in the calendar of our own."""
        body: Json = {"summary": entry.uid, **span_of(entry.span)}
        for line in entry.lines:
            name, _, value = line.partition(":")
            if name == "TRANSP":
                body["transparency"] = value.lower()
            elif name.startswith("ATTENDEE"):
                body["attendees"] = [{"email": ADDRESS, "responseStatus": "declined"}]
            elif name in {"SUMMARY", "LOCATION"}:
                body[name.lower()] = value
        if entry.uid.endswith("@attune"):
            body |= {"id": event_id(entry.uid)}
            self._hand("insert", self._own_calendar(), body)
            return
        made = self._hand("insert", ADDRESS, body)
        if "STATUS:CANCELLED" in entry.lines:
            self._hand("delete", ADDRESS, eventId=made["id"])

    def move(self, uid: str, span: Span) -> None:
        self._patch(uid, span_of(span))

    def answer(self, uid: str, answer: Answer) -> None:
        self._patch(uid, {"attendees": [{"email": ADDRESS, "responseStatus": ANSWERS[answer]}]})

    def cancel(self, uid: str) -> None:
        self._patch(uid, {"status": "cancelled"})

    def delete(self, uid: str) -> None:
        self._hand("delete", self._own_calendar(), eventId=event_id(uid))

    def set_alarm(self, uid: str) -> None:
        self._patch(uid, {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 15}]}})

    def has_alarm(self, uid: str) -> bool:
        (event,) = self.events(uid)
        return bool(event["reminders"].get("overrides"))

    def titles(self, uid: str) -> list[str]:
        return [str(event["summary"]) for event in self.events(uid)]

    def events(self, uid: str) -> list[Json]:
        """Give what stands of an event, wherever."""
        found = [each for each in self.server.events() if each["id"] == event_id(uid)]
        return [each for each in found if each["status"] != "cancelled"]

    def close(self) -> None:
        for each in self.open:
            each.close()

    def _own_calendar(self) -> str:
        if not self.keep.tokens.calendar:
            writer = self.writer()
            ours.made(writer._api, writer._grant)
        return self.keep.tokens.calendar

    def _patch(self, uid: str, body: Json) -> None:
        self._hand("patch", self._own_calendar(), body, eventId=event_id(uid))

    def _hand(self, method: str, calendar: str, body: Json | None = None, **more: Any) -> Json:
        return self.server.by_hand(ADDRESS, f"calendar.events.{method}", body, calendarId=calendar, **more)


def span_of(span: Span) -> Json:
    """Write when something is, as Google's own pages do."""
    return {
        "start": {"dateTime": span.starts_at.isoformat(), "timeZone": ZONE},
        "end": {"dateTime": span.ends_at.isoformat(), "timeZone": ZONE},
    }
