"""What stands at an address: a calendar with what it can do, or else the calendars that can be found from there."""

from __future__ import annotations

import httpx

from connectors.caldav import wire
from connectors.caldav.dav import Dav, at
from connectors.errors import ConnectorError, Missing, Rejected, Unreadable


def describe(dav: Dav, url: httpx.URL) -> wire.Resource:
    """Ask one resource what it is. Raises ``Missing`` where there is nothing."""
    found = dav.resources("PROPFIND", url, wire.propfind(wire.ABOUT), depth=0)
    if not found:
        raise Unreadable(f"{url.host} says nothing of the address it was asked about")
    if found[0].status in {404, 410}:
        raise Missing(f"{url.host} answers {found[0].status}: there is nothing at this address")
    if found[0].status != 200:
        raise Unreadable(f"{url.host} answers {found[0].status} for the address it was asked about")
    return found[0]


def verdict(collection: wire.Resource, *, book: bool) -> str:
    """Say in a sentence what a calendar can do, or raise where it cannot do what it is meant for."""
    if collection.components is not None and "VEVENT" not in collection.components:
        raise Rejected("this collection takes no events; name a calendar for events")
    if book and collection.writable is False:
        raise Rejected("this login may not write here, and book is true; give it the right, or set book to false")
    changes = "changes are seen at once by its token" if collection.token else "it is read in full every time"
    return f"a calendar{', taking our meetings' if book else ''}; {changes}"


def advice(dav: Dav, url: httpx.URL) -> str:
    """Say what to write instead of an address that is no calendar."""
    found = calendars(dav, url)
    if not found:
        return f"there is no calendar at this address on {url.host}, and none can be found from it"
    return f"this address is no calendar; on {url.host} there is {', '.join(found)}"


def calendars(dav: Dav, url: httpx.URL) -> list[str]:
    """Paths of calendars below an address, or else in the calendar homes of whoever logged in (RFC 6764, section 6)."""
    below = _below(dav, url, url.raw_path.decode())
    if below:
        return below
    principals = _homes(dav, url, url.raw_path.decode())
    homes = [home for principal in principals for home in _homes(dav, url, principal)]
    return sorted({path for home in homes for path in _below(dav, url, home)})


def _below(dav: Dav, url: httpx.URL, path: str) -> list[str]:
    return sorted(each.path for each in _ask(dav, url, path, wire.ABOUT, 1) if each.is_calendar)


def _homes(dav: Dav, url: httpx.URL, path: str) -> list[str]:
    return [home for each in _ask(dav, url, path, wire.HOME, 0) for home in each.homes]


def _ask(dav: Dav, url: httpx.URL, path: str, names: tuple[str, ...], depth: int) -> tuple[wire.Resource, ...]:
    try:
        return dav.resources("PROPFIND", at(url, path), wire.propfind(names), depth)
    except ConnectorError:
        return ()
