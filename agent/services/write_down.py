"""Writes down what has finished: each thing whole, and only where it was still ours to do."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import nullcontext
from datetime import datetime, timedelta
from enum import Enum, auto

from agent.services import consider, deliver, notice
from agent.services.consider import Considered
from agent.services.deliver import Carried
from agent.services.notice import Asked
from agent.services.programme import Programme
from agent.store import relationships
from agent.store.engine import Transaction, nested
from agent.store.errors import Stale

A_WHILE = timedelta(minutes=1)
"""How long somebody waits about whom one decision led to the next, again and again."""


class Became(Enum):
    """What became of something that had finished."""

    RECORDED = auto()
    """It is written down; of a calendar: that it has changed."""
    SET_ASIDE = auto()
    """It failed, and that is written down."""
    NOTHING = auto()
    """There is nothing to write down: it is to be done anew, or nothing has changed."""
    LOST = auto()
    """Somebody else had taken it over meanwhile: what they do counts."""


Recorded = tuple[Asked | Considered | Carried, Became]


def write_down(
    tx: Transaction, programme: Programme, done: Sequence[object], now: datetime, hot: AbstractSet[str]
) -> list[Recorded]:
    """Record all of it, first of all whether it was still ours to do; give what became of each.

    ``hot`` are names of relationships that were decided so often that they are to wait a while before the next time.
    """
    considered = [each for each in done if isinstance(each, Considered)]
    carried = [each for each in done if isinstance(each, Carried)]
    ended = [each.held for each in (*considered, *carried)]
    ours = relationships.still_held(tx, ended) if ended else frozenset()
    recorded: list[Recorded] = [(each, _noted(tx, programme, each)) for each in done if isinstance(each, Asked)]
    recorded += _decided(tx, [each for each in considered if each.held.name in ours])
    recorded += _carried(tx, [each for each in carried if each.held.name in ours], now, hot)
    recorded += [(each, Became.LOST) for each in (*considered, *carried) if each.held.name not in ours]
    relationships.let_go(tx, ours)
    return recorded


def _noted(tx: Transaction, programme: Programme, asked: Asked) -> Became:
    return Became.RECORDED if notice.take_note(tx, programme, asked) else Became.NOTHING


def _decided(tx: Transaction, considered: Sequence[Considered]) -> list[Recorded]:
    became = {True: Became.RECORDED, False: Became.SET_ASIDE, None: Became.NOTHING}
    settled = consider.settle(tx, considered)
    return [(each, became[outcome]) for each, outcome in zip(considered, settled, strict=True)]


def _carried(tx: Transaction, carried: Sequence[Carried], now: datetime, hot: AbstractSet[str]) -> list[Recorded]:
    together = bool(carried) and _settled(tx, carried)
    for each in carried:
        if deliver.decide_again(each):
            name = each.held.name
            relationships.wake(tx, [name], now + A_WHILE if name in hot else now)
    return [(each, Became.RECORDED if together or _settled(tx, [each]) else Became.LOST) for each in carried]


def _settled(tx: Transaction, carried: Sequence[Carried]) -> bool:
    """Record these together or none of them; of one alone nothing is recorded before that it is ``Stale``."""
    try:
        with nested(tx) if len(carried) > 1 else nullcontext():
            deliver.settle(tx, carried)
    except Stale:
        return False
    return True
