"""Lives a life once undisturbed, then goes on from what a process leaves that dies at each of its points.

Whoever comes after a death knows only what outlived it. So points between which nothing changed outside the process
are one case, and a life that has become like one that was lived to its end already need not be lived again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.lives import Life
from tests.crash.outcome import Outcome, again, outcome, prospects, trouble
from tests.crash.points import Points
from tests.crash.theatre import Snapshot, Theatre


@dataclass
class Case:
    """A state in which a process can die: in which act, at which points."""

    act: int
    state: Snapshot
    points: list[str]


@dataclass
class Calm:
    """An undisturbed life: every case, and how things stood after each act."""

    theatre: Theatre
    life: Life
    cases: list[Case] = field(default_factory=list)
    after: list[Outcome] = field(default_factory=list)
    known: set[tuple[int, object]] = field(default_factory=set)
    """Prospects after an act that, with the same outcome as here, are known to end well."""

    @property
    def points(self) -> int:
        return sum(len(case.points) for case in self.cases)


@dataclass(frozen=True)
class Ended:
    """What is wrong at the end of a life in which a process died; how many mails came again, how many not at all."""

    points: list[str]
    wrong: tuple[str, ...]
    resent: int
    given_up: int


def undisturbed(home: Path, life: Life) -> Calm:
    """Live it once and keep every state in which it can be interrupted."""
    calm = Calm(Theatre(home, life.cast()), life)
    for number, act in enumerate(life.acts):
        calm.theatre.points.watch = lambda what, number=number: _keep(calm, number, what)  # type: ignore[misc]  # bound
        calm.theatre.play(act)
        calm.after.append(outcome(calm.theatre, timely=life.timely))
        calm.known.add((number, prospects(calm.theatre)))
        assert not trouble(calm.theatre), trouble(calm.theatre)
    return calm


def _keep(calm: Calm, act: int, what: str) -> None:
    state = calm.theatre.snapshot()
    if calm.cases and (calm.cases[-1].act, calm.cases[-1].state) == (act, state):
        calm.cases[-1].points.append(what)
    else:
        calm.cases.append(Case(act, state, [what]))


def each_case(calm: Calm) -> Iterator[Ended]:
    """Die once, everywhere."""
    return (died(calm, case) for case in calm.cases)


def some_pairs(calm: Calm, seed: int, count: int) -> Iterator[Ended]:
    """Die twice, the second time while the next process takes over or soon after."""
    chance = random.Random(seed)
    return (died(calm, chance.choice(calm.cases), again_at=chance.randint(1, 30)) for _ in range(count))


def unwound(calm: Calm, act: int) -> Iterator[Ended]:
    """Die at each point of an act by an exception that nothing catches but the stage."""
    cases = [case for case in calm.cases if case.act == act]
    for number, what in enumerate((what for case in cases for what in case.points), start=1):
        calm.theatre.put_back(cases[0].state)
        calm.theatre.points = Points(frozenset({number}))
        yield _to_the_end(calm, act, [what])


def died(calm: Calm, case: Case, *, again_at: int | None = None) -> Ended:
    """Go on from what a death left behind; ``again_at`` points later, die again."""
    calm.theatre.put_back(case.state)
    calm.theatre.points = Points(frozenset({again_at} if again_at else ()))
    calm.theatre.restart()
    return _to_the_end(calm, case.act, case.points)


def _to_the_end(calm: Calm, act: int, points: list[str]) -> Ended:
    """Go on within an act, and live the others, unless it is known already what comes."""
    theatre = calm.theatre
    theatre.go_on()
    passed: list[tuple[int, object]] = []
    for number in range(act, len(calm.life.acts)):
        if number > act:
            theatre.play(calm.life.acts[number])
        now = outcome(theatre, timely=calm.life.timely)
        wrong = [*now.differences(calm.after[number]), *trouble(theatre)]
        passed.append((number, prospects(theatre)))
        if not wrong and passed[-1] in calm.known:
            break
    if not wrong:
        calm.known.update(passed)
    return Ended(points, tuple(wrong), again(theatre), len(now.given_up - calm.after[number].given_up))
