"""Codes, refresh tokens and access tokens: what was given out, to whom, for what, and whether it still counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.servers.microsoft.identity import errors
from tests.servers.microsoft.identity.errors import Refused

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(seconds=4_500)


@dataclass
class Grant:
    """What one consent page led to: everything later derived from it falls with it."""

    client_id: str
    account: str
    scopes: frozenset[str]
    revoked: bool = False
    interaction: bool = False
    """The next refresh needs the person, as after a change of the tenant's rules of sign-in."""


@dataclass(frozen=True)
class Code:
    """An authorization code, good for one use, with what must be shown again when it is used."""

    grant: Grant
    redirect_uri: str
    challenge: str
    nonce: str
    expires: datetime
    client_info: bool


@dataclass
class Refresh:
    """A refresh token. Once used it counts until ``replaced`` plus the grace: its answer may have been lost."""

    grant: Grant
    used: datetime
    replaced: datetime | None = None


@dataclass(frozen=True)
class Access:
    """An access token for Graph."""

    grant: Grant
    scopes: frozenset[str]
    expires: datetime


@dataclass
class Grants:
    """Everything that was given out. ``idle`` is how long an unused refresh token lives."""

    grace: timedelta = timedelta(minutes=5)
    idle: timedelta = timedelta(days=90)
    access_life: timedelta = ACCESS_LIFE
    codes: dict[str, Code] = field(default_factory=dict)
    redeemed: dict[str, Grant] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)
    accesses: dict[str, Access] = field(default_factory=dict)

    def new_code(self, code: Code) -> str:
        """Keep a code, and give the word for it."""
        word = f"1.{secrets.token_urlsafe(48)}"
        self.codes[word] = code
        return word

    def redeem(self, word: str, now: datetime) -> Code:
        """Take a code; one that is shown twice takes back what it led to, as RFC 6749, 4.1.2 asks."""
        if word in self.redeemed:
            self.redeemed[word].revoked = True
            raise Refused(errors.REDEEMED)
        code = self.codes.pop(word, None)
        if code is None:
            raise Refused(errors.MALFORMED_GRANT)
        self.redeemed[word] = code.grant
        if code.grant.revoked:
            raise Refused(errors.REVOKED)
        if now >= code.expires:
            raise Refused(errors.CODE_EXPIRED)
        return code

    def new_refresh(self, grant: Grant, now: datetime) -> str:
        """Give a new refresh token."""
        word = f"1.{secrets.token_urlsafe(64)}"
        self.refreshes[word] = Refresh(grant, now)
        return word

    def refresh(self, word: str, client_id: str, now: datetime) -> Grant:
        """Use a refresh token: its grant, which is still good, or why not."""
        token = self.refreshes.get(word)
        if token is None:
            raise Refused(errors.MALFORMED_GRANT)
        if token.grant.client_id != client_id:
            raise Refused(errors.WRONG_CLIENT)
        if token.grant.revoked:
            raise Refused(errors.REVOKED)
        if token.replaced and now >= token.replaced + self.grace:
            raise Refused(errors.ROTATED)
        if now >= token.used + self.idle:
            raise Refused(errors.IDLE)
        if token.grant.interaction:
            raise Refused(errors.INTERACTION)
        return token.grant

    def rotate(self, word: str, now: datetime) -> str:
        """Replace a refresh token; the old one goes on for the grace, counted from its first use."""
        token = self.refreshes[word]
        token.replaced = token.replaced or now
        return self.new_refresh(token.grant, now)

    def new_access(self, grant: Grant, scopes: frozenset[str], now: datetime) -> str:
        """Give a new access token. What it looks like inside is nobody's business but Graph's."""
        word = f"EwB{secrets.token_urlsafe(96)}"
        self.accesses[word] = Access(grant, scopes, now + self.access_life)
        return word

    def take_back(self, grant: Grant, scopes: frozenset[str]) -> None:
        """Let the access tokens of a grant no longer count for these scopes."""
        for word, access in self.accesses.items():
            if access.grant is grant:
                self.accesses[word] = replace(access, scopes=access.scopes - scopes)
        grant.scopes -= scopes

    def of(self, account: str) -> list[Grant]:
        """Give the distinct grants of an account."""
        found = {id(it.grant): it.grant for it in self.refreshes.values() if it.grant.account == account}
        found |= {id(it.grant): it.grant for it in self.accesses.values() if it.grant.account == account}
        return list(found.values())
