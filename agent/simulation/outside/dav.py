"""One calendar collection over plain HTTP (RFC 4791), as any other client would use it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import httpx

EVENTS = """<?xml version="1.0"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>
</C:calendar-query>"""

DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of a collection: its address, its version, its text."""

    href: str
    etag: str
    text: str


class Collection:
    """A collection opened with its owner's name and password. Whatever the server refuses raises an ``HTTPError``."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = url
        # The environment's proxies are for the outside; these servers are on this machine.
        self._client = httpx.Client(auth=(username, password), timeout=20, trust_env=False)

    def items(self) -> list[Item]:
        """Every resource with an event in it, by address."""
        answer = self._client.request("REPORT", self._url, content=EVENTS, headers={"Depth": "1", **XML})
        answer.raise_for_status()
        tree = ET.fromstring(answer.content)  # noqa: S314  our own server's answer
        found = (_item(response) for response in tree.iter(f"{DAV}response"))
        return sorted((item for item in found if item.text), key=lambda item: item.href)

    def make(self) -> None:
        """Create the collection."""
        self._client.request("MKCALENDAR", self._url).raise_for_status()

    def put(self, name: str, text: str) -> None:
        """Write a resource, whatever was there before; ``name`` is relative to the collection, or a whole path."""
        address = urljoin(self._url, name)
        self._client.put(address, content=text.encode(), headers=CALENDAR).raise_for_status()

    def delete(self, href: str) -> None:
        """Delete a resource."""
        self._client.delete(urljoin(self._url, href)).raise_for_status()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


XML = {"Content-Type": "application/xml; charset=utf-8"}
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}


def _item(response: ET.Element) -> Item:
    return Item(
        response.findtext(f"{DAV}href", ""),
        next((e.text or "" for e in response.iter(f"{DAV}getetag")), ""),
        next((e.text or "" for e in response.iter(f"{CALDAV}calendar-data")), ""),
    )
