"""What a grant's secret holds for Google; pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from connectors.errors import ConsentRevoked


@dataclass(frozen=True, slots=True)
class Tokens:
    """A refresh token, the access token it last gave with its end (aware UTC), and the calendar that we made.

    ``calendar`` is the id of our own calendar in that account, empty where there is none yet; ``account`` is its
    address, empty where the person withheld it.
    """

    refresh: str
    scopes: frozenset[str]
    access: str = ""
    expires: datetime | None = None
    calendar: str = ""
    account: str = ""

    def __repr__(self) -> str:
        """Show nothing that opens anything."""
        return f"Tokens(scopes={sorted(self.scopes)})"

    def packed(self) -> bytes:
        """Give the secret."""
        plain = asdict(self) | {"scopes": sorted(self.scopes), "expires": self.expires and self.expires.isoformat()}
        return json.dumps(plain).encode()


def unpacked(payload: bytes) -> Tokens:
    """Read a secret. Raises ``ConsentRevoked`` where it is none of ours."""
    try:
        plain = json.loads(payload)
        expires = plain["expires"] and datetime.fromisoformat(plain["expires"])
        return Tokens(**plain | {"scopes": frozenset(plain["scopes"]), "expires": expires})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConsentRevoked("what was kept of a Google grant cannot be read") from error


def carried(old: bytes, new: bytes) -> bytes:
    """Give the secret of a new grant by the same account with the calendar that the old one made.

    Without it our events would seem to be gone, since a client cannot list the calendars it has made.
    """
    try:
        before = unpacked(old)
    except ConsentRevoked:
        return new
    after = unpacked(new)
    return replace(after, calendar=before.calendar).packed() if before.account == after.account else new
