"""Gives connectors the secrets of grants, opened, and keeps what they renew, sealed.

Implements ``connectors.oauth.Keep`` over the store. A key that is missing or wrong is a trouble of ours and not of the
grant: it is ``Temporary``, the grant stays as it is, and all goes on once the key is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent import log
from agent.clock import Clock
from agent.core.journal import Entry
from agent.store import grant_mails, grants, journal
from agent.store.engine import Store, Transaction
from agent.vault import Vault, VaultError
from connectors.errors import ConsentRevoked, Temporary
from connectors.oauth import Keep, Secret

A_DAY = timedelta(days=1)
"""How exactly it is kept when a grant was last used: it is read often, and matters after months."""


@dataclass(frozen=True, slots=True)
class Keeps:
    """Everybody's keeps."""

    store: Store
    vault: Vault
    clock: Clock

    def of(self, person: str, provider: str) -> Keep:
        """Give the keep of one person's grant at one provider, such as ``google``; it may not be there yet."""
        return StoredKeep(self, person, provider)


@dataclass(frozen=True, slots=True)
class StoredKeep:
    """One grant's secret, in the store."""

    keeps: Keeps
    person: str
    provider: str

    def read(self) -> Secret:
        """Open the secret as it is now. Raises ``ConsentRevoked`` where none works, ``Temporary`` without a key."""
        with self.keeps.store.look() as tx:
            found = grants.find(tx, self.person, self.provider)
        if found is None or found.secret is None:
            raise ConsentRevoked(f"{self.person} has granted no access at {self.provider}")
        if found.status != grants.WORKING:
            raise ConsentRevoked(f"the access of {self.person} at {self.provider} needs their consent again")
        with _key_needed():
            payload = self.keeps.vault.open(found.secret, about(self.person, self.provider, "secret"))
        now = self.keeps.clock.now()
        if not found.used_at <= now < found.used_at + A_DAY:
            with self.keeps.store.begin() as tx:
                grants.use(tx, self.person, self.provider, now)
        return Secret(payload, found.version)

    def write(self, payload: bytes, seen: int) -> bool:
        """Seal a renewed secret in the place of version ``seen``; False where another was kept since."""
        with _key_needed():
            sealed = self.keeps.vault.seal(payload, about(self.person, self.provider, "secret"))
        with self.keeps.store.begin() as tx:
            return grants.renew(tx, self.person, self.provider, sealed, seen, self.keeps.clock.now())

    def broken(self, seen: int) -> None:
        """Stop using version ``seen``: the provider refuses it for good."""
        with self.keeps.store.begin() as tx:
            broke = break_off(tx, self.person, self.provider, seen, "refused", self.keeps.clock.now())
        if broke:
            log.logger().warning("grant needs consent", person=self.person, provider=self.provider, why="refused")


def break_off(tx: Transaction, person: str, provider: str, seen: int, why: str, now: datetime) -> bool:
    """Use a version of a grant no more, and have the person asked once; whether it was the newest and worked."""
    if not grants.break_off(tx, person, provider, seen, now):
        return False
    grant_mails.ask_again(tx, person, provider, seen, now)
    journal.write(tx, [Entry(now, "grant-broken", person=person, detail={"provider": provider, "why": why})])
    return True


def about(person: str, provider: str, column: str) -> str:
    """Name a sealed column of a grant, so that what it holds opens nowhere else."""
    return f"grant\0{person}\0{provider}\0{column}"


@contextmanager
def _key_needed() -> Iterator[None]:
    try:
        yield
    except VaultError as error:
        raise Temporary(f"{error}; {error.advice}") from error
