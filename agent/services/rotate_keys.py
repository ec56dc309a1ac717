"""Puts everything that is sealed under the newest key, while others go on working, so that older keys can go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from agent.services.keep_grants import about
from agent.store import grants
from agent.store.engine import Store
from agent.store.grants import Grant
from agent.vault import Vault, sealed_with


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many grants are sealed anew, and the names of the older keys that nothing is sealed with any more."""

    done: int
    free: tuple[str, ...]


def rotate(store: Store, vault: Vault) -> Rotated:
    """Seal every grant with the newest key, one by one. What was sealed before one fails stays so.

    Raises ``VaultError``. Consents under way are not sealed anew: keep the older key for half an hour, or the few who
    are on a provider's page at that moment begin once more.
    """
    newest = vault.keys()[0].name
    done = 0
    while stale := [each for each in _kept(store) if _under(each) != {newest}]:
        done += sum(_reseal(store, vault, each) for each in stale)
    return Rotated(done, tuple(key.name for key in vault.keys()[1:]))


def sealed_by(store: Store) -> Counter[str]:
    """How many grants are sealed with each key, by its name."""
    return Counter(name for each in _kept(store) for name in _under(each))


def _kept(store: Store) -> list[Grant]:
    with store.look() as tx:
        return [each for each in grants.every(tx) if each.secret is not None]


def _under(grant: Grant) -> set[str]:
    return {sealed_with(sealed) for sealed in (grant.account, grant.secret) if sealed is not None}


def _reseal(store: Store, vault: Vault, grant: Grant) -> bool:
    """Seal one anew; False where another was kept meanwhile, which is looked at again."""
    fresh = [
        sealed and vault.reseal(sealed, about(grant.person, grant.provider, column))
        for column, sealed in (("account", grant.account), ("secret", grant.secret))
    ]
    with store.begin() as tx:
        return grants.reseal(tx, grant, *fresh)
