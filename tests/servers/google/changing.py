"""The one place that changes an event: a new version, and word of it to whoever watches the calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from tests.servers.google.documents import Json
from tests.servers.google.times import stamped
from tests.servers.google.world import Calendar, Channel, Entry, Version, World

KEPT = 30
"""Versions of one event that are kept, for readers who see them late."""


def put(world: World, calendar: Calendar, event: str, data: Json) -> Entry:
    """Write an event's next state."""
    calendar.changes += 1
    entry = calendar.entries.setdefault(event, Entry(event))
    version = Version(calendar.changes, world.now(), {**data, "updated": stamped(world.now())})
    entry.versions = [*entry.versions[-KEPT:], version]
    for channel in world.channels:
        if channel.calendar == calendar.id and channel.expires > world.now():
            announce(world, channel, "exists")
    return entry


def announce(world: World, channel: Channel, state: str) -> None:
    """Queue a message to a channel: "Understanding the notification message format" in the push guide."""
    times = {"deliver": 1, "drop": 0, "twice": 2}[world.settings.pushes]
    channel.messages += 1
    headers = {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Message-Number": str(channel.messages),
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-State": state,
        "X-Goog-Resource-URI": resource_uri(channel.calendar),
        "X-Goog-Channel-Expiration": format_datetime(datetime.fromtimestamp(channel.expires, UTC), usegmt=True),
    }
    if channel.token is not None:
        headers["X-Goog-Channel-Token"] = channel.token
    world.pushes += [(channel.address, headers)] * times


def resource_uri(calendar: str) -> str:
    return f"https://www.googleapis.com/calendar/v3/calendars/{calendar}/events?alt=json"
