"""Which policy is in force, and whether the one that policy.yaml says was refused: marks of the store as a whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from agent.store import marks
from agent.store.engine import Transaction

IN_FORCE, REFUSED = "policy", "policy-refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A changed ``policy``, as JSON, that was weighed with a ``roster`` and is not in force.

    Of so many ``asked`` it would leave ``lost`` without a slot, which is more than the share ``limit``.
    """

    policy: str
    roster: str
    asked: int
    lost: int
    limit: float
    since: datetime


def in_force(tx: Transaction) -> str | None:
    """What the policy says that was taken in last, as JSON; None in a new store."""
    return marks.get(tx, IN_FORCE)


def take(tx: Transaction, policy: str) -> None:
    """Put a policy in force; what was refused before is of no account any more."""
    marks.alone(tx, IN_FORCE)
    marks.put(tx, IN_FORCE, policy)
    marks.remove(tx, REFUSED)


def refusal(tx: Transaction) -> Refusal | None:
    """What was refused last and not taken in since, None where nothing was."""
    found = marks.get(tx, REFUSED)
    if found is None:
        return None
    told = json.loads(found)
    return Refusal(**told | {"since": datetime.fromisoformat(told["since"])})


def refuse(tx: Transaction, refused: Refusal) -> None:
    """Keep what was refused."""
    marks.alone(tx, IN_FORCE)
    marks.put(tx, REFUSED, json.dumps(asdict(refused) | {"since": refused.since.isoformat()}))
