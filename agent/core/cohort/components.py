"""Which relationships have anything to do with each other: the connected components of "shares a person"."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.cohort.problem import Request


def components(requests: Sequence[Request]) -> list[tuple[Request, ...]]:
    """Requests parted so that nobody is in two parts; each part by id, the parts by the first id in them.

    What comes out does not depend on the order in which the requests are given.
    """
    leader: dict[str, str] = {}

    def find(person: str) -> str:
        while leader.setdefault(person, person) != person:
            leader[person] = person = leader[leader[person]]
        return person

    for request in requests:
        for person in request.people[1:]:
            leader[find(person)] = find(request.people[0])
    parts: dict[str, list[Request]] = {}
    for request in sorted(requests, key=lambda each: each.id):
        parts.setdefault(find(request.people[0]), []).append(request)
    return [tuple(part) for part in parts.values()]
