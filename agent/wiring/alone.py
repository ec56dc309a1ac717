"""The store of a deployment, found by its address alone: attune.yaml has to be right, the other two files do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent import log
from agent.clock import Clock
from agent.wiring import choose_clock, connector_models, load_deployment
from agent.wiring.parts import close_calendars, open_programme

if TYPE_CHECKING:
    from agent.core.relationships import Relationship
    from agent.services.programme import Programme
    from agent.settings.attune_file import AttuneFile
    from agent.store.engine import Store


@dataclass(frozen=True)
class Address:
    """Where the store of a deployment is. ``url`` is absolute where it is SQLite."""

    home: Path
    attune: AttuneFile
    url: str


@dataclass(frozen=True)
class Alone:
    """A store that is open and up to date."""

    at: Address
    store: Store
    clock: Clock

    def relationships(self) -> Mapping[str, Relationship] | None:
        """Give every pair and circle of the files; None where these hold mistakes."""
        from agent.settings.errors import SettingsError

        try:
            return load_deployment(self.at.home, self.clock.now()).relationships
        except SettingsError:
            return None

    @contextmanager
    def programme(self) -> Iterator[Programme]:
        """Give the whole programme on it. Raises ``SettingsError`` where its files hold mistakes."""
        deployment = load_deployment(self.at.home, self.clock.now())
        opened = open_programme(deployment, self.store, self.clock, bool)
        try:
            yield opened
        finally:
            close_calendars(opened)


def address(home: Path | None) -> Address:
    """Find the address of a store. Raises ``HomeNotFound``, and ``SettingsError`` where attune.yaml holds mistakes."""
    from agent.settings.load import find_home, load_attune
    from agent.settings.values import store_url

    found = find_home(home)
    attune = load_attune(found, connector_models())
    return Address(found, attune, store_url(attune.store, found))


@contextmanager
def open_alone(home: Path | None, *, at: datetime | None = None, anew: bool = False) -> Iterator[Alone]:
    """Open a store that is there, or that was never made; ``anew`` makes one whatever was there before.

    Raises ``StoreLost`` where there was one and is not any more, ``StoreExists`` where one is there that is to be made.
    """
    from agent.store import made
    from agent.store.engine import open_store

    log.configure_once()
    found = address(home)
    clock = choose_clock(at, rehearsal=found.attune.rehearsal)
    store = open_store(found.url)
    try:
        (made.create if anew else made.ready)(store, found.url, found.home)
        yield Alone(found, store, clock)
    finally:
        store.close()
