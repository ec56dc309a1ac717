"""Free/busy of many calendars in as few calls as Google allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.observation import Busy
from agent.core.timespan import DAY, Span
from connectors.errors import Missing, RateLimited, Rejected, Temporary, Unreadable
from connectors.google import errors, wire
from connectors.google.http import Api
from connectors.google.settings import MOST_CALENDARS

LONGEST = 60 * DAY
"""Minutes that one query covers; Google refuses three months or so (``timeRangeTooLong``)."""


def query(api: Api, calendars: Sequence[str], window: Span) -> dict[str, tuple[Busy, ...]]:
    """Give when each calendar is busy. Raises where one cannot be read: unknown is not free."""
    found: dict[str, tuple[Busy, ...]] = dict.fromkeys(calendars, ())
    for names in _chunks(list(found)):
        for part in _parts(window):
            for name, busy in _ask(api, names, part).items():
                found[name] += busy
    return found


def _ask(api: Api, names: Sequence[str], window: Span) -> dict[str, tuple[Busy, ...]]:
    body = wire.window(window) | {"timeZone": "UTC", "items": [{"id": name} for name in names]}
    answer = api.read(lambda service: service.freebusy().query(body=body)).get("calendars")
    if not isinstance(answer, dict):
        raise errors.of_garbage(writing=False)
    return {name: _of(answer.get(name)) for name in names}


def _of(answer: object) -> tuple[Busy, ...]:
    if not isinstance(answer, dict):
        raise Unreadable("Google leaves a calendar out of its free/busy")
    if "errors" not in answer:
        return wire.free_busy(answer)
    reasons = {str(each.get("reason")) for each in answer["errors"] if isinstance(each, dict)}
    if "notFound" in reasons:
        raise Missing("a calendar that is to be read is not there, or not for this account to see")
    if reasons & errors.LIMITS:
        raise RateLimited("Google gives no free/busy now", errors.PAUSE)
    if "internalError" in reasons or "backendError" in reasons:
        raise Temporary("Google gives no free/busy now")
    raise Rejected("Google gives no free/busy of a calendar")


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), MOST_CALENDARS):
        yield names[first : first + MOST_CALENDARS]


def _parts(window: Span) -> Iterator[Span]:
    for start in range(window.start, window.end, LONGEST):
        yield Span(start, min(start + LONGEST, window.end))
