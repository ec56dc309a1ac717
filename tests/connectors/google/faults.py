"""A campaign: meetings are created, moved and cancelled while Google fails by a seed; what stands there is counted.

python -m tests.connectors.google.faults --faults 10000 --seed 1
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent
from agent.core.timespan import DAY
from connectors.base import Stored
from connectors.errors import Conflict, ConsentRevoked, Missing, OutcomeUnknown, Temporary
from connectors.google.tokens import carried
from connectors.oauth import Secret
from tests.connectors.google.owner import NOW, keep_for, opened
from tests.contract.owners import ADDRESS, TEN, ZONE, invitation, known
from tests.servers.google.running import GoogleServer, google

ATTEMPTS = 40
ONE_IN = 3
A_ROUND = 200
"""Faults on one Google, before the next begins with an empty one: nothing is ever forgotten there."""

METHODS = ("calendar.*", "oauth2.token")


@dataclass
class Outcome:
    """What came of a campaign."""

    faults: Counter[str] = field(default_factory=Counter)
    meetings: int = 0
    duplicates: int = 0
    losses: int = 0
    stuck: int = 0
    grants: int = 0

    def add(self, other: Outcome) -> None:
        """Count another one in."""
        self.faults += other.faults
        for name in ("meetings", "duplicates", "losses", "stuck", "grants"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        hit = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.faults.total()} faults over {self.meetings} meetings, {self.grants} new grants: "
            f"{self.duplicates} duplicates, {self.losses} losses, {self.stuck} stuck\n{hit}"
        )


class Campaign:
    """One account, and whoever books in it as the services do: a lost answer is looked up before anything else.

    Who is ``careless`` books under another key instead, so that it is seen that the count counts.
    """

    def __init__(
        self, server: GoogleServer, seed: int, methods: tuple[str, ...] = METHODS, *, careless: bool = False
    ) -> None:
        self.outcome = Outcome()
        self._server = server
        self._seed = seed
        self._careless = careless
        server.begin(NOW, [{"email": ADDRESS, "name": "Example Mentor", "zone": ZONE}])
        self._keep = keep_for(server)
        self._calendar = opened(server, self._keep, meet=True)
        server.plan_faults(seed=seed, one_in=ONE_IN, methods=list(methods))

    def run(self, faults: int) -> Outcome:
        """Book one meeting after another until so many things have gone wrong."""
        while len(self._server.faults()) < faults:
            self._live(f"{self._seed:08x}{self.outcome.meetings:08x}@attune")
            self.outcome.meetings += 1
        self.outcome.faults = Counter(each["fault"] for each in self._server.faults())
        self._calendar.close()
        return self.outcome

    def _live(self, uid: str) -> None:
        """Create, move and cancel one meeting, and look at Google's own books after each."""
        first = invitation(uid=uid, start=TEN + self.outcome.meetings % 7 * DAY)
        later = invitation(uid=uid, sequence=1, start=first.span.start + DAY)
        event = self._carry_out(uid, first, lambda: self._calendar.create(first))
        if event is not None:
            event = self._carry_out(uid, later, partial(self._calendar.update, later, event))
        if event is not None:
            self._carry_out(uid, None, partial(self._calendar.remove, event))

    def _carry_out(self, uid: str, wanted: Invitation | None, first: Callable[[], Any]) -> OwnEvent | None:
        """Do something, and go on until it is so; give the event as it stands then."""
        done, stands = self._attempts(uid, wanted, first)
        self.outcome.stuck += int(not done)
        self._count(wanted)
        return stands

    def _attempts(
        self, uid: str, wanted: Invitation | None, attempt: Callable[[], Any]
    ) -> tuple[bool, OwnEvent | None]:
        for number in range(ATTEMPTS):
            try:
                stands = attempt()
            except ConsentRevoked:
                self._agree_again()
            except (Temporary, OutcomeUnknown, Conflict, Missing):
                pass
            else:
                return True, known(stands, wanted) if wanted and isinstance(stands, Stored) else stands

            def attempt(number: int = number) -> Any:
                return self._close_the_difference(uid, wanted, number)

        return False, None

    def _close_the_difference(self, uid: str, wanted: Invitation | None, number: int) -> Any:
        if self._careless and wanted:
            return self._calendar.create(replace(wanted, uid=f"{number}-{uid}"))
        found = self._calendar.find(uid)
        if wanted is None:
            return None if found is None else self._calendar.remove(found)
        if found is None:
            return self._calendar.create(wanted)
        if (found.span, found.sequence) == (wanted.span, wanted.sequence):
            return found
        return self._calendar.update(wanted, found)

    def _agree_again(self) -> None:
        """Let the person agree once more; the calendar of ours is carried over as whoever keeps grants has to."""
        fresh, old = keep_for(self._server).read(), self._keep.read()
        self._keep.secret = Secret(carried(old.payload, fresh.payload), old.version + 1)
        self.outcome.grants += 1

    def _count(self, wanted: Invitation | None) -> None:
        """Hold what stands, under whichever key, against the one meeting that there should be."""
        standing = [each["summary"] for each in self._server.events() if each["status"] != "cancelled"]
        self.outcome.duplicates += max(0, len(standing) - int(wanted is not None))
        self.outcome.losses += int(wanted is not None and wanted.summary not in standing)


def main() -> None:
    """Run one from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    total = Outcome()
    with tempfile.TemporaryDirectory() as folder, google(Path(folder)) as server:
        while (left := asked.faults - total.faults.total()) > 0:
            number = asked.seed * 10_000 + total.meetings
            total.add(Campaign(server, number).run(min(left, A_ROUND)))
            server.assert_sound()
            print(total, flush=True)


if __name__ == "__main__":
    main()
