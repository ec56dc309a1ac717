"""Google as a process of a test, with a hand on its control API."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.servers.common.process import Double, running
from tests.servers.google.documents import Json

CLIENT, SECRET = "attune-test.apps.googleusercontent.com", "not-very-secret"
DEFAULT_SCOPES = (
    "openid",
    "email",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.app.created",
)


@dataclass(frozen=True)
class GoogleServer(Double):
    """A running Google. ``root`` is what stands for all of Google's hosts."""

    scheme: str = "http"

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def begin(self, now: datetime, accounts: Sequence[Json], *redirect_uris: str) -> None:
        """Forget everything and begin at a time, with some accounts and the one client."""
        client = {"id": CLIENT, "secret": SECRET, "redirect_uris": redirect_uris}
        self.ask("POST", "/reset", {"now": now.isoformat(), "accounts": list(accounts), "clients": [client]})

    def add_client(self, *redirect_uris: str, name: str = CLIENT, secret: str = SECRET, testing: bool = False) -> None:
        self.ask("POST", "/clients", {"id": name, "secret": secret, "redirect_uris": redirect_uris, "testing": testing})

    def add_account(self, email: str, **more: Any) -> None:
        """Make an account; ``name``, ``zone`` and ``hd`` may be given."""
        self.ask("POST", "/accounts", {"email": email, **more})

    def set(self, **settings: Any) -> None:
        """Choose settings; see ``world.Settings``."""
        self.ask("PUT", "/settings", settings)

    def consents(self, email: str = "*", **how: Any) -> None:
        """Say what a person does on the page: ``account``, ``deny``, ``unticked``; nothing to see the page."""
        self.ask("PUT", f"/accounts/{email}/consent", how)

    def grant(self, email: str, scopes: Sequence[str] = DEFAULT_SCOPES, client: str = CLIENT) -> Json:
        """Give access and refresh tokens without the pages."""
        tokens: Json = self.ask("POST", f"/accounts/{email}/grants", {"client": client, "scopes": list(scopes)})
        return tokens

    def revoke(self, email: str) -> None:
        """Let a person take everything back, on Google's own page."""
        self.ask("DELETE", f"/accounts/{email}/grants")

    def change_password(self, email: str) -> None:
        self.ask("POST", f"/accounts/{email}/password")

    def share(self, owner: str, with_whom: str, role: str, calendar: str | None = None) -> None:
        self.ask("POST", f"/accounts/{owner}/shares", {"with": with_whom, "role": role, "calendar": calendar or owner})

    def by_hand(self, email: str, method: str, body: Json | None = None, **parameters: Any) -> Json:
        """Let a person do something in their own account, such as ``calendar.events.patch``."""
        what = {"method": method, "body": body or {}, "parameters": parameters}
        done: Json = self.ask("POST", f"/accounts/{email}/hands", what)
        return done

    def answer(self, calendar: str, event: str, guest: str, response: str) -> None:
        """Let a guest without an account here answer."""
        what = {"calendar": calendar, "event": event, "guest": guest, "responseStatus": response}
        self.ask("POST", "/answers", what)

    def expire_sync_tokens(self) -> None:
        self.ask("POST", "/sync-tokens/expire")

    def events(self, calendar: str | None = None) -> list[Json]:
        """Give all events, deleted ones too."""
        found: list[Json] = self.ask("GET", "/events")
        return [each for each in found if calendar in {None, each["calendar"]}]

    def sent(self) -> list[EmailMessage]:
        """Give the mails that were sent through Gmail."""
        mails = [each for each in self.ask("GET", "/mails") if "SENT" in each["labels"]]
        raw = [base64.b64decode(each["raw"]) for each in mails]
        return [message_from_bytes(each, policy=policy.default) for each in raw]

    def notices(self) -> list[Json]:
        """Give the mails that Google itself sent to guests."""
        found: list[Json] = self.ask("GET", "/notices")
        return found

    def pushes(self) -> list[Json]:
        """Give the messages that were delivered to channels."""
        found: list[Json] = self.ask("GET", "/pushes")
        return found


@contextmanager
def google(folder: Path, *more: str) -> Iterator[GoogleServer]:
    """Run one. ``more`` are options of its command line, such as ``--state FILE``."""
    scheme = "https" if "--certificate" in more else "http"
    with running("tests.servers.google", folder, *more) as (port, control_port, log):
        yield GoogleServer(port, control_port, log, scheme)
