"""Meetings are created, moved and cancelled while a provider fails by a seed; what stands in the end is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent
from agent.core.timespan import DAY
from connectors.base import CalendarWriter, Stored
from connectors.errors import Conflict, ConsentRevoked, Missing, OutcomeUnknown, Temporary
from tests.contract.owners import TEN, invitation, known

ATTEMPTS = 40


class Scene(Protocol):
    """One person's calendar at a provider that fails."""

    @property
    def calendar(self) -> CalendarWriter: ...

    def agree_again(self) -> None:
        """Let the person grant access anew."""
        ...

    def titles(self, uid: str) -> list[str]:
        """Title of each event that has this UID, by the provider's own books."""
        ...

    def faults(self) -> list[str]:
        """Kinds of the faults so far."""
        ...


@dataclass
class Outcome:
    """What came of a campaign."""

    faults: Counter[str] = field(default_factory=Counter)
    meetings: int = 0
    grants: int = 0
    duplicates: int = 0
    losses: int = 0
    stuck: int = 0

    @property
    def harm(self) -> tuple[int, int, int]:
        return self.duplicates, self.losses, self.stuck

    def __str__(self) -> str:
        hit = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.faults.total()} faults over {self.meetings} meetings, {self.grants} new grants: "
            f"{self.duplicates} duplicates, {self.losses} losses, {self.stuck} stuck\n{hit}"
        )


@dataclass
class Campaign:
    """Books as the services do: a lost answer is looked up before anything else. ``seed`` names the meetings."""

    scene: Scene
    seed: int
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, faults: int) -> Outcome:
        """Book meetings until so many things have gone wrong."""
        while len(self.scene.faults()) < faults:
            self._live(self.outcome.meetings)
            self.outcome.meetings += 1
        self.outcome.faults = Counter(self.scene.faults())
        return self.outcome

    def _live(self, number: int) -> None:
        """Create, move and cancel one meeting, and look at the provider's own books after each."""
        uid = f"{self.seed:08x}{number:08x}@attune"
        first = invitation(uid=uid, start=TEN + number % 7 * DAY)
        later = invitation(uid=uid, sequence=1, start=first.span.start + DAY)
        event = self._carry_out(first, lambda: known(self._calendar.create(first), first))
        self._count(uid, first)
        if event is None:
            return
        moved = self._carry_out(later, lambda: known(self._calendar.update(later, event), later))
        self._count(uid, later)
        if moved is None:
            return
        self._carry_out(None, lambda: self._calendar.remove(moved), uid)
        self._count(uid, None)

    @property
    def _calendar(self) -> CalendarWriter:
        return self.scene.calendar

    def _carry_out(
        self, wanted: Invitation | None, first: Callable[[], OwnEvent | None], uid: str = ""
    ) -> OwnEvent | None:
        attempt = first
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except ConsentRevoked:
                self.scene.agree_again()
                self.outcome.grants += 1
            except (Temporary, OutcomeUnknown, Conflict, Missing):
                pass
            attempt = lambda: self._close_the_difference(wanted, uid)  # noqa: E731
        self.outcome.stuck += 1
        return None

    def _close_the_difference(self, wanted: Invitation | None, uid: str) -> OwnEvent | None:
        found = self._calendar.find(wanted.uid if wanted else uid)
        if wanted is None:
            if found is not None:
                self._calendar.remove(found)
            return None
        stored: Stored
        if found is None:
            stored = self._calendar.create(wanted)
        elif (found.span, found.sequence) == (wanted.span, wanted.sequence):
            return found
        else:
            stored = self._calendar.update(wanted, found)
        return known(stored, wanted)

    def _count(self, uid: str, wanted: Invitation | None) -> None:
        standing = self.scene.titles(uid)
        self.outcome.duplicates += max(0, len(standing) - (wanted is not None))
        self.outcome.losses += int(wanted is not None and wanted.summary not in standing)
