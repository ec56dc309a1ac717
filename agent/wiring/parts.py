"""Opens the parts of one deployment: calendars and mail server behind their gates, and what writes the mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.clock import Clock, SystemClock

if TYPE_CHECKING:
    from agent.services.programme import Programme
    from agent.settings.values import Deployment
    from agent.store.engine import Store

THREADS = 8
"""Calendars read, decisions made and effects carried out side by side, in one process.

A rehearsal has one: the same world lived through twice has the same journal.
"""


def open_programme(deployment: Deployment, store: Store, clock: Clock, stopping: Callable[[], bool]) -> Programme:
    """Open everybody's calendars and the mail server; nothing is connected yet."""
    from agent.mail.render import Renderer
    from agent.services.gates import Gates
    from agent.services.limits import Limits
    from agent.services.programme import Programme
    from agent.store.quotas import Rate
    from connectors import registry
    from connectors.guard import GuardedSender, guarded

    bounds = deployment.limits
    rates = (Rate(bounds.server), Rate(bounds.mailbox), Rate(bounds.mails))
    gates = Gates(Limits(store, clock), *rates, share=max(1, THREADS // 2))
    calendars = {
        person.id: tuple(
            guarded(
                registry.open_calendar(each, home=deployment.home, where=person.where, owner=person.email, clock=clock),
                gates.calendar(registry.server_of(each), f"{person.id}:{position}"),
            )
            for position, each in enumerate(deployment.calendars[person.id])
        )
        for person in deployment.people.values()
    }
    sender = registry.open_sender(deployment.smtp, home=deployment.home)
    sender = GuardedSender(sender, gates.mail(registry.server_of(deployment.smtp)))
    renderer = Renderer(deployment.home / "templates")
    threads = THREADS if isinstance(clock, SystemClock) else 1
    places = {person: tuple(map(registry.place_of, owned)) for person, owned in deployment.calendars.items()}
    return Programme(deployment, store, calendars, sender, renderer, clock, stopping, threads, places)


def close_calendars(programme: Programme) -> None:
    """Let go of every connection to a calendar."""
    for owned in programme.calendars.values():
        for calendar in owned:
            calendar.close()
