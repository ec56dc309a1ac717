"""Whether a calendar has changed: Graph's delta query, followed from link to link, as one mark of all there is.

Graph has no version of a calendar. A delta query tells what changed since its last link; of that only ids and
versions are kept, as digests. Their sum is the same however one came by it, so that two readers agree. Graph gives
whole events here, for it knows no ``$select`` in a delta query: what else is in them is dropped where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from agent.clock import Clock
from agent.core.timespan import DAY, Span, floor_minute
from connectors.errors import Missing, Unreadable
from connectors.microsoft import wire
from connectors.microsoft.http import Graph

REACH = 190
"""Days ahead of the month's first that are watched."""
PAGE = "odata.maxpagesize=200"


class Changes:
    """What is known of one person's calendar, for as long as it is open."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._window: Span | None = None
        self._link = ""
        self._known: dict[int, int] = {}

    def token(self) -> str:
        """Give the mark. Where the way from link to link is lost, everything is read again."""
        window = self._watched()
        if window == self._window and self._link:
            try:
                self._follow(self._link, {})
            except Missing:
                self._link = ""
        if window != self._window or not self._link:
            self._whole(window)
        total = sum(_digest(f"{key}/{version}") for key, version in self._known.items()) % 2**64
        return f"{window.start}-{len(self._known)}-{total:016x}"

    def _whole(self, window: Span) -> None:
        self._window, self._link, self._known = window, "", {}
        self._follow("/me/calendarView/delta", wire.within(window))

    def _follow(self, path: str, query: Mapping[str, str]) -> None:
        link = None
        for page in self._graph.pages(path, query, PAGE):
            for event in page["value"]:
                self._take(event)
            link = page.get("@odata.deltaLink")
        if not isinstance(link, str):
            self._link = ""
            raise Unreadable("Graph ends a delta query without a link to the next")
        self._link = link

    def _take(self, event: Mapping[str, Any]) -> None:
        if not isinstance(event.get("id"), str):
            raise Unreadable("Graph tells of a change without saying of what")
        identity = _digest(event["id"])
        if "@removed" in event:
            self._known.pop(identity, None)
        else:
            self._known[identity] = _digest(str(event.get("@odata.etag") or event.get("changeKey")))

    def _watched(self) -> Span:
        now = self._clock.now()
        first = floor_minute(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        return Span(first, first + REACH * DAY)


def _digest(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")
