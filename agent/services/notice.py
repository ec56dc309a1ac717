"""Notices which calendars have changed since they were last asked, and wakes the relationships they matter to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent import log
from agent.services.keep_health import Note, keep_health
from agent.services.programme import Programme
from agent.store import calendars, relationships
from agent.store.calendars import Health
from agent.store.engine import Transaction
from connectors.errors import ConnectorError, RateLimited


@dataclass(frozen=True, slots=True)
class Asked:
    """A calendar's answer: its token, or why there is none."""

    person: str
    position: int
    now: datetime
    token: str | None = None
    trouble: str | None = None
    again: datetime | None = None
    """When to ask anew, where there was no asking now."""


def ask(programme: Programme, person: str, position: int, now: datetime) -> Asked | None:
    """Ask one calendar for its change token; None where it is no longer in the files."""
    owned = programme.calendars.get(person, ())
    if position >= len(owned):
        return None
    if programme.stopping():
        return Asked(person, position, now, again=now)
    try:
        return Asked(person, position, now, owned[position].token())
    except RateLimited as limited:
        return Asked(person, position, now, again=now + limited.retry_after)
    except Exception as error:  # noqa: BLE001  one calendar's trouble never stops the sweep
        if not isinstance(error, ConnectorError):
            trace = error if log.traceback_wanted() else None
            log.logger().error("calendar failed unexpectedly", person=person, exc_info=trace)
        return Asked(person, position, now, trouble=type(error).__name__)


def take_note(tx: Transaction, programme: Programme, asked: Asked) -> bool:
    """Whether a calendar may differ from what was last read, as one may that could not be read since it was asked.

    Token and wake-up are kept together or not at all.
    """
    if asked.again is not None:
        calendars.ask_again(tx, asked.person, asked.position, asked.again)
        return False
    known = calendars.get(tx, asked.person, asked.position)
    if asked.trouble is not None:
        keep_health(tx, [Note(asked.person, asked.position, asked.trouble)], asked.now)
        return known is None or known.trouble != asked.trouble
    if not _stirs(known, asked):
        return False
    relationships.wake(tx, programme.relationships_of(asked.person), asked.now)
    calendars.put_token(tx, asked.person, asked.position, asked.token)
    return True


def stirring(tx: Transaction, asked: Sequence[Asked]) -> list[Asked]:
    """Those that will wake relationships, as far as can be said now."""
    known = calendars.of_people(tx, {each.person for each in asked}) if asked else {}
    return [each for each in asked if _stirs(known.get((each.person, each.position)), each)]


def _stirs(known: Health | None, asked: Asked) -> bool:
    """Whether a calendar that answered may differ from what was last read."""
    if asked.again is not None or asked.trouble is not None:
        return False
    return asked.token is None or known is None or known.trouble is not None or known.token != asked.token
