"""A participant, as far as decisions need to know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agent.core.boundaries import Boundary, Rule


class Medium(StrEnum):
    """How two people meet."""

    VIDEO = "video"
    PHONE = "phone"
    WALK_AND_TALK = "walk-and-talk"
    ASYNCHRONOUS = "asynchronous"


@dataclass(frozen=True, slots=True)
class Person:
    """A participant: who they are, where their clock is, and what bounds their time.

    ``zone`` is an IANA name, ``language`` a BCP 47 tag, ``media`` in order of preference, ``week_starts`` a weekday
    with Monday as 0, ``holidays`` the public holidays that bind (empty where policy ignores them), ``books``
    whether one of their calendars takes our events.
    """

    id: str
    name: str
    email: str
    zone: str
    language: str = "en"
    availability: tuple[Rule, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    messages: tuple[Rule, ...] = ()
    media: tuple[Medium, ...] = (Medium.VIDEO,)
    holidays: frozenset[date] = frozenset()
    week_starts: int = 0
    books: bool = True
