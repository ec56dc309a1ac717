"""What a grant's secret holds for Microsoft: the scopes that were granted, and msal's cache; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from connectors.errors import ConsentRevoked


@dataclass(frozen=True, slots=True)
class Kept:
    """``cache`` is as msal writes it; nothing of it is shown."""

    granted: frozenset[str]
    cache: str = field(repr=False)

    def packed(self) -> bytes:
        """Give the secret."""
        return json.dumps({"granted": sorted(self.granted), "cache": json.loads(self.cache)}).encode()

    def first_of(self, scopes: tuple[str, ...]) -> str:
        """Give the first of some scopes that was granted. Raises ``ConsentRevoked`` where none was."""
        found = next((scope for scope in scopes if scope in self.granted), None)
        if found is None:
            raise ConsentRevoked(f"the person has not allowed {scopes[0]} at Microsoft")
        return found


def unpacked(payload: bytes) -> Kept:
    """Read a secret. Raises ``ConsentRevoked`` where it is none of ours."""
    try:
        said = json.loads(payload)
        return Kept(frozenset(map(str, said["granted"])), json.dumps(said["cache"]))
    except (ValueError, TypeError, KeyError) as error:
        raise ConsentRevoked("what was kept of a Microsoft grant cannot be read") from error
