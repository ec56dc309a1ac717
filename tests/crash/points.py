"""The points at which a process can die: before and after each commit and each call of a connector.

They are counted as they are passed, so that a new commit, or a new method of a connector's protocol, is one more point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from agent.store.engine import Store, Transaction


class Died(BaseException):
    """The process was killed here. No ``except Exception`` holds it up."""


@dataclass
class Points:
    """Counts the points a process passes, and kills it at some of them."""

    fatal: frozenset[int] = frozenset()
    passed: list[str] = field(default_factory=list)
    """What each was, in the order in which they were passed."""
    watch: Callable[[str], None] = lambda _: None
    """Told of each, while everything is as it would be found after a death there."""
    dead: bool = False

    def __call__(self, what: str) -> None:
        """Pass one more point. Whoever is dead already does nothing more while it unwinds."""
        if self.dead:
            raise Died
        self.passed.append(what)
        self.watch(what)
        if len(self.passed) in self.fatal:
            self.dead = True
            raise Died

    def revive(self) -> None:
        """Let the next process begin."""
        self.dead = False


class MortalStore(Store):
    """A store whose process can die before and after each commit."""

    def __init__(self, engine: sa.Engine, points: Points) -> None:
        super().__init__(engine)
        self._points = points

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with super().begin() as tx:
            yield tx
            self._points("before a commit")
        self._points("after a commit")


def mortal(target: Any, protocol: type, name: str, points: Points) -> Any:
    """A connector whose process can die before each call, and after the call took effect but before its answer."""
    methods = [each for each in dir(protocol) if not each.startswith("_") and callable(getattr(protocol, each))]
    watched = {each: _around(getattr(target, each), f"{each} of {name}", points) for each in methods}
    others = {each: getattr(target, each) for each in ("capabilities",) if hasattr(target, each)}
    return SimpleNamespace(**watched, **others)


def _around(call: Callable[..., Any], name: str, points: Points) -> Callable[..., Any]:
    @wraps(call)
    def watched(*arguments: Any, **named: Any) -> Any:
        points(f"before {name}")
        try:
            return call(*arguments, **named)
        finally:
            points(f"after {name}")

    return watched
