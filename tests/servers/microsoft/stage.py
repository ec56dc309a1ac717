"""What tests of this server share: an organisation, an application, and people who have granted it something.

This is a client of its own, over plain HTTP; it shares nothing with Attune's connectors.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.servers.microsoft.running import MicrosoftServer
from tests.servers.microsoft.visitor import Seen, Visitor

REDIRECT = "https://attune.example/oauth/microsoft"
GRAPH_SCOPES = ("User.Read", "Calendars.ReadWrite", "MailboxSettings.Read", "Mail.Send", "Mail.Read")
SCOPES = ("openid", "profile", "offline_access", *GRAPH_SCOPES)
VERIFIER = "v" * 50


@dataclass
class Person:
    """Somebody with an account; ``token`` is what the application holds for them."""

    server: MicrosoftServer
    client: httpx.Client
    address: str
    password: str
    id: str
    token: str = ""

    @property
    def visitor(self) -> Visitor:
        """The person in front of a browser."""
        return Visitor(self.server.trusted, self.address, self.password)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask Graph with the person's token; a path may be a whole address."""
        headers = ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | dict(more.pop("headers", {}))
        address = path if path.startswith("https://") else f"{self.server.graph}{path}"
        return self.client.request(method, address, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """Read something that is there."""
        return _good(self.ask("GET", path, **more))

    def post(self, path: str, body: Any, **more: Any) -> Any:
        """Do something that works."""
        return _good(self.ask("POST", path, json=body, **more))

    def book(self, **fields: Any) -> Any:
        """Put an event into the person's calendar."""
        return self.post("/me/events", event(**fields))


@dataclass
class Stage:
    """One organisation with one application, apart from those of every other test."""

    server: MicrosoftServer
    client: httpx.Client
    domain: str
    tenant: str = ""
    application: dict[str, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def open(self, **policy: Any) -> Stage:
        """Register both."""
        self.tenant = self.server.add_tenant(self.domain, **policy)
        self.application = self.server.add_application("Attune", REDIRECT, list(GRAPH_SCOPES))
        return self

    def account(self, **fields: Any) -> Person:
        """Add somebody who has granted nothing yet."""
        address = f"person-{next(self._numbers)}@{self.domain}"
        made = self.server.add_account(self.tenant, address, **fields)
        return Person(self.server, self.client, address, made["password"], made["id"])

    def person(self, *scopes: str, **fields: Any) -> Person:
        """Add somebody who has granted these scopes."""
        person = self.account(**fields)
        person.token = self.grant(person, *scopes)["access_token"]
        return person

    def grant(self, person: Person, *scopes: str) -> dict[str, str]:
        """Let somebody grant these scopes (all of them by default), and give the tokens."""
        wanted = ("openid", "profile", "offline_access", *scopes) if scopes else SCOPES
        return self.server.grant(person.address, self.application["client_id"], wanted)

    def address(self, tenant: str = "common", **changed: str) -> str:
        """Give the address to which the application sends a person."""
        query = {
            "client_id": self.application["client_id"],
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": " ".join(SCOPES),
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        } | changed
        return f"{self.server.base}/{tenant}/oauth2/v2.0/authorize?" + urlencode({k: v for k, v in query.items() if v})

    def redeem(self, code: str, **changed: str) -> httpx.Response:
        """Show a code to the token endpoint."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
        return self.token(form | changed)

    def refresh(self, token: str, **changed: str) -> httpx.Response:
        """Show a refresh token to the token endpoint."""
        return self.token({"grant_type": "refresh_token", "refresh_token": token} | changed)

    def token(self, form: Mapping[str, str], tenant: str = "common") -> httpx.Response:
        """Ask the token endpoint as the application."""
        known = {"client_id": self.application["client_id"], "client_secret": self.application["secret"]}
        return self.client.post(f"{self.server.base}/{tenant}/oauth2/v2.0/token", data=known | dict(form))


def event(start: str = "2027-03-01T09:00:00", end: str = "2027-03-01T10:00:00", **more: Any) -> dict[str, Any]:
    """Give the body of an event; ``zone`` is that of both ends, ``attendees`` are addresses."""
    zone = more.pop("zone", "UTC")
    invited = [{"emailAddress": {"address": address}, "type": "required"} for address in more.pop("attendees", ())]
    body = {
        "subject": "Mentoring",
        "start": {"dateTime": start, "timeZone": zone},
        "end": {"dateTime": end, "timeZone": zone},
    }
    return body | ({"attendees": invited} if invited else {}) | more


def challenge(verifier: str) -> str:
    """S256 of RFC 7636, written once more so that it does not agree with the server by sharing its mistakes."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def code_of(answer: httpx.Response) -> str:
    """Give Graph's word for what is wrong."""
    return str(answer.json()["error"]["code"])


def aadsts(answer: httpx.Response | Seen) -> int:
    """Give the number of the identity platform's error."""
    text = (
        answer.json()["error_description"] if isinstance(answer, httpx.Response) else answer.answer["error_description"]
    )
    return int(text.removeprefix("AADSTS").partition(":")[0])


def fresh_domain() -> str:
    """Make a domain that no other test has."""
    return f"{secrets.token_hex(4)}.example"


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
