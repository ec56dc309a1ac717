"""One person's access to Graph: msal's cache, kept in the grant's secret and written whenever it changes.

Several threads and processes may renew at once. Microsoft lets a refresh token live on that was replaced, so whoever
comes second has a good access token too; only what is kept must not go back, which ``Keep.write`` sees to.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from agent.clock import Clock
from connectors.errors import Temporary
from connectors.microsoft import refusals
from connectors.microsoft.application import Application, library
from connectors.microsoft.kept import Kept, unpacked
from connectors.oauth import Keep, Secret
from connectors.patience import TooLate, within

if TYPE_CHECKING:
    import msal

LONGEST = 15.0
"""Seconds that getting a token may take."""
SPARE = 300
"""Seconds before its end that a token is given up."""


class Tokens:
    """Access tokens of one grant, for the first of some scopes that was granted; msal is imported for the first."""

    def __init__(self, application: Application, keep: Keep, scopes: tuple[str, ...], clock: Clock) -> None:
        self._application = application
        self._keep = keep
        self._scopes = scopes
        self._clock = clock
        self._lock = Lock()
        self._cache: msal.SerializableTokenCache | None = None
        self._client: msal.ConfidentialClientApplication | None = None
        self._version: int | None = None
        self._granted: frozenset[str] | None = None
        self._token, self._until = "", 0.0

    def access(self) -> str:
        """Give an access token. Raises ``ConsentRevoked``, and ``Temporary`` where it cannot be said yet."""
        with self._lock:
            if not self._token or self._clock.steady() >= self._until:
                self._renew(force=False)
            return self._token

    def renewed(self, refused: str) -> str:
        """Give another token than the one that Graph refuses, whatever its time says."""
        with self._lock:
            if self._token in {refused, ""}:
                self._renew(force=True)
            return self._token

    def allows(self, scope: str) -> bool:
        """Whether a scope was granted, when last looked at."""
        with self._lock:
            if self._granted is None:
                self._granted = unpacked(self._keep.read().payload).granted
            return scope in self._granted

    def broken(self) -> None:
        """Say that Graph refuses even a fresh token."""
        with self._lock:
            self._token = ""
            if self._version is not None:
                self._keep.broken(self._version)

    def _renew(self, *, force: bool) -> None:
        self._token = ""
        result, secret = self._ask(force=force)
        if refusals.ends_the_grant(result) and self._keep.read().version != secret.version:
            result, secret = self._ask(force=True)  # somebody granted anew, or renewed long before
        if "access_token" not in result:
            if refusals.ends_the_grant(result):
                self._keep.broken(secret.version)
            self._client = None  # with the secret of an application that may be mended
            raise refusals.of_tokens(result)
        self._token = str(result["access_token"])
        self._until = self._clock.steady() + max(0, int(result.get("expires_in", 0)) - SPARE)

    def _ask(self, *, force: bool) -> tuple[dict[str, Any], Secret]:
        secret = self._keep.read()
        kept = unpacked(secret.payload)
        self._granted = kept.granted
        scope = kept.first_of(self._scopes)
        try:
            result = within(LONGEST, lambda: self._silently(secret, kept, scope, force=force), "microsoft-tokens")
        except TooLate as error:
            self._client = None
            raise Temporary("Microsoft gives no tokens in time") from error
        return result, secret

    def _silently(self, secret: Secret, kept: Kept, scope: str, *, force: bool) -> dict[str, Any]:
        client, cache = self._opened(secret, kept)
        accounts = client.get_accounts()
        if not accounts:
            return {"error": "invalid_grant"}
        with refusals.translated():
            result = client.acquire_token_silent_with_error([scope], accounts[0], force_refresh=force)
        if cache.has_state_changed:
            renewed = Kept(kept.granted, cache.serialize())
            self._version = secret.version + 1 if self._keep.write(renewed.packed(), secret.version) else None
        return result or {"error": "invalid_grant"}

    def _opened(
        self, secret: Secret, kept: Kept
    ) -> tuple[msal.ConfidentialClientApplication, msal.SerializableTokenCache]:
        if self._cache is None or self._client is None:
            self._cache, self._version = library().SerializableTokenCache(), None
            with refusals.translated():
                self._client = self._application.client(self._cache)
        if self._version != secret.version:
            self._cache.deserialize(kept.cache)
            self._version = secret.version
        return self._client, self._cache
