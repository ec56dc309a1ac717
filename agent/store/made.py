"""Which stores were made from a deployment folder, so that a lost one is not taken for a first start.

A new store knows of no meeting: everything would be booked and told anew. So the folder keeps a line for each store
that it has had, without any password, and where such a store is gone somebody has to say what is to be done.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from agent.store.engine import Store
from agent.store.errors import StoreExists, StoreLost

FILE = Path(".attune/stores")
"""Below the deployment folder. Where nobody may write there, nothing is remembered."""

ANEW = (
    "put a backup back with “attune restore FILE”, or begin anew with “attune db create”: what was booked and sent is"
    " then unknown, and is done again"
)


def ready(store: Store, url: str, home: Path) -> None:
    """Bring a store up to date; make it where it was never made. Raises ``StoreLost`` where it was, and is gone."""
    name = _name(url, home)
    if name in _known(home) and not store.is_made():
        raise StoreLost(f"{name} was in use and is gone", ANEW)
    store.upgrade()
    remember(url, home)


def create(store: Store, url: str, home: Path) -> None:
    """Make a store from nothing, whatever was there before. Raises ``StoreExists`` where it is there."""
    if store.is_made():
        raise StoreExists(f"{_name(url, home)} is there already; “attune db upgrade” brings it up to date")
    store.upgrade()
    remember(url, home)


def remember(url: str, home: Path) -> None:
    """Take note of a store that is there now."""
    name = _name(url, home)
    if name in _known(home):
        return
    with suppress(OSError):
        (home / FILE).parent.mkdir(exist_ok=True)
        with (home / FILE).open("a", encoding="utf-8") as lines:
            lines.write(f"{name}\n")


def _known(home: Path) -> list[str]:
    try:
        return (home / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []


def _name(url: str, home: Path) -> str:
    """Its address without a password; a file within the folder is named from there, so that the folder may move."""
    return sa.make_url(url).render_as_string(hide_password=True).replace(f"{home}/", "", 1)
