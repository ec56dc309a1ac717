"""Lets somebody grant access: from their personal link to the provider's page, and back with what they agreed to.

    link ──start──► the provider's page ──► back with state and code ──finish──► a grant, and work goes on

What has to be remembered between the two, the verifier of PKCE included, stays here, sealed, and is used once. The
pages see to it that the browser that comes back is the one that left: they keep ``state`` in a cookie of its own and
refuse an answer with another.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent import log
from agent.core.journal import Entry
from agent.core.people import Person
from agent.services.keep_grants import about
from agent.services.programme import Programme
from agent.store import calendars, consents, grant_mails, grants, intents, journal, links, relationships
from agent.store.consents import Begun
from agent.store.engine import Transaction
from agent.store.grants import Grant, Sealed
from agent.store.links import Link
from agent.vault import VaultError
from connectors.errors import ConsentRevoked
from connectors.oauth import Carries, Forged, Granted

LASTS = timedelta(minutes=30)
"""How long somebody may take over the provider's page."""


class LinkOver(Exception):
    """The link is none, was used, or is over: its owner can have another."""


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who is on their way to the provider: the page there, and the state they come back with."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Given:
    """A grant as the page tells of it: whose, where, and the scopes that were asked for and not ticked."""

    person: str
    provider: str
    withheld: frozenset[str]


def invited(programme: Programme, token: str) -> Person:
    """Give whose link this is. Raises ``LinkOver``. Looking at it uses nothing up."""
    return programme.people[_link(programme, token).person]


def start(programme: Programme, token: str, provider: str, redirect: str, scopes: frozenset[str]) -> Left:
    """Begin a consent at a provider that comes back to ``redirect``, for these scopes.

    Raises ``LinkOver``, ``LookupError`` where this provider is not offered, and ``VaultError`` where there is no key:
    before anybody has agreed to what could not be kept.
    """
    link = _link(programme, token)
    person, state = programme.people[link.person], secrets.token_urlsafe(32)
    started = programme.consents[provider].start(redirect, state, scopes, person.email)
    memory = programme.vault.seal(started.memory.encode(), _remembered(person.id, provider))
    until = programme.clock.now() + LASTS
    with programme.store.begin() as tx:
        consents.begin(tx, state, Begun(link.digest, person.id, provider, memory, until))
    return Left(started.url, state)


def finish(programme: Programme, provider: str, answer: Mapping[str, str]) -> Given:
    """Turn what somebody came back with into a grant, and let work go on.

    Raises ``Forged`` where nobody is waited for with this state, or not any more; what ``Consent.finish`` does; and
    ``VaultError``. The link stays good until there is a grant, so that whoever said no can try again.
    """
    with programme.store.begin() as tx:
        begun = consents.take(tx, answer.get("state", ""), programme.clock.now())
    if begun is None or begun.provider != provider:
        raise Forged("nobody is waited for with this answer: it was used before, or it came too late")
    memory = programme.vault.open(begun.memory, _remembered(begun.person, provider)).decode()
    granted = programme.consents[provider].finish(memory, answer)
    _keep(programme, begun, granted)
    log.logger().info("grant given", person=begun.person, provider=provider, withheld=len(granted.withheld))
    return Given(begun.person, provider, granted.withheld)


def _link(programme: Programme, token: str) -> Link:
    with programme.store.look() as tx:
        found = links.find(tx, token, links.GRANT, programme.clock.now())
    if found is None or found.person not in programme.people:
        raise LinkOver("this link was used, is over, or never was one")
    return found


def _keep(programme: Programme, begun: Begun, granted: Granted) -> None:
    person, provider, seal, now = begun.person, begun.provider, programme.vault.seal, programme.clock.now()
    detail: dict[str, str | int] = {"provider": provider, "withheld": len(granted.withheld)}
    with programme.store.begin() as tx:
        secret = _carried(programme, grants.find(tx, person, provider), granted)
        sealed = Sealed(
            seal(granted.account.encode(), about(person, provider, "account")),
            seal(secret, about(person, provider, "secret")),
            granted.asked,
            granted.granted,
        )
        grants.give(tx, person, provider, sealed, now)
        links.use(tx, person, links.GRANT, now)
        grant_mails.withdraw(tx, person, now)
        journal.write(tx, [Entry(now, "granted", person=person, detail=detail)])
        _go_on(tx, programme, person, now)


def _carried(programme: Programme, before: Grant | None, granted: Granted) -> bytes:
    """Give the new secret with what the one before held besides access, such as which calendar is ours there."""
    if before is None or before.secret is None:
        return granted.payload
    consent = programme.consents[before.provider]
    if not isinstance(consent, Carries):
        return granted.payload
    try:
        secret = programme.vault.open(before.secret, about(before.person, before.provider, "secret"))
    except VaultError:  # its key is lost for good, or somebody wrote into the row: the new grant is better than none
        return granted.payload
    return consent.carried(secret, granted.payload)


def _go_on(tx: Transaction, programme: Programme, person: str, now: datetime) -> None:
    """Have a person's calendars read, and what waited for their consent done, now rather than at the next hour."""
    relationships.wake(tx, programme.relationships_of(person), now)
    intents.hurry(tx, person, ConsentRevoked.__name__, now)
    calendars.ask(tx, [person], now)


def _remembered(person: str, provider: str) -> str:
    return f"consent\0{person}\0{provider}"
