"""What the world says, reduced to what a decision may know: opaque busy time and the state of our own events."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from agent.core.timespan import Span


class Answer(StrEnum):
    """A participant's answer to an invitation (RFC 5545, section 3.2.12)."""

    NONE = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """An opaque interval of a calendar. ``hard`` blocks; otherwise it costs, as an unanswered invitation does."""

    span: Span
    hard: bool = True


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """One of our own events as it stands in a person's calendar now.

    ``answer`` is the calendar owner's own. ``etag`` and ``href`` are the provider's, for the next conditional write.
    """

    uid: str
    span: Span
    answer: Answer = Answer.NONE
    cancelled: bool = False
    sequence: int = 0
    etag: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one calendar over a window.

    ``busy`` leaves out our own events; ``own`` has those whose UID was asked for and found. ``dropped`` counts events
    lost because they could not be placed at all.
    """

    busy: tuple[Busy, ...] = ()
    own: tuple[OwnEvent, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another meeting of Attune's that a person has, in whichever relationship, with that one's buffers in minutes."""

    span: Span
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PersonObserved:
    """What is known of one person now.

    ``busy`` is None where a calendar could not be read: unknown is not free. ``delivered`` is the span of our event
    as it was last written into their calendar, None while it never was or a write is under way; only then do
    ``event`` (None: it is gone) and its differences mean anything. ``outdated`` says that their calendar still showed
    the event as it was before we wrote it: what has become of it is not known yet. ``misplaced`` says that it was
    written into a calendar that is not the one for our events any more.
    """

    busy: tuple[Busy, ...] | None = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    delivered: Span | None = None
    event: OwnEvent | None = None
    outdated: bool = False
    misplaced: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """The snapshot a decision is made on: person id to what is known of them."""

    people: dict[str, PersonObserved] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        """The highest revision that somebody's calendar shows of the booked meeting."""
        return max((known.event.sequence for known in self.people.values() if known.event is not None), default=0)

    @property
    def outdated(self) -> bool:
        """Whether somebody's calendar still showed the booked meeting as it was before we wrote it."""
        return any(known.outdated for known in self.people.values())

    def of(self, person: str) -> PersonObserved:
        """What is known of one person; someone never observed is unknown."""
        return self.people.get(person, PersonObserved(busy=None))
