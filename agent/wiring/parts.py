"""Opens the parts of one deployment: calendars and mail server behind their gates, and what writes the mails."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.clock import Clock, SystemClock

if TYPE_CHECKING:
    from pydantic import BaseModel

    from agent.services.programme import Programme
    from agent.settings.values import Deployment
    from agent.store.engine import Store
    from agent.vault import Vault
    from connectors.base import CalendarReader
    from connectors.oauth import Consent

THREADS = 8
"""Calendars read, decisions made and effects carried out side by side, in one process.

A rehearsal has one: the same world lived through twice has the same journal.
"""


def open_programme(deployment: Deployment, store: Store, clock: Clock, stopping: Callable[[], bool]) -> Programme:
    """Make everybody's calendars and the mail server ready; nothing is connected yet."""
    from agent.mail.render import Renderer
    from agent.services.gates import Gates
    from agent.services.keep_grants import Keeps
    from agent.services.limits import Limits
    from agent.services.programme import Programme
    from agent.settings.lazy import Lazy
    from agent.store.quotas import Rate
    from agent.wiring.calendars import OpenCalendars
    from connectors import registry
    from connectors.guard import GuardedSender, guarded

    bounds = deployment.limits
    rates = (Rate(bounds.server), Rate(bounds.mailbox), Rate(bounds.mails))
    gates = Gates(Limits(store, clock), *rates, share=max(1, THREADS // 2))

    clients = deployment.clients

    def consent_at(name: str) -> Consent:
        return registry.open_consents({name: clients[name]}, home=deployment.home, clock=clock)[name]

    consents = Lazy(clients.__iter__, len(clients), consent_at, clients.__contains__)
    vault = open_vault(deployment.home, deployment.key_file)
    keeps = Keeps(store, vault, clock)

    def open_one(name: str, position: int, settings: BaseModel) -> tuple[CalendarReader, Callable[[], None]]:
        person = deployment.people[name]
        opened = registry.open_calendar(
            settings,
            home=deployment.home,
            where=person.where,
            owner=person.email,
            clock=clock,
            keep=partial(keeps.of, name),
            clients=deployment.clients,
        )
        return guarded(opened, gates.calendar(registry.server_of(settings), f"{name}:{position}")), opened.close

    calendars = OpenCalendars(deployment.calendars, open_one)
    sender = registry.open_sender(deployment.smtp, home=deployment.home)
    sender = GuardedSender(sender, gates.mail(registry.server_of(deployment.smtp)))
    renderer = Renderer(deployment.home / "templates")
    threads = THREADS if isinstance(clock, SystemClock) else 1
    owned = deployment.calendars
    places = Lazy(
        owned.__iter__, len(owned), lambda name: tuple(map(registry.place_of, owned[name])), owned.__contains__
    )
    return Programme(
        deployment,
        store,
        calendars,
        sender,
        renderer,
        clock,
        stopping,
        threads,
        places,
        counted=deployment.ties.owned,
        vault=vault,
        consents=consents,
    )


def open_vault(home: Path, key_file: str | None) -> Vault:
    """Make a vault of the deployment's keys ready; none is read before it is needed. ``key_file``: see attune.yaml."""
    from agent.settings.key_files import read_keys
    from agent.vault import Vault

    return Vault(lambda: read_keys(home, key_file))


def close_calendars(programme: Programme) -> None:
    """Let go of every connection to a calendar."""
    from agent.wiring.calendars import OpenCalendars

    if isinstance(programme.calendars, OpenCalendars):
        programme.calendars.close()
