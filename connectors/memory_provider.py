"""A provider in memory at which people consent: complete, so that granting can be run and tested without the world.

Refresh tokens rotate: each use gives a new one, and the ones before stay good until the grant ends. Nothing is kept
once the process ends.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import parse_qs, urlencode, urlsplit

from connectors.errors import ConsentRevoked
from connectors.oauth import Declined, Forged, Granted, Keep, Started

PAGE = "https://provider.example/authorize"


@dataclass(frozen=True, slots=True)
class _Agreed:
    account: str
    challenge: str
    scopes: frozenset[str]


@dataclass
class MemoryProvider:
    """``refreshed`` counts tokens that were given out for others."""

    can_withdraw: bool = True
    refreshed: int = 0
    _codes: dict[str, _Agreed] = field(default_factory=dict)
    _accounts: dict[str, str] = field(default_factory=dict)
    """Whose each refresh token is that is good."""
    _lock: Lock = field(default_factory=Lock)

    # What Consent asks for.

    def start(self, redirect: str, state: str, scopes: frozenset[str], account: str | None) -> Started:
        """Give the page to send the person to."""
        verifier = secrets.token_urlsafe(32)
        asked = {"scope": " ".join(sorted(scopes)), "state": state, "redirect_uri": redirect, "challenge": verifier}
        memory = {"verifier": verifier, "state": state, "scopes": sorted(scopes)}
        return Started(f"{PAGE}?{urlencode(asked | {'login_hint': account or ''})}", json.dumps(memory))

    def finish(self, memory: str, answer: Mapping[str, str]) -> Granted:
        """Exchange the code for a grant."""
        kept = json.loads(memory)
        if answer.get("state") != kept["state"]:
            raise Forged("the answer has another state")
        if "error" in answer:
            raise Declined("the person said no")
        with self._lock:
            agreed = self._codes.pop(answer.get("code", ""), None)
            if agreed is None or agreed.challenge != kept["verifier"]:
                raise Forged("the code is none, or was used before")
            token = self._new(agreed.account)
        return Granted(agreed.account, frozenset(kept["scopes"]), agreed.scopes, token.encode())

    def withdraw(self, payload: bytes) -> bool:
        """End the grant of a token."""
        if not self.can_withdraw:
            return False
        with self._lock:
            account = self._accounts.get(payload.decode())
        if account is None:
            raise ConsentRevoked("this token is not known")
        self.end(account)
        return True

    # What its clients ask for, and what people do there.

    def refresh(self, keep: Keep) -> str:
        """Renew a grant's token once, as a connector does, and give the one that is good now."""
        while True:
            seen = keep.read()
            with self._lock:
                token = self._renewed(seen.payload.decode())
            if token is None:
                keep.broken(seen.version)
                raise ConsentRevoked("the provider refuses the token")
            if keep.write(token.encode(), seen.version):
                return token

    def agree(self, url: str, account: str, ticked: frozenset[str] | None = None) -> dict[str, str]:
        """Agree on the page at ``url``; give the parameters that the browser comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        scopes = frozenset(asked["scope"].split())
        code = secrets.token_urlsafe(16)
        self._codes[code] = _Agreed(account, asked["challenge"], scopes if ticked is None else ticked)
        return {"code": code, "state": asked["state"]}

    def decline(self, url: str) -> dict[str, str]:
        """Say no on the page at ``url``."""
        return {"error": "access_denied", "state": parse_qs(urlsplit(url).query)["state"][0]}

    def end(self, account: str) -> None:
        """End every grant of an account, as its owner may at the provider."""
        with self._lock:
            self._accounts = {token: owner for token, owner in self._accounts.items() if owner != account}

    def holds(self, account: str) -> bool:
        """Whether any grant of an account is good."""
        return account in self._accounts.values()

    def _new(self, account: str) -> str:
        token = f"token-{secrets.token_urlsafe(24)}"
        self._accounts[token] = account
        return token

    def _renewed(self, token: str) -> str | None:
        """Give a new token for one that is good."""
        account = self._accounts.get(token)
        if account is None:
            return None
        self.refreshed += 1
        return self._new(account)
