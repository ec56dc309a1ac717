"""Looks at every part that Attune depends on, and says of each what to do where it is not well."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from agent import __version__
from agent.core.zones import names
from agent.resources import data_dir
from agent.services.programme import Programme
from agent.store import intents, relationships
from agent.store.errors import StoreError
from connectors.base import CalendarReader
from connectors.errors import ConnectorError

OWN_PACKAGES = ("agent", "connectors")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part looked at: what it says of itself and, where it is not well, what to do."""

    part: str
    well: bool
    says: str
    advice: str = ""


def diagnose_installation() -> Iterator[Finding]:
    """Look at the package, its data and the zone rules; needs no deployment."""
    version = ".".join(str(n) for n in sys.version_info[:3])
    owners = importlib.metadata.packages_distributions()
    shared = {name: set(owners.get(name, ())) for name in OWN_PACKAGES if len(set(owners.get(name, ()))) > 1}
    others = sorted({owner for found in shared.values() for owner in found} - {"attune-agent"})
    yield Finding(
        "package",
        not shared,
        f"attune-agent {__version__} on Python {version}" + (f", mixed with {', '.join(others)}" if shared else ""),
        "install attune-agent alone, in an environment of its own" if shared else "",
    )
    yield _data()
    rules = importlib.metadata.version("tzdata")
    yield Finding("time zones", bool(names()), f"tzdata {rules}, {len(names())} zones")


def _data() -> Finding:
    try:
        folders = [data_dir("templates"), data_dir("config")]
    except FileNotFoundError as error:
        return Finding("data", False, str(error), "reinstall attune-agent")
    count = sum(1 for folder in folders for path in folder.rglob("*") if path.is_file())
    return Finding("data", True, f"{count} templates and configuration files")


def diagnose_programme(programme: Programme, *, offline: bool) -> Iterator[Finding]:
    """Look at store, decisions and effects that failed, calendars, mail; offline leaves out the last two."""
    yield _store(programme)
    yield _resting(programme)
    yield _failed(programme)
    if offline:
        return
    for person, owned in programme.calendars.items():
        for position, calendar in enumerate(owned):
            yield _calendar(person, position, calendar)
    yield _mail(programme)


def _store(programme: Programme) -> Finding:
    try:
        return Finding("store", True, programme.store.ping())
    except StoreError as error:
        return store_trouble(error)


def store_trouble(error: StoreError) -> Finding:
    """What a store says that cannot be used; whoever runs Attune needs to write its folder, even to look."""
    advice = "look at `store` in attune.yaml, at the database itself, and at who may write the folder"
    return Finding("store", False, str(error), advice)


def _resting(programme: Programme) -> Finding:
    """Look for relationships whose last decision failed, or was refused by the check that is made of every plan."""
    with programme.store.begin() as tx:
        troubled = relationships.troubled(tx)
    if not troubled:
        return Finding("decisions", True, "none set aside")
    named = ", ".join(f"{name}: {why}" for name, why in troubled)
    advice = "they are tried again every hour; what lasts is a fault of Attune's own: report it, with `attune journal`"
    return Finding("decisions", False, f"{len(troubled)} set aside ({named})", advice)


def _failed(programme: Programme) -> Finding:
    with programme.store.begin() as tx:
        failed = intents.troubled(tx)
    if not failed:
        return Finding("effects", True, "none set aside")
    kinds = ", ".join(sorted({f"{f.relationship}: {f.problem}" for f in failed}))
    return Finding(
        "effects", False, f"{len(failed)} set aside ({kinds})", "mend the cause, then `attune doctor --retry`"
    )


def _calendar(person: str, position: int, calendar: CalendarReader) -> Finding:
    part = f"calendar {position + 1} of {person}"
    try:
        return Finding(part, True, calendar.check())
    except ConnectorError as error:
        return Finding(part, False, str(error), f"look at people.yaml, calendars of {person}, and at the server")


def _mail(programme: Programme) -> Finding:
    try:
        return Finding("mail", True, programme.sender.check())
    except ConnectorError as error:
        return Finding("mail", False, str(error), "look at `mail.smtp` in attune.yaml and at the mail server")


def retry_failed(programme: Programme) -> int:
    """Put every effect that was set aside back in the queue; give how many."""
    now = programme.clock.now()
    with programme.store.begin() as tx:
        failed = intents.troubled(tx)
        for each in failed:
            intents.retry(tx, each.key, now)
        relationships.wake(tx, [name for name, _ in relationships.troubled(tx)], now)
    return len(failed)
