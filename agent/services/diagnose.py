"""Looks at every part that Attune depends on, and says of each what to do where it is not well."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent import __version__
from agent.core.zones import names
from agent.resources import data_dir
from agent.services import edition
from agent.services.edition import Edition
from agent.services.keep_grants import about
from agent.services.programme import Programme
from agent.services.take_in import ROSTER
from agent.settings import secret_files
from agent.settings.errors import SettingsError
from agent.settings.values import Deployment
from agent.store import grant_mails, grants, intents, marks, policies, relationships
from agent.store.engine import Store
from agent.store.errors import StoreError
from agent.store.grants import Grant
from agent.store.intents import Troubled
from agent.store.policies import Refusal
from agent.vault import Vault, VaultError
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


def diagnose_files(error: SettingsError) -> Iterator[Finding]:
    """Name every mistake in the files of a deployment."""
    for problem in error.problems:
        where = f"{problem.file}:{problem.position.line}:{problem.position.column}"
        says = f"{problem.path}: {problem.wrong}" if problem.path else problem.wrong
        yield Finding(where, False, says, problem.advice)


def diagnose_store(store: Store) -> Iterator[Finding]:
    """Look at the store, and at decisions and effects that failed; needs none of the files but for its address."""
    try:
        yield Finding("store", True, _written_and_read(store))
        with store.look() as tx:
            resting, failed, refusal = relationships.troubled(tx), intents.troubled(tx), policies.refusal(tx)
    except StoreError as error:
        yield store_trouble(error)
        return
    yield _resting(resting)
    yield _failed(failed)
    if refusal is not None:
        yield _policy(refusal)


def diagnose_grants(store: Store, vault: Vault) -> Iterator[Finding]:
    """Look whether the keys open what people granted, and who has to agree again; silent where nobody granted any."""
    with store.look() as tx:
        kept, broken, stuck = grants.every(tx), grants.broken(tx), grant_mails.stuck(tx)
    if kept:
        yield _keys(kept, vault)
        yield _consent(broken)
    if stuck:
        named = ", ".join(f"{person}: {why}" for person, why in stuck)
        yield Finding("invitations", False, f"not sent: {named}", "mend the cause, then “attune invite”")


def _keys(kept: Sequence[Grant], vault: Vault) -> Finding:
    try:
        for each in kept:
            if each.secret is not None:
                vault.open(each.secret, about(each.person, each.provider, "secret"))
    except VaultError as error:
        return Finding("keys", False, str(error), error.advice)
    return Finding("keys", True, f"they open every grant ({len(kept)})")


def _consent(broken: Sequence[Grant]) -> Finding:
    if not broken:
        return Finding("grants", True, "all of them work, or were taken back")
    named = ", ".join(f"{each.person} at {each.provider}" for each in broken)
    advice = "each was sent a link; “attune invite PERSON” sends another, “attune grants” shows since when"
    return Finding("grants", False, f"their owners have to agree again: {named}", advice)


def _written_and_read(store: Store) -> str:
    store.try_writing()
    return store.ping()


def diagnose_secrets(deployment: Deployment) -> Finding:
    """Look whether others on this machine can read a password or key; a warning only: Attune works all the same."""
    named = (deployment.smtp, *deployment.clients.values())
    connectors = (*named, *(each for owned in deployment.calendars.values() for each in owned))
    names = {name for connector in connectors for _, name in secret_files.named(connector)}
    names |= {deployment.key_file} if deployment.key_file else set()
    open_ = sorted(n for n in names if secret_files.readable_by_others(deployment.home / Path(n).expanduser()))
    if not open_:
        return Finding("secrets", True, f"{len(names)} files, none of them for others to read")
    return Finding("secrets", True, f"{secret_files.FOR_OTHERS}: {', '.join(open_)}", secret_files.ADVICE)


def diagnose_roster(programme: Programme) -> Finding:
    """Look whether the files of this machine are those in force: another on the same store may have newer ones."""
    with programme.store.look() as tx:
        known, other = marks.get(tx, ROSTER), edition.in_force(tx)
    if known in {None, programme.deployment.roster}:
        return Finding("files", True, "in force" if known else "not taken in yet: the first sweep does that")
    if other is not None and Edition.of(programme.deployment.home).gives_way_to(other):
        says, _, advice = edition.older_than(other).partition("; ")
        return Finding("files", False, f"not in force: {says}", advice)
    return Finding("files", True, "not taken in yet: the next sweep does that")


def diagnose_outside(programme: Programme) -> Iterator[Finding]:
    """Ask every calendar and the mail server."""
    for person, owned in programme.calendars.items():
        for position, calendar in enumerate(owned):
            yield _calendar(person, position, calendar)
    yield _mail(programme)


def store_trouble(error: StoreError) -> Finding:
    """What a store says that cannot be used."""
    return Finding("store", False, str(error), error.advice)


def _resting(troubled: Sequence[tuple[str, str]]) -> Finding:
    """Tell of relationships whose last decision failed, or was refused by the check that is made of every plan."""
    if not troubled:
        return Finding("decisions", True, "none set aside")
    named = ", ".join(f"{name}: {why}" for name, why in troubled)
    advice = "they are tried again every hour; what lasts is a fault of Attune's own: report it, with `attune journal`"
    return Finding("decisions", False, f"{len(troubled)} set aside ({named})", advice)


def _failed(failed: Sequence[Troubled]) -> Finding:
    if not failed:
        return Finding("effects", True, "none set aside")
    kinds = ", ".join(sorted({f"{f.relationship}: {f.problem}" for f in failed}))
    return Finding(
        "effects", False, f"{len(failed)} set aside ({kinds})", "mend the cause, then `attune doctor --retry`"
    )


def _policy(refusal: Refusal) -> Finding:
    says = (
        f"policy.yaml has changed and is refused since {refusal.since:%Y-%m-%d %H:%M} UTC; the one before is in force"
    )
    advice = "“attune plan --policy policy.yaml” shows what it would do; change it, or “attune policy accept”"
    return Finding("policy", False, says, advice)


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


def retry_failed(store: Store, now: datetime) -> int:
    """Put every effect that was set aside back in the queue; give how many."""
    with store.begin() as tx:
        failed = intents.troubled(tx)
        for each in failed:
            intents.retry(tx, each.key, now)
        relationships.wake(tx, [name for name, _ in relationships.troubled(tx)], now)
    return len(failed)
