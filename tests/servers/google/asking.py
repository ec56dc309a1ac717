"""One request to a method, once it is known to be well formed and allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.google.documents import Json, Method
from tests.servers.google.errors import Refusal, access_level, invalid, not_found, stale
from tests.servers.google.schema import Problem
from tests.servers.google.world import Account, Calendar, World

AUTH = "https://www.googleapis.com/auth/calendar"
ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")


@dataclass
class Ask:
    """What is asked, by whom. ``scopes`` are those of the token that the method accepts."""

    world: World
    method: Method
    account: Account
    client: str
    scopes: frozenset[str]
    parameters: Json
    body: Json = field(default_factory=dict)
    read_only: tuple[Problem, ...] = ()
    if_match: str | None = None
    if_none_match: str | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """Give a parameter."""
        return self.parameters.get(name, default)

    def calendar(self, role: str) -> Calendar:
        """Give the calendar of the path, for somebody who needs a role there.

        One that the token does not reach is not found, as one that does not exist.
        """
        calendar = self.world.calendars.get(self.calendar_id(self.get("calendarId")))
        if calendar is None or not self._reaches(calendar):
            raise not_found()
        has = self.role(calendar)
        if has == "none":
            raise not_found()
        if ROLES.index(has) < ROLES.index(role):
            raise access_level(role)
        return calendar

    def calendar_id(self, name: str) -> str:
        return self.account.email if name == "primary" else name

    def role(self, calendar: Calendar) -> str:
        """Give the account's role in a calendar: its own, one it was given, or its organisation's."""
        if calendar.owner == self.account.email:
            return "owner"
        if self.account.email in calendar.shares:
            return calendar.shares[self.account.email]
        owner = self.world.accounts[calendar.owner]
        return "freeBusyReader" if calendar.primary and owner.hd and owner.hd == self.account.hd else "none"

    @property
    def only_times(self) -> bool:
        """Whether the token shows when, and not what."""
        return self.scopes == {f"{AUTH}.events.freebusy"}

    def _reaches(self, calendar: Calendar) -> bool:
        narrow = {
            f"{AUTH}.app.created": calendar.made_by is not None and calendar.made_by == self.client,
            f"{AUTH}.events.owned": calendar.owner == self.account.email,
            f"{AUTH}.events.owned.readonly": calendar.owner == self.account.email,
            f"{AUTH}.events.public.readonly": False,
        }
        return any(narrow.get(scope, True) for scope in self.scopes)

    def refuse_read_only(self) -> None:
        """Refuse fields that only Google writes."""
        for problem in self.read_only:
            raise invalid(f"{problem}", problem.path)

    def match(self, etag: str) -> None:
        """Refuse a write whose If-Match is not this version."""
        if self.if_match not in {None, "*", etag}:
            raise stale()

    def same(self, etag: str) -> None:
        """Answer 304 where the reader has this version."""
        if self.if_none_match in {"*", etag}:
            raise Refusal(304, "notModified", "Not Modified", headers={"ETag": etag})


Handler = Callable[[Ask], Json | None]
HANDLERS: dict[str, Handler] = {}


def handles(method: str) -> Callable[[Handler], Handler]:
    """Say which method a function answers."""

    def keep(handler: Handler) -> Handler:
        HANDLERS[method] = handler
        return handler

    return keep
