"""A history: everything that is going to happen to a made-up programme, drawn up front and written down as plain data.

The same history run twice gives the same, byte for byte. One that fails can be kept, replayed, and made shorter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

FORM = 1
WEEK = 7 * 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person does at a UTC minute. What ``amount`` means depends on the kind (``crowd``)."""

    at: int
    person: str
    kind: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a provider does wrong: from a minute on, once, to the next call of the kind named in ``on``.

    ``person`` is whose calendar, or whose mail. ``amount`` are minutes, where it lasts.
    """

    at: int
    person: str
    on: str
    kind: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Kill:
    """The process dies at its so-many-th step from a minute on, and is started again so many minutes later."""

    at: int
    step: int
    down: int = 0


@dataclass(frozen=True)
class History:
    """``people``, ``pairs``, ``circles`` and ``policy`` are as in a deployment's files; instants are UTC minutes.

    ``habits`` are what keeps each person busy week by week: weekday, local minute, length. ``lag`` is how many minutes
    a person's calendar takes to show what its owner did. ``calm`` is when people, providers and killers come to rest.
    """

    seed: int
    start: int
    weeks: int
    policy: dict[str, Any]
    people: tuple[dict[str, Any], ...]
    pairs: tuple[dict[str, Any], ...]
    circles: tuple[dict[str, Any], ...] = ()
    habits: dict[str, list[list[int]]] = field(default_factory=dict)
    lag: dict[str, int] = field(default_factory=dict)
    loose: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    faults: tuple[Fault, ...] = ()
    kills: tuple[Kill, ...] = ()

    @property
    def end(self) -> int:
        """The minute at which it is over."""
        return self.start + self.weeks * WEEK

    @property
    def calm(self) -> int:
        """The minute from which nothing goes wrong any more: the last week, or the last half of a short history."""
        return self.end - min(WEEK, self.weeks * WEEK // 2)

    @property
    def relationships(self) -> dict[str, tuple[str, ...]]:
        """Who belongs to each pair and circle, the mentor first."""
        pairs = {each["id"]: (each["mentor"], each["mentee"]) for each in self.pairs}
        return pairs | {each["id"]: (each["mentor"], *each["mentees"]) for each in self.circles}

    def only(self, relationships: Iterable[str]) -> History:
        """The same with these relationships alone, and the people in them."""
        kept = frozenset(relationships)
        people = {person for name in kept for person in self.relationships[name]}
        return replace(
            self,
            people=tuple(each for each in self.people if each["id"] in people),
            pairs=tuple(each for each in self.pairs if each["id"] in kept),
            circles=tuple(each for each in self.circles if each["id"] in kept),
            habits={name: found for name, found in self.habits.items() if name in people},
            lag={name: found for name, found in self.lag.items() if name in people},
            loose=tuple(name for name in self.loose if name in people),
            acts=tuple(each for each in self.acts if each.person in people),
            faults=tuple(each for each in self.faults if each.person in people),
        )

    def having(self, name: str, items: Iterable[Act | Fault | Kill]) -> History:
        """The same with these instead of its ``acts``, ``faults`` or ``kills``."""
        return replace(self, **{name: tuple(items)})  # type: ignore[arg-type]  # one of the three lists

    def shortened(self, weeks: int) -> History:
        """The same, over after so many weeks."""
        return replace(self, weeks=weeks).settled()

    def settled(self) -> History:
        """The same without whatever would fall into its calm."""
        return replace(
            self,
            acts=tuple(each for each in self.acts if each.at < self.calm),
            faults=tuple(each for each in self.faults if each.at < self.calm),
            kills=tuple(each for each in self.kills if each.at < self.calm),
        )


def dump(history: History) -> str:
    """Give its text; equal histories give equal text."""
    found = {"form": FORM, **asdict(history)}
    return json.dumps(found, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> History:
    """Give the history of a text. Raises ``ValueError``, which says what is wrong, where it is none."""
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "it"
        raise ValueError(f"this is not a whole history that the simulator has written: {where} is not JSON") from error
    if not isinstance(found, dict) or found.keys() - {"form"} != {each.name for each in fields(History)}:
        raise ValueError("this is not a history that the simulator has written")
    if (form := found.pop("form", None)) != FORM:
        raise ValueError(f"this is a history in the form {form}, and this program knows {FORM}")
    try:
        return _SHAPE.validate_json(json.dumps(found), strict=True)
    except ValidationError as error:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.errors()[0]["loc"])
        raise ValueError(f"this is not a history that the simulator has written, at {place.lstrip('.')}") from error


_SHAPE = TypeAdapter(History)
