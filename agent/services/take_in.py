"""Takes in who is in the programme: new and changed relationships are looked at, what is booked for nobody is off."""

from __future__ import annotations

from datetime import datetime

from agent.services.part_company import part_company
from agent.services.programme import Programme
from agent.store import calendars, marks, relationships

ROSTER = "roster"


def take_in(programme: Programme, now: datetime) -> bool:
    """Take the files' people in, once for each change of them; whether there was anything to take in."""
    wanted = programme.deployment.roster
    with programme.store.look() as tx:
        if marks.get(tx, ROSTER) == wanted:
            return False
    with programme.store.begin() as tx:
        relationships.synchronise(tx, programme.deployment.terms, now)
        calendars.synchronise(tx, {person: len(owned) for person, owned in programme.calendars.items()}, now)
    if part_company(programme, now):
        with programme.store.begin() as tx:
            marks.put(tx, ROSTER, wanted)
    return True
