"""Takes back what somebody granted: at the provider first, then here, where account and secret are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from agent.core.journal import Entry
from agent.services.keep_grants import about
from agent.services.programme import Programme
from agent.store import consents, grant_mails, grants, journal, links
from agent.store.grants import Grant
from connectors.errors import Rejected


class There(Enum):
    """What became of it at the provider."""

    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """The provider did not know it any more."""
    BY_HAND = "by hand"
    """Only the person can withdraw it there."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """A grant that is taken back."""

    person: str
    provider: str
    there: There


def given_by(programme: Programme, person: str) -> list[Grant]:
    """What there is to take back of a person."""
    with programme.store.look() as tx:
        return [each for each in grants.every(tx, person) if each.status != grants.REVOKED]


def revoke(programme: Programme, grant: Grant, *, here_only: bool = False) -> Revoked:
    """Take one grant back. Where the provider cannot be asked now, or the key is missing, nothing is changed.

    ``here_only`` asks nobody. Raises ``Temporary`` and what else the provider may say, and ``VaultError``.
    """
    there = There.BY_HAND if here_only else _withdraw(programme, grant)
    now, person, provider = programme.clock.now(), grant.person, grant.provider
    with programme.store.begin() as tx:
        grants.revoke(tx, person, provider, now)
        links.use(tx, person, links.GRANT, now)
        consents.drop(tx, person)
        grant_mails.withdraw(tx, person, now)
        detail = {"provider": provider, "there": there.value}
        journal.write(tx, [Entry(now, "grant-revoked", person=person, detail=detail)])
    return Revoked(person, provider, there)


def _withdraw(programme: Programme, grant: Grant) -> There:
    consent = programme.consents.get(grant.provider)
    if consent is None or grant.secret is None:
        return There.BY_HAND
    payload = programme.vault.open(grant.secret, about(grant.person, grant.provider, "secret"))
    try:
        return There.WITHDRAWN if consent.withdraw(payload) else There.BY_HAND
    except Rejected:
        return There.GONE
