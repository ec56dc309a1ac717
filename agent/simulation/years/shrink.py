"""Makes a history that fails shorter, as long as it still fails in the same way: fewer pairs, weeks, faults and acts.

Lists are cut by delta debugging (Zeller and Hildebrandt, 2002): halves first, then ever smaller pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agent.simulation.years.history import History
from agent.simulation.years.judging.evidence import Finding
from agent.simulation.years.trial import Trial, attempt

Item = TypeVar("Item")


@dataclass
class Shrinker:
    """``budget`` is how many runs it may take; ``said`` hears of each history that still fails."""

    invariant: str
    budget: int
    run: Callable[[History], Trial] = attempt
    said: Callable[[History], None] = lambda _history: None
    best: Trial | None = None

    def shrink(self, failing: Trial) -> Trial:
        """Give the shortest that was found."""
        self.best = failing
        self._relationships(next(each for each in failing.findings if each.invariant == self.invariant))
        self._weeks()
        for name in ("kills", "faults", "acts"):
            self._list(name)
        self._weeks()
        return self.best

    @property
    def _history(self) -> History:
        assert self.best is not None  # noqa: S101  it begins with one that fails
        return self.best.history

    def _fails(self, history: History) -> bool:
        """Whether a shorter one still fails; it is the best then."""
        if self.budget <= 0:
            return False
        self.budget -= 1
        trial = self.run(history)
        if not any(each.invariant == self.invariant for each in trial.findings):
            return False
        self.best = trial
        self.said(history)
        return True

    def _relationships(self, finding: Finding) -> None:
        """Try the one that it is about, then with those who share people with it; else cut the list."""
        if finding.relationship and self._fails(self._history.only([finding.relationship])):
            return
        if finding.relationship and self._fails(self._history.only(neighbours(self._history, finding.relationship))):
            return
        for kept in self._cut(sorted(self._history.relationships)):
            self._fails(self._history.only(kept))

    def _weeks(self) -> None:
        low, high = 1, self._history.weeks
        while low < high:
            middle = (low + high) // 2
            if self._fails(self._history.shortened(middle)):
                high = middle
            else:
                low = middle + 1
            if self.budget <= 0:
                return

    def _list(self, name: str) -> None:
        if getattr(self._history, name) and self._fails(self._history.having(name, ())):
            return
        size = max(len(getattr(self._history, name)) // 2, 1)
        while self.budget > 0:
            items = getattr(self._history, name)
            shorter = any(
                self._fails(self._history.having(name, (*items[:first], *items[first + size :])))
                for first in range(0, len(items), size)
            )
            if not shorter and size == 1:
                return
            size = size if shorter else max(size // 2, 1)

    def _cut(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """Give halves, each of the best so far, until there is one or none of them fails."""
        while len(items) > 1 and self.budget > 0:
            half = len(items) // 2
            known = self.best
            for part in (items[:half], items[half:]):
                yield part
                if self.best is not known:
                    items = part
                    break
            else:
                return


def neighbours(history: History, relationship: str) -> set[str]:
    """A relationship with all that it could feel: whoever shares people with it, and so on."""
    found = {relationship}
    while True:
        people = {person for name in found for person in history.relationships[name]}
        wider = {name for name, theirs in history.relationships.items() if people.intersection(theirs)}
        if wider == found:
            return found
        found = wider
