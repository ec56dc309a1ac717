"""Lets a provider go wrong: each armed fault strikes the next call of its kind, and then is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from agent.simulation.years.deaths import Reaper
from agent.simulation.years.history import Fault
from agent.simulation.years.judging.evidence import Evidence, Trouble
from connectors.errors import (
    ConnectorError,
    ConsentRevoked,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Temporary,
    Unreadable,
)

AFTER = frozenset({"lost-after"})


@dataclass
class Line:
    """What lies between the loop and one person's provider. ``calm`` is when nothing goes wrong any more."""

    person: str
    faults: list[Fault]
    evidence: Evidence
    reaper: Reaper
    now: Callable[[], int]
    revoked_until: int = 0
    forgotten: int = 0
    _down_until: int = 0
    _struck: set[int] = field(default_factory=set)

    @contextmanager
    def call(self, on: str) -> Iterator[list[bool]]:
        """Make one call; what it yields says whether the answer will arrive. Raises what goes wrong."""
        self.reaper.step()
        fault = self._fault(on)
        if fault is not None and fault.kind not in AFTER:
            raise _error(fault, on)
        yield [fault is None]
        self.reaper.step()
        if fault is not None:
            raise OutcomeUnknown("the answer was lost")

    def _fault(self, on: str) -> Fault | None:
        now = self.now()
        if now < self.revoked_until and on != "mail":
            return self._noted(Fault(now, self.person, on, "revoked"))
        if now < self._down_until and on != "mail":
            return self._noted(Fault(now, self.person, on, "down"))
        if not self.faults or self.faults[0].at > now or now >= self.evidence.calm:
            return None
        for position, fault in enumerate(self.faults):
            if fault.at > now:
                break
            if fault.on in {on, "any"}:
                del self.faults[position]
                return self._begun(fault, now)
        return None

    def _begun(self, fault: Fault, now: int) -> Fault | None:
        if fault.kind == "forgotten":
            self.forgotten += 1
            return None
        if fault.kind == "outage":
            self._down_until = min(now + fault.amount, self.evidence.calm)
        return self._noted(fault)

    def _noted(self, fault: Fault) -> Fault:
        evidence = self.evidence
        evidence.troubles.append(Trouble(evidence.next(), self.now(), self.person, f"{fault.on} {fault.kind}"))
        return fault


def _error(fault: Fault, on: str) -> ConnectorError:
    """Give what a connector would raise: a write that went wrong half-way may have happened."""
    if fault.kind == "revoked":
        return ConsentRevoked("access was withdrawn")
    if fault.kind == "limited":
        return RateLimited("asked to wait", timedelta(minutes=fault.amount))
    if fault.kind == "refused":
        return Rejected("550 no such mailbox")
    if fault.kind == "garbled":
        return Unreadable("half an answer")
    if fault.kind == "lost-before" and on in {"write", "mail"}:
        return OutcomeUnknown("the connection broke")
    return Temporary("not now")


def of_person(faults: Iterable[Fault], *, mail: bool) -> dict[str, list[Fault]]:
    """Sort faults by whose they are: those of mail, or those of calendars."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        if (fault.on == "mail") is mail:
            found.setdefault(fault.person, []).append(fault)
    return found
