"""What a rehearsal leaves behind for people to look at, in one folder: page, journal, events and verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from agent.core.timespan import Run, covering, union
from agent.services.programme import Programme
from agent.simulation.judge import judge
from agent.simulation.page import Page, Rehearsal
from agent.simulation.weeks import Weeks
from agent.simulation.world import World


def write_exhibit(
    world: World, programme: Programme, start: datetime, journal: Sequence[dict[str, Any]], seconds: float
) -> dict[str, Any]:
    """Write everything about a programme that ran from ``start`` until now, and give the verdict on it.

    It is judged twice: once for the page to show, and then together with the page that shows it.
    """
    until = world.clock.now()
    lines = json.dumps({"entries": journal}, indent=2, ensure_ascii=False)
    (world.folder / "journal.json").write_text(lines + "\n", encoding="utf-8")
    _keep_events(world)
    search = [world.folder / name for name in ("journal.json", "attune.log")]
    target = world.folder / "index.html"
    verdict = judge(world, until, search)
    page = Page(_shown(world, programme, start, journal, verdict, seconds))
    page.write(target, verdict)
    verdict = judge(world, until, [*search, target])
    page.write(target, verdict)
    return verdict


def _keep_events(world: World) -> None:
    """Keep each of our events as it stands in each calendar."""
    for person in world.roll.people:
        folder = world.folder / "events" / person
        folder.mkdir(parents=True)
        for name, text in world.hands.meetings_of(person).items():
            (folder / name).write_text(text, encoding="utf-8", newline="")


def _shown(
    world: World,
    programme: Programme,
    start: datetime,
    journal: Sequence[dict[str, Any]],
    verdict: dict[str, Any],
    seconds: float,
) -> Rehearsal:
    return Rehearsal(
        programme=programme.deployment.programme,
        people=programme.people,
        relationships=programme.relationships,
        busy=_busy(programme, start, world.clock.now(), frozenset(each["uid"] for each in verdict["meetings"])),
        weeks=Weeks(start.date(), (world.clock.now() - start) // timedelta(weeks=1)),
        verdict=verdict,
        journal=journal,
        mails=world.mails,
        seconds=seconds,
    )


def _busy(programme: Programme, start: datetime, until: datetime, own: frozenset[str]) -> dict[str, Run]:
    """Everybody's busy time but for our own meetings, as their calendars stand now."""
    window = covering(start - timedelta(days=2), until + timedelta(days=2))
    if window is None:
        return dict.fromkeys(programme.people, ())
    return {
        person: union(
            block.span for calendar in programme.calendars[person] for block in calendar.read(window, own).busy
        )
        for person in programme.people
    }
