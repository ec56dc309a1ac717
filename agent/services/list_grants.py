"""Lists who granted what, and where it does not work: health, never content. Needs no key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from agent.services.report_status import instant_text
from agent.store import grant_mails, grants
from agent.store.engine import Store
from agent.store.grants import Grant

MISSING = "missing"


def list_grants(store: Store, needed: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Give the objects that ``attune grants --json`` prints; ``needed`` are people and providers of people.yaml."""
    with store.look() as tx:
        known = {(each.person, each.provider): each for each in grants.every(tx)}
        told = grant_mails.told(tx)
    return [
        _object(person, provider, known.get((person, provider)), told.get(person))
        for person, provider in sorted({*known, *needed})
    ]


def _object(person: str, provider: str, grant: Grant | None, told: datetime | None) -> dict[str, Any]:
    return {
        "person": person,
        "provider": provider,
        "status": grant.status if grant else MISSING,
        "granted": sorted(grant.granted) if grant else [],
        "withheld": sorted(grant.asked - grant.granted) if grant else [],
        "given": instant_text(grant.given_at) if grant else None,
        "used": instant_text(grant.used_at) if grant else None,
        "renewed": instant_text(grant.renewed_at) if grant else None,
        "failed": instant_text(grant.failed_at) if grant else None,
        "asked": instant_text(told),
        "reported": instant_text(grant.reported_at) if grant else None,
    }
