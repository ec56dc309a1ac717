"""Notices which calendars have changed since the last sweep, and wakes the relationships they matter to."""

from __future__ import annotations

from datetime import datetime

from agent import log
from agent.services.observe import note_trouble
from agent.services.programme import Programme
from agent.store import calendars, relationships
from connectors.base import CalendarReader
from connectors.errors import ConnectorError


def notice(programme: Programme, now: datetime) -> int:
    """Ask every calendar for its change token; give how many had changed."""
    return sum(
        _changed(programme, person, position, calendar, now)
        for person, owned in programme.calendars.items()
        for position, calendar in enumerate(owned)
    )


def _changed(programme: Programme, person: str, position: int, calendar: CalendarReader, now: datetime) -> bool:
    """Whether a calendar may differ from what was last read. Token and wake-up are kept together or not at all."""
    try:
        token = calendar.token()
    except Exception as error:  # noqa: BLE001  one calendar's trouble never stops the sweep
        if not isinstance(error, ConnectorError):
            log.logger().error("calendar failed unexpectedly", person=person, exc_info=log.traceback_wanted())
        return _failed(programme, person, position, type(error).__name__, now)
    with programme.store.begin() as tx:
        known = calendars.get(tx, person, position)
        if token is not None and known is not None and known.token == token:
            return False
        relationships.wake(tx, programme.relationships_of(person), now)
        calendars.put_token(tx, person, position, token)
    return True


def _failed(programme: Programme, person: str, position: int, trouble: str, now: datetime) -> bool:
    """Forget the token of a calendar that does not answer, so that its next answer counts as a change."""
    with programme.store.begin() as tx:
        known = calendars.get(tx, person, position)
        fresh = known is None or known.trouble != trouble
        note_trouble(tx, person, position, trouble, now)
        calendars.put_token(tx, person, position, None)
    return fresh
