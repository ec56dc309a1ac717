"""A participant, as far as decisions need to know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from agent.core.boundaries import Boundary
from agent.core.rules import Rule
from agent.core.timespan import floor_minute
from agent.core.whereabouts import Journey, Whereabouts


class Medium(StrEnum):
    """How two people meet."""

    VIDEO = "video"
    PHONE = "phone"
    WALK_AND_TALK = "walk-and-talk"
    ASYNCHRONOUS = "asynchronous"


@dataclass(frozen=True, slots=True)
class Person:
    """A participant: who they are, where their clock is, and what bounds their time.

    ``zone`` is the IANA name of home, ``journeys`` are in order and do not overlap. ``good_hours`` are when a meeting
    is no trouble: the further from them, the more it costs (``burden``); without any, every hour is good. ``rotates``
    is False for whoever cannot take a turn at an inconvenient hour: what would cost is then forbidden.

    ``language`` is a BCP 47 tag, ``media`` in order of preference, ``week_starts`` a weekday with Monday as 0,
    ``holidays`` the public holidays that bind (empty where policy ignores them), ``books`` whether one of their
    calendars takes our events.
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
    journeys: tuple[Journey, ...] = ()
    good_hours: tuple[Rule, ...] = ()
    rotates: bool = True

    @property
    def where(self) -> Whereabouts:
        """Where their clock is."""
        return Whereabouts(self.zone, self.journeys)

    def zone_at(self, moment: datetime) -> str:
        """IANA name of the zone they are in at an aware instant."""
        return self.where.zone_at(floor_minute(moment))
