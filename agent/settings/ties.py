"""Who is with whom, as far as it can be said without making anybody's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from agent.core.relationships import Relationship


@dataclass(frozen=True)
class Ties:
    """Ids: ``bonds_of`` gives those of somebody's relationships, ``members`` those of its people, the mentor's first.

    Both are empty where there is no such person, or no such relationship. ``owned`` says how many calendars each person
    has. ``horizon`` is how far ahead anybody books.
    ``digest`` is another wherever anybody is with others, on other terms, or has other calendars.
    """

    bonds_of: Callable[[str], tuple[str, ...]]
    members: Callable[[str], tuple[str, ...]]
    owned: Mapping[str, int]
    horizon: timedelta
    digest: str


def ties_of(
    relationships: Mapping[str, Relationship], terms: Mapping[str, str], calendars: Mapping[str, Sized]
) -> Ties:
    """Give the ties of relationships that are at hand."""
    together = {name: tuple(person.id for person in each.people) for name, each in relationships.items()}
    bonds: dict[str, tuple[str, ...]] = {}
    for name, people in together.items():
        for person in people:
            bonds[person] = (*bonds.get(person, ()), name)
    owned = {person: len(each) for person, each in calendars.items()}
    whole = (sorted(together.items()), sorted(terms.items()), sorted(owned.items()))
    return Ties(
        bonds_of=lambda person: bonds.get(person, ()),
        members=lambda name: together.get(name, ()),
        owned=owned,
        horizon=max((each.policy.horizon for each in relationships.values()), default=timedelta()),
        digest=sha256(repr(whole).encode()).hexdigest(),
    )
