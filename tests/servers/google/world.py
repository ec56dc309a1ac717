"""Everything this Google knows: accounts, clients, grants, calendars with every version of their events, mail."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.common.clock import SetClock
from tests.servers.common.faults import Faults
from tests.servers.common.ledger import Ledger
from tests.servers.google.documents import Json
from tests.servers.google.grants import Grants


@dataclass
class Settings:
    """What a test may choose. Lags are in seconds of the double's clock."""

    invitation_lag: float = 0.0
    """Until an invitation is in the other calendar, or an answer in the organiser's."""
    index_lag: float = 0.0
    """Until a write is seen by lists and free/busy; ``get`` sees it at once."""
    rotate_refresh_tokens: bool = False
    """Google does not; a client should bear it."""
    strict_clients: bool = True
    """Ask every client for PKCE and state, which Google recommends and does not enforce."""
    time_change_resets_answers: bool = False
    """Google does not document whether it does; a client must be right either way."""
    keep_message_id: bool = True
    """Whether a sent mail keeps its own Message-ID; Google promises neither."""
    conference: str = "success"
    """The state of a conference that was just asked for: success, pending or failure."""
    requests_per_minute: int = 0
    """For each account; 0 for no limit."""
    over_limit: str = "rateLimitExceeded"
    """How Google says that it is over; see ``errors.LIMITS``."""
    retry_after: int | None = 30
    """None for no such header, which Google does not promise."""
    pushes: str = "deliver"
    """deliver, drop, or twice."""


@dataclass
class Account:
    """A person's Google account. ``hd`` is the organisation's domain, whose members see each other's free/busy."""

    email: str
    name: str = ""
    zone: str = "UTC"
    hd: str | None = None
    sub: str = field(default_factory=lambda: str(secrets.randbelow(10**21)))


@dataclass(frozen=True)
class Version:
    """One state of an event: the so-manieth change of its calendar, at a time."""

    number: int
    at: float
    data: Json

    @property
    def etag(self) -> str:
        return f'"{int(self.at * 1000)}{self.number:06}"'

    @property
    def cancelled(self) -> bool:
        return bool(self.data["status"] == "cancelled")


@dataclass(frozen=True)
class Cut:
    """How far a reader sees: up to a time, and up to a change of the calendar, since time may stand still."""

    at: float
    number: int


@dataclass
class Entry:
    """An event in one calendar, with its past; the last version is the present one."""

    id: str
    versions: list[Version] = field(default_factory=list)

    @property
    def now(self) -> Version:
        return self.versions[-1]

    def seen(self, cut: Cut) -> Version | None:
        """Give the version that a reader sees who sees no later ones."""
        seen = (each for each in reversed(self.versions) if each.at <= cut.at and each.number <= cut.number)
        return next(seen, None)


@dataclass
class Calendar:
    """A calendar. ``made_by`` is the client that made it; ``shares`` gives other accounts a role."""

    id: str
    owner: str
    data: Json
    made_by: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    listed: dict[str, Json] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    sync_epoch: int = 0

    @property
    def primary(self) -> bool:
        return self.id == self.owner

    @property
    def zone(self) -> str:
        return str(self.data["timeZone"])


@dataclass
class Channel:
    """Somebody who wants to hear of changes in a calendar."""

    id: str
    resource_id: str
    calendar: str
    account: str
    client: str
    address: str
    token: str | None
    expires: float
    messages: int = 0


@dataclass
class Mail:
    """A mail in somebody's mailbox."""

    id: str
    thread: str
    account: str
    labels: list[str]
    raw: bytes
    at: float


@dataclass(frozen=True)
class Errand:
    """Something on its way from one calendar to another."""

    due: float
    kind: str
    calendar: str
    event: str
    to: str
    note: Json = field(default_factory=dict)


@dataclass
class World:
    """The whole state. ``pushes`` wait to be delivered; ``pushed`` is what was."""

    clock: SetClock = field(default_factory=SetClock)
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    settings: Settings = field(default_factory=Settings)
    grants: Grants = field(default_factory=Grants)
    accounts: dict[str, Account] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    notices: list[Json] = field(default_factory=list)
    pushes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pushed: list[Json] = field(default_factory=list)
    recent: dict[str, list[float]] = field(default_factory=dict)

    def add_account(self, account: Account) -> None:
        """Make an account with its primary calendar."""
        self.accounts[account.email] = account
        data = {"summary": account.email, "timeZone": account.zone}
        calendar = Calendar(account.email, account.email, data)
        calendar.listed[account.email] = {"selected": True}
        self.calendars[calendar.id] = calendar

    def calendars_of(self, email: str) -> Iterator[Calendar]:
        """Give the calendars in somebody's list."""
        return (each for each in self.calendars.values() if email in each.listed)

    def now(self) -> float:
        return self.clock.stamp()

    def cut(self, calendar: Calendar) -> Cut:
        """Say how far lists and free/busy see now."""
        return Cut(self.now() - self.settings.index_lag, calendar.changes)

    def save(self, path: Path | None) -> None:
        """Write everything down, where a file was named."""
        if path is not None:
            beside = path.with_suffix(".new")
            beside.write_bytes(pickle.dumps(self))
            beside.replace(path)

    @classmethod
    def load(cls, path: Path | None) -> World:
        """Go on where a file says, or begin anew."""
        if path is None or not path.exists():
            return cls()
        found: Any = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
        assert isinstance(found, cls)
        return found
