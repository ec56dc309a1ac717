"""Says why a relationship can, or cannot, meet as things stand now, to the operator or to one participant."""

from __future__ import annotations

from datetime import datetime

from agent.core.explanation import Explanation, overall, seen
from agent.core.inquiry import Inquiry
from agent.core.relationships import Relationship
from agent.services.find_slots import look, seek
from agent.services.programme import Programme


def inquire(
    programme: Programme, relationship: Relationship, first: datetime | None = None, end: datetime | None = None
) -> Inquiry:
    """Ask from ``first`` to ``end`` where one is given, as ``find_slots`` does; aware UTC.

    Otherwise ask where the next meeting is looked for, or where that is not in sight yet, over the whole horizon.
    """
    now = programme.clock.now()
    state, observed = look(programme, relationship, now, until=end)
    asked = Inquiry(relationship, observed, state, now, first=first, end=end)
    if first is None and end is None:
        aimed = seek(relationship, state, observed, now)
        return aimed if aimed.window(relationship) else asked
    return asked


def explain_search(inquiry: Inquiry, viewer: str | None) -> Explanation:
    """Explain what was asked to one of the relationship's people, or to the operator where none is named."""
    return overall(inquiry) if viewer is None else seen(inquiry.view(viewer))
