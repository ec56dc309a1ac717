"""Who is where while a plan is played: what each decision leads to is seen by the next, and by nobody outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from agent.core.draft import Decision
from agent.core.layers import Shape
from agent.core.observation import Elsewhere, Observed, PersonObserved
from agent.core.relationships import MeetingStatus, Relationship, State
from agent.core.timespan import DAY, Span, floor_minute
from agent.services.observe import MARGIN, Observer
from agent.store import meetings

ALL_TIME = 100 * 366 * DAY
"""Minutes: no meeting is further ahead."""

Key = tuple[str, int]
"""A relationship, and the number of a meeting of it."""


@dataclass
class World:
    """A programme as it stands, to be played on: states, calendars as they were read once, and everybody's meetings.

    What people did to our own event in a calendar counts for the first decision only: it is an answer to that.
    """

    states: dict[str, State]
    seen: Mapping[str, Observed]
    engaged: dict[str, dict[Key, Elsewhere]]
    _answered: set[str] = field(default_factory=set)

    def observed(self, relationship: Relationship) -> Observed:
        """Give the snapshot that the next decision about a relationship is made on."""
        meeting, seen = self.states[relationship.id].meeting, self.seen[relationship.id]
        own = (relationship.id, meeting.number) if meeting else None
        people: dict[str, PersonObserved] = {}
        for person in relationship.people:
            known, held = seen.of(person.id), self.engaged.get(person.id, {})
            elsewhere = tuple(each for key, each in held.items() if key != own)
            answered = relationship.id in self._answered
            people[person.id] = (
                PersonObserved(known.busy, elsewhere) if answered else replace(known, elsewhere=elsewhere)
            )
        return Observed(people)

    def take(self, relationship: Relationship, decision: Decision) -> None:
        """Let what was decided be so."""
        shape = Shape.of(relationship)
        self.states[relationship.id] = decision.state
        self._answered.add(relationship.id)
        for meeting in decision.meetings:
            key, held = (relationship.id, meeting.number), meeting.status is not MeetingStatus.CANCELLED
            for person in relationship.people:
                self.engaged.setdefault(person.id, {}).pop(key, None)
                if held:
                    self.engaged[person.id][key] = Elsewhere(meeting.span, shape.before, shape.after)


def look(
    observer: Observer,
    relationships: Iterable[Relationship],
    states: Mapping[str, State],
    passed: Callable[[int, int], None],
) -> World:
    """Read everybody's calendars, several at a time; changes nothing."""
    wanted, programme, seen = list(relationships), observer.programme, dict[str, Observed]()
    with ThreadPoolExecutor(programme.threads) as pool:
        looks = pool.map(lambda each: observer.observe(each, states[each.id]), wanted)
        for done, (each, observed) in enumerate(zip(wanted, looks, strict=True), 1):
            seen[each.id] = observed
            passed(done, len(wanted))
    start = floor_minute(observer.now) - MARGIN
    with programme.store.look() as tx:
        engaged = {
            person: {
                (each.relationship, each.number): Elsewhere(each.span, each.before, each.after)
                for each in meetings.of_people(tx, [person], Span(start, start + ALL_TIME))[person]
            }
            for person in {person.id for each in wanted for person in each.people}
        }
    return World(dict(states), seen, engaged)
