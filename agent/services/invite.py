"""Asks people for access by mail: who needs to be asked, and the orders for it. ``send_grant_mails`` sends them."""

from __future__ import annotations

from collections.abc import Iterable

from agent.services.programme import Programme
from agent.store import grant_mails, grants
from agent.store.engine import Transaction
from connectors import registry


def without_grant(programme: Programme) -> list[str]:
    """People with a calendar at a provider that they have granted no access to, or whose access is over."""
    with programme.store.look() as tx:
        working = _working(tx)
    calendars = programme.deployment.calendars
    needed = {
        person: {provider for each in calendars[person] if (provider := registry.provider_of(each))}
        for person in calendars
    }
    return [person for person, providers in needed.items() if any((person, each) not in working for each in providers)]


def invite(programme: Programme, people: Iterable[str]) -> list[str]:
    """Order a mail with a personal link to each; give those to whom one is on its way already."""
    now = programme.clock.now()
    with programme.store.begin() as tx:
        return [person for person in people if not grant_mails.invite(tx, person, now)]


def _working(tx: Transaction) -> set[tuple[str, str]]:
    return {(each.person, each.provider) for each in grants.every(tx) if each.status == grants.WORKING}
