"""Busy time that a VFREEBUSY publishes (RFC 5545, section 3.6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.observation import Busy
from agent.core.timespan import Span
from agent.ical.components import Component
from agent.ical.events import period
from agent.ical.zones import Zones


def busy(component: Component, zones: Zones, window: Span) -> Iterator[Busy | None]:
    """Give the published time that touches a window; None for each period whose start cannot be read."""
    for line in component.all("FREEBUSY"):
        if (line.param("FBTYPE") or "").upper() == "FREE":
            continue
        for value in filter(None, line.value.split(",")):
            stay = period(value, line, zones)
            span = stay.span if stay else None
            if stay is None:
                yield None
            elif span is not None and span.touches(window):
                yield Busy(span)
