"""A campaign: meetings are created, moved and cancelled while Google fails by a seed; what stands there is counted.

python -m tests.connectors.google.faults --faults 10000 --seed 1
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent
from agent.core.timespan import DAY
from connectors.errors import Conflict, ConsentRevoked, Missing, OutcomeUnknown, Temporary
from connectors.google.calendar import GoogleCalendar
from connectors.google.tokens import carried
from connectors.google.wire import event_id
from connectors.oauth import Secret
from tests.connectors.google.owner import NOW, MemoryKeep, keep_for, opened
from tests.contract.owners import ADDRESS, TEN, ZONE, invitation, known
from tests.servers.google.running import GoogleServer, google

ATTEMPTS = 40
ONE_IN = 3


@dataclass
class Outcome:
    """What came of a campaign."""

    faults: Counter[str] = field(default_factory=Counter)
    meetings: int = 0
    duplicates: int = 0
    losses: int = 0
    stuck: int = 0
    grants: int = 0

    def __str__(self) -> str:
        hit = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.faults.total()} faults over {self.meetings} meetings, {self.grants} new grants: "
            f"{self.duplicates} duplicates, {self.losses} losses, {self.stuck} stuck\n{hit}"
        )


@dataclass
class Campaign:
    """One account, and whoever books in it as the services do: a lost answer is looked up before anything else."""

    server: GoogleServer
    seed: int
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        self.server.begin(NOW, [{"email": ADDRESS, "name": "Example Mentor", "zone": ZONE}])
        self.keep: MemoryKeep = keep_for(self.server)
        self.calendar: GoogleCalendar = opened(self.server, self.keep, meet=True)
        self.server.plan_faults(
            seed=self.seed, one_in=ONE_IN, methods=["calendar.events.*", "calendar.calendars.*", "oauth2.token"]
        )

    def run(self, faults: int) -> Outcome:
        """Book meetings until so many things have gone wrong."""
        while len(self.server.faults()) < faults:
            self._live(self.outcome.meetings)
            self.outcome.meetings += 1
        self.outcome.faults = Counter(each["fault"] for each in self.server.faults())
        self.calendar.close()
        return self.outcome

    def _live(self, number: int) -> None:
        """Create, move and cancel one meeting, and look at Google's own books after each."""
        uid = f"{self.seed:08x}{number:08x}@attune"
        first = invitation(uid=uid, start=TEN + number % 7 * DAY)
        event = self._carry_out(uid, first, lambda: self.calendar.create(first), None)
        self._count(uid, first)
        later = invitation(uid=uid, sequence=1, start=first.span.start + DAY)
        if event is not None:
            before = event
            event = self._carry_out(uid, later, lambda: self.calendar.update(later, before), before)
            self._count(uid, later)
        if event is not None:
            last = event
            self._carry_out(uid, None, lambda: self.calendar.remove(last), last)
            self._count(uid, None)

    def _carry_out(
        self, uid: str, wanted: Invitation | None, first: Callable[[], Any], _event: OwnEvent | None
    ) -> OwnEvent | None:
        attempt = first
        for _ in range(ATTEMPTS):
            try:
                stored = attempt()
            except ConsentRevoked:
                self._agree_again()
            except (Temporary, OutcomeUnknown, Conflict, Missing):
                pass
            else:
                if stored is None or isinstance(stored, OwnEvent):
                    return stored
                assert wanted is not None
                return known(stored, wanted)
            attempt = lambda: self._close_the_difference(uid, wanted)  # noqa: E731
        self.outcome.stuck += 1
        return None

    def _close_the_difference(self, uid: str, wanted: Invitation | None) -> Any:
        found = self.calendar.find(uid)
        if wanted is None:
            return None if found is None else self.calendar.remove(found)
        if found is None:
            return self.calendar.create(wanted)
        if (found.span, found.sequence) == (wanted.span, wanted.sequence):
            return found
        return self.calendar.update(wanted, found)

    def _agree_again(self) -> None:
        """Let the person agree once more; the calendar of ours is carried over as whoever keeps grants has to."""
        fresh = keep_for(self.server).read()
        old = self.keep.read()
        self.keep.secret = Secret(carried(old.payload, fresh.payload), old.version + 1)
        self.outcome.grants += 1

    def _count(self, uid: str, wanted: Invitation | None) -> None:
        standing = [each for each in self.server.events() if each["id"] == event_id(uid)]
        standing = [each for each in standing if each["status"] != "cancelled"]
        self.outcome.duplicates += max(0, len(standing) - (wanted is not None))
        right = [each for each in standing if wanted and each["summary"] == wanted.summary]
        self.outcome.losses += int(wanted is not None and not right)


def main() -> None:
    """Run one from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, google(Path(folder)) as server:
        print(Campaign(server, asked.seed).run(asked.faults))
        server.assert_sound()


if __name__ == "__main__":
    main()
