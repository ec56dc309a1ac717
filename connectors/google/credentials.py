"""Access tokens by way of a ``Keep``: whoever refreshes first does it for all, and what Google rotates is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from threading import Lock
from typing import Any

from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials

from agent.clock import Clock
from connectors.errors import ConsentRevoked, Temporary
from connectors.google import errors
from connectors.google.tokens import Tokens, unpacked
from connectors.oauth import Keep, Secret

SETTLE = 2.0
"""Seconds within which another process that was given the next refresh token has kept it."""

ATTEMPTS = 5
"""How often a secret is read again because somebody else has written it meanwhile."""


class Grant:
    """One person's secret, shared by all threads that use it."""

    def __init__(self, keep: Keep, clock: Clock) -> None:
        self._keep = keep
        self._clock = clock
        self.refreshing = Lock()

    def tokens(self) -> Tokens:
        """Give what is kept now."""
        return unpacked(self._keep.read().payload)

    def secret(self) -> Secret:
        """Give it with its version."""
        return self._keep.read()

    def change(self, change: Callable[[Tokens], Tokens]) -> Tokens:
        """Write what a change makes of what is kept, on top of whatever was written meanwhile."""
        for _ in range(ATTEMPTS):
            secret = self._keep.read()
            changed = change(unpacked(secret.payload))
            if self._keep.write(changed.packed(), secret.version):
                return changed
        raise Temporary("a Google grant is being written by others all the time")

    def newer(self, seen: int) -> Tokens | None:
        """Give what another has kept since a version, or is just about to; None where nobody has."""
        for pause in (0.0, SETTLE):
            self._clock.sleep(pause)
            secret = self._keep.read()
            if secret.version != seen:
                return unpacked(secret.payload)
        return None

    def broken(self, seen: int) -> None:
        """Say that Google refuses what was kept under a version."""
        self._keep.broken(seen)


class KeptCredentials(Credentials):
    """Google's credentials whose tokens live in a grant."""

    def __init__(self, grant: Grant, token_uri: str, client_id: str, client_secret: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # the library has few types
            token=None, token_uri=token_uri, client_id=client_id, client_secret=client_secret
        )
        self._grant = grant

    def before_request(self, request: Any, method: str, url: str, headers: Any) -> None:
        """Go by what is kept now: the person may have agreed anew, or another process have a fresher token."""
        self._adopt(self._grant.tokens())
        super().before_request(request, method, url, headers)  # type: ignore[no-untyped-call]

    def renew(self, request: Any) -> None:
        """Ask for an access token, however good the kept one may be."""
        self._adopt(self._grant.tokens())
        self.refresh(request)

    def refresh(self, request: Any) -> None:
        """Take the access token that another has got meanwhile, else ask for one. Raises our errors."""
        with self._grant.refreshing:
            secret = self._grant.secret()
            kept = unpacked(secret.payload)
            had = self.token
            self._adopt(kept)
            if kept.access and kept.access != had and self.valid:
                return
            try:
                super().refresh(request)  # type: ignore[no-untyped-call]
            except (GoogleAuthError, OSError) as error:
                self._give_up(error, secret)
            else:
                self._keep_new(kept)

    def _give_up(self, error: Exception, seen: Secret) -> None:
        found = errors.of_refresh(error)
        if not isinstance(found, ConsentRevoked):
            raise found from error
        if (kept := self._grant.newer(seen.version)) is not None and kept.access != self.token:
            self._adopt(kept)
            return
        self._grant.broken(seen.version)
        raise found from error

    def _keep_new(self, used: Tokens) -> None:
        """Keep what was given, unless another refresh of the same token was kept first."""
        given = replace(
            used,
            refresh=self.refresh_token or used.refresh,
            access=self.token or "",
            expires=self.expiry and self.expiry.replace(tzinfo=UTC),
        )

        def merged(kept: Tokens) -> Tokens:
            if kept.refresh != used.refresh:
                return kept
            return replace(kept, refresh=given.refresh, access=given.access, expires=given.expires)

        self._adopt(self._grant.change(merged))

    def _adopt(self, kept: Tokens) -> None:
        self.token = kept.access or None
        self.expiry = kept.expires and kept.expires.astimezone(UTC).replace(tzinfo=None)
        self._refresh_token = kept.refresh
