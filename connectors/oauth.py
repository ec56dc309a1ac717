"""What a connector needs of a person's consent, and what the pages need of a provider to ask for it.

- A *grant* is one person's consent with one provider: who they are there, what they allowed, and an opaque *secret*.
- The *secret* is whatever the provider's client library keeps between two calls: tokens, or its whole cache. It is
  stored encrypted, and read and written through a ``Keep`` only.
- A *scope* is the provider's own name of something allowed. ``asked`` is what we asked for, ``granted`` what the
  person left ticked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from connectors.errors import ConsentRevoked, Rejected


class Declined(Rejected):
    """The person said no on the provider's page, or closed it."""


class Forged(Rejected):
    """The answer does not belong to what was asked: another state, a code used before, another browser."""


class NeedsAdministrator(ConsentRevoked):
    """The person's organisation lets only its administrators agree; ``link`` is for the person to forward to them."""

    def __init__(self, message: str, link: str) -> None:
        super().__init__(message)
        self.link = link


@dataclass(frozen=True, slots=True)
class Secret:
    """What a grant keeps, and its version: the number of times that it was written."""

    payload: bytes = field(repr=False)
    version: int


class Keep(Protocol):
    """Where one grant's secret is kept; may be used by several threads and processes at once."""

    def read(self) -> Secret:
        """Give the secret as it is now. Raises ``ConsentRevoked`` where there is no grant, or none that works."""
        ...

    def write(self, payload: bytes, seen: int) -> bool:
        """Keep a new one in the place of version ``seen``; False where another was kept since: read it instead."""
        ...

    def broken(self, seen: int) -> None:
        """Say that the provider refuses version ``seen`` for good. Of a version that was replaced it means nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Started:
    """A consent that was begun: where to send the person, and what to remember until they come back.

    ``memory`` holds the verifier of PKCE (RFC 7636) and more: it is shown to nobody.
    """

    url: str
    memory: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """A consent that was given: the account's address, what of the scopes asked for was granted, and the secret."""

    account: str
    asked: frozenset[str]
    granted: frozenset[str]
    payload: bytes = field(repr=False)

    @property
    def withheld(self) -> frozenset[str]:
        """What the person unticked."""
        return self.asked - self.granted


@dataclass(frozen=True, slots=True)
class Scopes:
    """What to ask somebody for: what it takes, and what they may choose to allow besides, each with its reason."""

    needed: frozenset[str]
    chosen: Mapping[str, str]


class Consent(Protocol):
    """A provider as the granting pages see it."""

    def start(self, redirect: str, state: str, scopes: frozenset[str], account: str | None) -> Started:
        """Give the provider's page to send the person to; it comes back to ``redirect`` with ``state``.

        ``account`` is an address to suggest there. Calls nobody but for the provider's public description of itself.
        """
        ...

    def finish(self, memory: str, answer: Mapping[str, str]) -> Granted:
        """Turn the parameters that the person came back with into a grant.

        Raises ``Declined``, ``Forged``, ``NeedsAdministrator``, and what every call may raise.
        """
        ...

    def withdraw(self, payload: bytes) -> bool:
        """Give the consent back at the provider; False where the provider has no way to, and the person must."""
        ...


@runtime_checkable
class Carries(Protocol):
    """A ``Consent`` whose secret holds more than access: something that a new one by the same person needs as well."""

    def carried(self, before: bytes, payload: bytes) -> bytes:
        """Give the new secret with what the one before it held besides. Whoever keeps a new grant has to ask for it."""
        ...
