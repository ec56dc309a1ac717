"""What one policy says otherwise than another, key by key, as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A key of policy.yaml, such as ``cadence.every``: what it says before and after, None where it is left out."""

    key: str
    before: object
    after: object


def changed_terms(before: str, after: str) -> tuple[Term, ...]:
    """What is different between two policies, each as JSON, by key."""
    old, new = (dict(_leaves(json.loads(said))) for said in (before, after))
    each = (Term(key, old.get(key), new.get(key)) for key in sorted({*old, *new}))
    return tuple(term for term in each if term.before != term.after)


def _leaves(said: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Every key with a value that is no group of keys; a list is one value."""
    for key, value in said.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
