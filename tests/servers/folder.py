"""A provider of calendars and mail that lives in a folder, so that several processes see the same world.

Every call takes a while and leaves a line with its time, so that a test can tell what reached the world, how often and
when. A call that is cut off in the middle may have had its effect: it happens half-way through.
"""

from __future__ import annotations

import os
import pickle
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent, Reading
from agent.core.timespan import Span
from connectors.base import Capability, Stored
from connectors.errors import Conflict, ConnectorError, Missing


@dataclass(frozen=True)
class Call:
    """One call that reached the provider."""

    at: float
    process: int
    kind: str
    who: str
    key: str


class Folder:
    """The provider's side: what there is, and what was asked."""

    def __init__(self, path: Path, latency: float = 0.0) -> None:
        self.path = path
        self._latency = latency
        (path / "calls").mkdir(parents=True, exist_ok=True)
        (path / "events").mkdir(exist_ok=True)
        self._log = os.open(path / "calls" / str(os.getpid()), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    @contextmanager
    def call(self, kind: str, who: str, key: str = "-") -> Iterator[None]:
        """Answer one call; its effect is what happens within, and one that is refused leaves a line that says so."""
        time.sleep(self._latency / 2)
        try:
            yield
        except ConnectorError:
            kind = f"{kind}-refused"
            raise
        finally:
            os.write(self._log, f"{time.time():.4f} {os.getpid()} {kind} {who} {key}\n".encode())
            time.sleep(self._latency / 2)

    def calls(self) -> list[Call]:
        """Give every call so far, in order of time."""
        lines = [line for path in (self.path / "calls").iterdir() for line in path.read_text().splitlines()]
        parts = (line.split(" ", 4) for line in lines)
        found = [Call(float(at), int(process), kind, who, key) for at, process, kind, who, key in parts]
        return sorted(found, key=lambda call: call.at)

    def effects(self, kind: str) -> Counter[tuple[str, str]]:
        """Count the effects of a kind, by whose and which."""
        return Counter((call.who, call.key) for call in self.calls() if call.kind == kind)

    def events(self) -> dict[str, int]:
        """Count the events in each calendar."""
        return {path.name: len(list(path.iterdir())) for path in (self.path / "events").iterdir()}

    def close(self) -> None:
        os.close(self._log)


class FolderCalendar:
    """One person's calendar; nobody but we write into it."""

    capabilities = ~Capability.NONE

    def __init__(self, folder: Folder, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._events = folder.path / "events" / owner
        self._events.mkdir(exist_ok=True)

    def token(self) -> str | None:
        with self._folder.call("token", self._owner):
            return "always the same"

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        with self._folder.call("read", self._owner):
            found = [event for uid in sorted(own) if (event := self._load(uid))]
            return Reading((), tuple(found))

    def find(self, uid: str) -> OwnEvent | None:
        with self._folder.call("find", self._owner, uid):
            return self._load(uid)

    def create(self, invitation: Invitation) -> Stored:
        with self._folder.call("create", self._owner, invitation.uid):
            event = self._event(invitation)
            try:
                with self._path(invitation.uid).open("xb") as file:
                    pickle.dump(event, file)
            except FileExistsError:
                raise Conflict("an event of this UID exists") from None
        return Stored(event.href, event.etag)

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        with self._folder.call("update", self._owner, f"{invitation.uid}/{invitation.sequence}"):
            kept = self._load(event.uid)
            if kept is None:
                raise Missing("the event is gone")
            if kept.etag != event.etag:
                raise Conflict("the event has changed")
            new = self._event(invitation)
            self._path(event.uid).write_bytes(pickle.dumps(new))
        return Stored(new.href, new.etag)

    def remove(self, event: OwnEvent) -> None:
        with self._folder.call("remove", self._owner, event.uid):
            self._path(event.uid).unlink(missing_ok=True)

    def check(self) -> str:
        return "a calendar in a folder"

    def close(self) -> None:
        """Nothing is held open."""

    def _event(self, invitation: Invitation) -> OwnEvent:
        etag = f"{invitation.sequence}-{time.time_ns()}"
        return OwnEvent(invitation.uid, invitation.span, sequence=invitation.sequence, etag=etag, href=invitation.uid)

    def _load(self, uid: str) -> OwnEvent | None:
        try:
            found: OwnEvent = pickle.loads(self._path(uid).read_bytes())  # noqa: S301  # written above
        except (FileNotFoundError, EOFError):
            return None
        return found

    def _path(self, uid: str) -> Path:
        return self._events / sha256(uid.encode()).hexdigest()[:20]


class FolderSender:
    """The mail server."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> str:
        with self._folder.call("mail", str(message["To"]).rpartition("<")[2].strip(">"), str(message["Message-ID"])):
            return "250 kept"

    def check(self) -> str:
        return "a mail server in a folder"
