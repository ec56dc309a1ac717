"""Looks after grants once a day: those that nobody used for months, and those that nobody renewed for a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent import log
from agent.services.keep_grants import break_off
from agent.services.programme import Programme
from agent.store import consents, grants, links

IDLE = timedelta(days=180)
"""Providers forget what was not used for six months; so do we, rather than find out when it is needed."""

PATIENCE = timedelta(days=7)
"""How long somebody has to agree again before the administrator is told."""

KEPT = timedelta(days=90)
"""How long it is remembered that a link was there."""


def mind_grants(programme: Programme, now: datetime) -> None:
    """Ask whoever has to agree again, once, and tell the administrator of who did not."""
    with programme.store.begin() as tx:
        idle = [
            each for each in grants.idle(tx, now - IDLE)
            if break_off(tx, each.person, each.provider, each.version, "idle", now)
        ]  # fmt: skip
        late = [
            each for each in grants.broken(tx)
            if each.reported_at is None and each.failed_at is not None and each.failed_at <= now - PATIENCE
        ]  # fmt: skip
        for each in late:
            grants.report(tx, each.person, each.provider, now)
        consents.forget(tx, now)
        links.forget(tx, now - KEPT)
    for each in idle:
        log.logger().warning("grant needs consent", person=each.person, provider=each.provider, why="idle")
    for each in late:
        told = {"person": each.person, "provider": each.provider, "advice": f"attune invite {each.person}"}
        log.logger().error("grant not renewed for a week", **told)
