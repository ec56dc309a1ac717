"""Whose files count where several machines on one store have different ones: those that were changed last.

Without it they would undo each other's roster at every sweep. Who has older files does nothing until these change. The
same machine is never held to it: there the files are what somebody wants them to be.
"""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.core.zones import VERSION
from agent.store import marks
from agent.store.engine import Transaction

MARK = "roster-edition"
FILES = ("people.yaml", "policy.yaml")


class OlderFiles(Exception):
    """Another machine has files in force that were changed later than this one's."""


@dataclass(frozen=True, slots=True)
class Edition:
    """When the files were last ``changed``, to the microsecond, with which release of the zone ``rules``, and where."""

    changed: int
    rules: str
    host: str

    @classmethod
    def of(cls, home: Path) -> Edition:
        """Look at the files of a deployment as they are on this machine."""
        moments = [file.stat().st_mtime_ns // 1000 for name in FILES if (file := home / name).is_file()]
        return cls(max(moments, default=0), VERSION, socket.gethostname())

    def gives_way_to(self, other: Edition) -> bool:
        """Whether the other one counts; where neither was changed later, newer rules of time zones do."""
        return self.host != other.host and (self.changed, self.rules) < (other.changed, other.rules)


def claim(tx: Transaction, mine: Edition) -> None:
    """Have these files count from now on. Raises ``OlderFiles`` where others do."""
    other = in_force(tx)
    if other is not None and mine.gives_way_to(other):
        raise OlderFiles(older_than(other))
    marks.put(tx, MARK, json.dumps(asdict(mine)))


def in_force(tx: Transaction) -> Edition | None:
    """Give the edition that was taken in last, None where that is not known."""
    found = marks.get(tx, MARK)
    return None if found is None else Edition(**json.loads(found))


def older_than(other: Edition) -> str:
    """Say whose files count, and what to do."""
    changed = datetime.fromtimestamp(other.changed / 1_000_000, UTC)
    return (
        f"this machine has other files than {other.host}, whose were changed later ({changed:%Y-%m-%d %H:%M:%S} UTC);"
        " give both the same, or “touch people.yaml” where the right ones are"
    )
