"""Who may do what for whom: clients, codes, refresh and access tokens, and how each comes to an end.

"Refresh token expiration" in "Using OAuth 2.0 to Access Google APIs": revoked by the person, unused for six months, the
password changed while the grant has Gmail scopes, more than a hundred of one account for one client (the oldest goes,
without a word), or seven days for a client that is still in testing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.common.oauth import opaque

CODE_LIFE = 600.0
ACCESS_LIFE = 3599
IDLE_LIFE = 183 * 86400.0
TESTING_LIFE = 7 * 86400.0
MOST_GRANTS = 100
MAILBOX = ("https://mail.google.com/", "https://www.googleapis.com/auth/gmail.")


@dataclass
class Client:
    """A program that was registered, with the addresses that it may be answered at."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()
    testing: bool = False


@dataclass
class Grant:
    """What one person allowed one client. ``refresh`` is empty where the person was there and nothing more."""

    client: str
    account: str
    scopes: frozenset[str]
    issued: float
    used: float
    refresh: str = ""
    alive: bool = True


@dataclass(frozen=True)
class Access:
    """An access token's grant and scopes; a grant may have lost some of those since."""

    grant: Grant
    scopes: frozenset[str]
    expires: float


@dataclass
class Code:
    """A code that was handed to the browser and can be redeemed once."""

    client: str
    account: str
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    nonce: str
    offline: bool
    expires: float
    used: bool = False


@dataclass
class Grants:
    """All of it. ``agreed`` holds what was agreed to before, which a refresh token is given only once for."""

    clients: dict[str, Client] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    tokens: dict[str, Access] = field(default_factory=dict)
    agreed: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def issue_code(self, code: Code) -> str:
        name = opaque("4/0")
        self.codes[name] = code
        return name

    def grant(self, client: str, account: str, scopes: Iterable[str], now: float, *, offline: bool) -> Grant:
        """Write a grant down; the oldest of too many ends."""
        made = Grant(client, account, frozenset(scopes), now, now, opaque("1//0") if offline else "")
        self.grants.append(made)
        self.agreed[client, account] = self.agreed.get((client, account), frozenset()) | made.scopes
        living = [each for each in self.of(account, client) if each.alive and each.refresh]
        for each in living[:-MOST_GRANTS]:
            each.alive = False
        return made

    def access(self, grant: Grant, now: float) -> str:
        """Issue an access token."""
        grant.used = now
        token = opaque("ya29.")
        self.tokens[token] = Access(grant, grant.scopes, now + ACCESS_LIFE)
        return token

    def check(self, token: str, now: float) -> Access | None:
        """Give what an access token is for, or nothing where it is not valid (any more)."""
        found = self.tokens.get(token)
        if found is None or not found.grant.alive or found.expires <= now:
            return None
        return Access(found.grant, found.scopes & found.grant.scopes, found.expires)

    def refreshable(self, token: str, client: str, now: float) -> Grant | None:
        """Give the grant of a refresh token, or nothing where it has ended."""
        grant = next((each for each in self.grants if each.refresh == token and each.client == client), None)
        if grant is None or not grant.alive or not token:
            return None
        ended = now - grant.used > IDLE_LIFE
        ended = ended or (self.clients[client].testing and now - grant.issued > TESTING_LIFE)
        grant.alive = not ended
        return grant if grant.alive else None

    def whose(self, *names: str) -> str:
        """Give the account behind a code, a refresh token or an access token; nothing where it is none of them."""
        for name in filter(None, names):
            if name in self.codes:
                return self.codes[name].account
            if name in self.tokens:
                return self.tokens[name].grant.account
        return next((each.account for each in self.grants if each.refresh and each.refresh in names), "")

    def of(self, account: str, client: str | None = None) -> list[Grant]:
        """Give the grants of an account, oldest first."""
        return [each for each in self.grants if each.account == account and client in {None, each.client}]

    def revoke(self, account: str, client: str) -> None:
        """End everything that a person gave a client."""
        for each in self.of(account, client):
            each.alive = False
        self.agreed.pop((client, account), None)

    def revoke_token(self, token: str) -> bool:
        """End everything around an access or refresh token; false where it is none."""
        held = self.tokens.get(token)
        grant = held.grant if held else next((each for each in self.grants if each.refresh == token and token), None)
        if grant is None or not grant.alive:
            return False
        self.revoke(grant.account, grant.client)
        return True

    def password_changed(self, account: str) -> None:
        """End the grants that reach into the mailbox, and only those."""
        for each in self.of(account):
            if any(scope.startswith(MAILBOX) for scope in each.scopes):
                each.alive = False
