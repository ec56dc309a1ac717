"""A campaign: meetings are created, moved and cancelled while Microsoft fails by a seed; what stands there is counted.

python -m tests.connectors.microsoft.faults --faults 10000 --seed 1
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from connectors.microsoft.calendar import GraphCalendar
from connectors.microsoft.scopes import WRITE
from tests.connectors.campaign import Campaign, Outcome
from tests.connectors.microsoft.keeping import MemoryKeep, granted
from tests.connectors.microsoft.owner import opened, titles
from tests.servers.microsoft.running import microsoft
from tests.servers.microsoft.stage import Person, Stage

ONE_IN = 3


@dataclass
class Mailbox:
    """Somebody with a mailbox, and a calendar opened on it."""

    stage: Stage
    seed: int
    keep: MemoryKeep = field(default_factory=MemoryKeep)
    person: Person = field(init=False)
    calendar: GraphCalendar = field(init=False)

    def __post_init__(self) -> None:
        self.person = self.stage.account()
        self.agree_again()
        self.calendar = opened(self.stage, self.person, self.keep, teams=True)
        self.stage.server.plan_faults(seed=self.seed, one_in=ONE_IN, methods=["event.*"])

    def agree_again(self) -> None:
        again = self.keep.secret is not None
        self.keep.take(granted(self.stage, self.person, WRITE, answers=("accept",)).payload)
        if again:
            self.calendar.close()
            self.calendar = opened(self.stage, self.person, self.keep, teams=True)

    def titles(self, uid: str) -> list[str]:
        return titles(self.stage, self.person, uid)

    def faults(self) -> list[str]:
        return [each["fault"] for each in self.stage.server.faults()]


def campaign(stage: Stage, *, faults: int, seed: int) -> Outcome:
    """Run one; the double is left without faults."""
    mailbox = Mailbox(stage, seed)
    try:
        return Campaign(mailbox, seed).run(faults)
    finally:
        mailbox.calendar.close()
        stage.server.plan_faults()


def main() -> None:
    """Run one from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        microsoft(Path(folder)) as server,
        httpx.Client(verify=server.trusted, trust_env=False) as client,
    ):
        print(campaign(Stage(server, client, "northwind.example").open(), faults=asked.faults, seed=asked.seed))
        server.assert_sound()


if __name__ == "__main__":
    main()
