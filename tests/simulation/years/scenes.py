"""Short histories of one pair, written by hand, and what the judges say of them."""

from __future__ import annotations

from typing import Any

from agent.simulation.years.history import Act, Fault, History, Kill
from agent.simulation.years.trial import Trial, attempt

DAY, HOUR = 24 * 60, 60
START = 20850 * DAY
"""Monday 1 February 2027, 00:00 UTC."""

PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "id": "mentor-1",
        "name": "Example Mentor 1",
        "email": "mentor-1@people.example",
        "time_zone": "Europe/Lisbon",
        "calendars": [{"kind": "caldav", "url": "https://calendar.example/mentor-1/", "book": True}],
        "availability": [{"days": "mon-fri", "from": "08:00", "to": "18:00"}],
    },
    {
        "id": "mentee-1",
        "name": "Example Mentee 1",
        "email": "mentee-1@people.example",
        "time_zone": "Europe/Berlin",
        "calendars": [{"kind": "caldav", "url": "https://calendar.example/mentee-1/", "book": True}],
        "availability": [{"days": "mon-fri", "from": "08:00", "to": "20:00"}],
        "boundaries": [{"from": "09:00", "to": "15:30"}],
    },
)


def scene(
    *,
    weeks: int = 4,
    acts: tuple[Act, ...] = (),
    faults: tuple[Fault, ...] = (),
    kills: tuple[Kill, ...] = (),
    **more: Any,
) -> History:
    pair = {"id": "pair-1", "mentor": "mentor-1", "mentee": "mentee-1", "starts": "2027-02-05"}
    told: dict[str, Any] = {"seed": 1, "start": START, "policy": {}, "people": PEOPLE, "pairs": (pair,)}
    return History(**{**told, "weeks": weeks, "acts": acts, "faults": faults, "kills": kills, **more})


def played(**told: Any) -> Trial:
    return attempt(scene(**told))


def broken(trial: Trial) -> set[str]:
    return {finding.invariant for finding in trial.findings}
