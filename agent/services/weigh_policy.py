"""Holds a changed policy against the one taken in last: how many relationships it would leave without a slot.

One that was refused is not weighed again while the files stay as they are, and the last one stays in force. Only the
policy is weighed. What people change of their own hours and boundaries binds at once, whatever it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest

from agent import log
from agent.core import cadence
from agent.core.observation import Observed
from agent.core.relationships import Relationship, State
from agent.core.slots import search
from agent.services.find_slots import tell_unreadable
from agent.services.observe import Observer
from agent.services.pose_requests import next_due
from agent.services.programme import Programme
from agent.settings.errors import SettingsError
from agent.settings.shares import spoken
from agent.settings.values import Deployment
from agent.store import policies, relationships
from agent.store.engine import Store
from agent.store.policies import Refusal

MOST = 500
"""Relationships that are looked at, at the most; they stand for all."""

Passed = Callable[[int, int], None]
"""Told how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Of so many ``asked`` that have a slot under the policy ``before``, the new one leaves ``lost`` without."""

    asked: int
    lost: int
    limit: float

    @property
    def share(self) -> float:
        """What part of them loses its slots."""
        return self.lost / self.asked if self.asked else 0.0

    @property
    def too_many(self) -> bool:
        """Whether that is more than the new policy's ``refuse_above`` lets pass."""
        return self.share > self.limit

    def __str__(self) -> str:
        counted = f"{self.lost} of {self.asked} pairs and circles that have a time when their next meeting is due"
        return f"{counted} would have none then ({spoken(self.share)}, refuse_above: {spoken(self.limit)})"


class PolicyRefused(Exception):
    """A changed policy would leave too many without a slot. ``before`` is the deployment with the last one.

    ``since`` says when it was refused the first time, where that was not now.
    """

    def __init__(self, weighed: Weighed, before: Deployment, since: datetime | None = None) -> None:
        super().__init__(str(weighed))
        self.weighed = weighed
        self.before = before
        self.since = since


def taken_in(store: Store) -> str | None:
    """What the policy says that was taken in last, as JSON; None in a new store."""
    with store.look() as tx:
        return policies.in_force(tx)


def take_policy(
    programme: Programme,
    recall: Callable[[str], Deployment],
    *,
    accept: bool = False,
    passed: Passed = lambda _done, _all: None,
) -> None:
    """Take in the programme's policy, if it is another than the last; nothing is searched while it is the same.

    ``recall`` gives the deployment as it is now, with a policy that was taken in earlier. With ``accept`` whatever the
    policy does is taken in. Raises ``PolicyRefused``.
    """
    deployment = programme.deployment
    with programme.store.look() as tx:
        last, known = policies.in_force(tx), policies.refusal(tx)
    if deployment.policy == last and known is None:
        return
    if last not in {None, deployment.policy} and not accept:
        _weigh(programme, str(last), known, recall, passed)
    with programme.store.begin() as tx:
        policies.take(tx, deployment.policy)


def _weigh(
    programme: Programme, last: str, known: Refusal | None, recall: Callable[[str], Deployment], passed: Passed
) -> None:
    """Weigh it, unless that was done already with the same files. Raises ``PolicyRefused``, and keeps that it was."""
    deployment = programme.deployment
    try:
        before = recall(last)
    except SettingsError:
        log.logger().warning("policy not compared", why="the one taken in last no longer fits the other files")
        return
    if known is not None and (known.policy, known.roster) == (deployment.policy, deployment.roster):
        raise PolicyRefused(Weighed(known.asked, known.lost, known.limit), before, known.since)
    weighed = _weigh_against(programme, before, passed)
    if weighed.too_many:
        counted = (weighed.asked, weighed.lost, weighed.limit)
        with programme.store.begin() as tx:
            policies.refuse(tx, Refusal(deployment.policy, deployment.roster, *counted, programme.clock.now()))
        raise PolicyRefused(weighed, before)


def _weigh_against(programme: Programme, before: Deployment, passed: Passed) -> Weighed:
    now, horizon = programme.clock.now(), max(before.longest_horizon, programme.deployment.longest_horizon)
    observer = Observer(programme, now, now + 2 * horizon)
    weighed = weigh(programme, before, observer, passed)
    tell_unreadable(observer.notes)
    return weighed


def weigh(
    programme: Programme, before: Deployment, observer: Observer, passed: Passed = lambda _done, _all: None
) -> Weighed:
    """Look for everybody's next meeting under both policies, or for that of a fixed sample where there are many.

    Who is paused, or over, or has a calendar that cannot be read, counts on neither side.
    """
    names = _sample(name for name in programme.relationships if name in before.relationships)
    both = [(before.relationships[name], programme.relationships[name]) for name in names]
    states, asked, lost = read_states(programme, names), 0, 0
    for done, (pair, observed) in enumerate(zip(both, _looks(observer, both, programme.threads), strict=True), 1):
        old, new = (_has_slot(each, states[each.id], observed, observer.now) for each in pair)
        asked += old
        lost += old and not new
        passed(done, len(both))
    return Weighed(asked, lost, programme.deployment.refuse_above)


def _sample(names: Iterable[str]) -> list[str]:
    """The same ones every time, chosen by nothing that means anything."""
    return nsmallest(MOST, names, key=lambda name: sha256(name.encode()).digest())


def _looks(observer: Observer, both: Iterable[tuple[Relationship, Relationship]], threads: int) -> Iterator[Observed]:
    """See everybody, several at a time. Whatever is booked is in the way of the next meeting, their own as well."""
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda pair: observer.observe(pair[1], State()), both)


def read_states(programme: Programme, names: Iterable[str]) -> Mapping[str, State]:
    """Where each relationship stands; one without a row that can be read has not begun."""
    with programme.store.look() as tx:
        rows = {name: relationships.find(tx, name) for name in names}
    return {name: row.state if row else State() for name, row in rows.items()}


def _has_slot(relationship: Relationship, state: State, observed: Observed, now: datetime) -> bool:
    """Whether there is one for the next meeting when its time comes to be looked for, in calendars as they are now."""
    due = next_due(relationship, state, now)
    over = relationship.ends is not None and relationship.ends <= max(now, due)
    unread = any(observed.of(person.id).busy is None for person in relationship.people)
    if relationship.paused or over or unread:
        return False
    window = cadence.aim(due, relationship, max(now, cadence.look_from(due, relationship.policy))).window
    found = search(relationship, observed, window, ledger=state.ledger, avoided=state.avoided)
    return bool(found.starts.open)
