"""When a relationship could meet, as a question that can be asked again with one thing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core import cadence
from agent.core.observation import Observed
from agent.core.policy import Policy
from agent.core.relationships import Relationship, State
from agent.core.slots import Search, search, starts_window
from agent.core.timespan import Span
from agent.core.view import View, view

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a search is made from. Instants are aware UTC.

    Where ``due`` is given, the window is that in which a meeting due then is looked for; otherwise it goes from
    ``first`` to ``end``, or to the horizon where that is None.
    """

    relationship: Relationship
    observed: Observed
    state: State
    now: datetime
    due: datetime | None = None
    first: datetime | None = None
    end: datetime | None = None

    def window(self, relationship: Relationship) -> Span | None:
        """Minutes in which a start of this relationship, or of it with something changed, is asked for."""
        if self.due is not None:
            return cadence.aim(self.due, relationship, self.now).window
        return starts_window(self.now, relationship, self.first or self.now, self.end)

    @property
    def within(self) -> datetime | None:
        """When what was asked for comes within the horizon; None where it has, or something else closes it."""
        return self._within(self.relationship)

    def _within(self, relationship: Relationship) -> datetime | None:
        first, policy = self.first, relationship.policy
        if self.due is not None:
            first = max(self.due - policy.cadence.window, relationship.starts or self.now)
        if first is None or first <= self.now + policy.notice or self.window(relationship) is not None:
            return None
        return first - policy.horizon

    @property
    def booked(self) -> Span | None:
        """When the meeting is that is booked already."""
        return self.state.meeting.span if self.state.meeting else None

    def search(self, relationship: Relationship | None = None) -> Search:
        """Ask it, of the relationship as it is or as it might be."""
        asked = relationship or self.relationship
        window, beyond = self.window(asked), self._within(asked) is not None
        found = search(asked, self.observed, window, ledger=self.state.ledger, avoided=self.state.avoided)
        return replace(found, beyond=beyond)

    def view(self, viewer: str) -> View:
        """Give the search as one participant may see it."""
        horizon = wider = None
        if self.due is not None:
            horizon = starts_window(self.now, self.relationship, self.now, None)
            wider = self.window(replace(self.relationship, policy=widened(self.relationship.policy)))
        return replace(view(self.search(), viewer, horizon, wider), within=self.within, booked=self.booked)


def widened(policy: Policy) -> Policy:
    """The policy with a cadence window that is a day longer on either side."""
    return replace(policy, cadence=replace(policy.cadence, window=policy.cadence.window + DAY))
