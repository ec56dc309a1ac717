"""The world of the demo: its people act on their own calendars, and its files are those of a real deployment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli import run
from agent.resources import data_dir
from agent.simulation.drive import drive
from agent.simulation.outside.appointments import attendees, components, stretch_of
from agent.simulation.script import Act, read_script
from agent.simulation.world import World, resources
from tests.simulation.planted import BOOKED, MENTEE, MENTOR, START, UID, Planted

NOW = BOOKED + timedelta(days=1)


def act(kind: str, **more: object) -> Act:
    """Something that the mentee does to pair-2's next meeting."""
    return Act(id="act", at=NOW, kind=kind, person=MENTEE, relationship="pair-2", **more)  # type: ignore[arg-type]  # a test's own words


def test_the_shipped_deployment_is_free_of_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", str(data_dir("config") / "demo")]) == 0
    assert capsys.readouterr().out == "5 people, 3 pairs, 1 circle: no mistakes, 5 warnings\n"


def test_the_script_holds_every_kind_of_act() -> None:
    script = read_script(data_dir("config") / "demo" / "acts.yaml")
    assert {each.kind for each in script} == {"conflict", "decline", "delete", "move", "spoil"}
    assert script == sorted(script, key=lambda each: each.at)


def test_a_calendar_is_cut_into_one_resource_for_each_uid() -> None:
    whole = (data_dir("config") / "demo/booking/mentor-1.ics").read_text(encoding="utf-8")
    cut = resources(whole)
    assert {len({str(event["UID"]) for event in components(text)}) for text in cut.values()} == {1}
    assert len(components(cut["board-1"])) == 2


def test_a_conflict_is_an_appointment_of_their_own_at_the_same_time(planted: Planted) -> None:
    record = planted.world.hands.perform(act("conflict", title="hospital"), NOW)
    assert record is not None
    assert record["uid"] == UID
    items = planted.world.hands.collections[MENTEE].items()
    added = next(components(item.text)[0] for item in items if item.href.endswith("/act.ics"))
    assert stretch_of(added, "UTC").start == START
    planted.delete(MENTEE, "act.ics")


def test_a_decline_changes_their_own_answer_only(planted: Planted) -> None:
    planted.world.hands.perform(act("decline"), NOW)
    text = planted.world.hands.meetings_of(MENTEE)["planted.ics"]
    assert attendees(components(text)[0]) == {
        f"{MENTOR}@northwind.example": "ACCEPTED",
        f"{MENTEE}@northwind.example": "DECLINED",
    }


def test_a_move_shifts_both_ends(planted: Planted) -> None:
    record = planted.world.hands.perform(act("move", by=timedelta(minutes=60)), NOW)
    moved = stretch_of(components(planted.world.hands.meetings_of(MENTEE)["planted.ics"])[0], "UTC")
    assert moved.start == START + timedelta(hours=1)
    assert moved.end - moved.start == timedelta(minutes=45)
    assert record is not None
    assert record["to"][0] == moved.start.isoformat()


def test_a_deletion_is_in_their_own_calendar_only(planted: Planted) -> None:
    planted.world.hands.perform(act("delete"), NOW)
    assert not planted.world.hands.meetings_of(MENTEE)
    assert planted.world.hands.meetings_of(MENTOR)


@pytest.mark.parametrize("ahead", [timedelta(days=9), timedelta(days=30)])
def test_nobody_acts_on_a_meeting_that_is_not_there_yet(planted: Planted, ahead: timedelta) -> None:
    assert planted.world.hands.perform(act("delete", ahead=ahead), NOW) is None


def test_a_spoilt_file_is_whole_again_afterwards(planted: Planted) -> None:
    file = planted.world.home / "calendars" / "mentee-2-team.ics"
    before = file.read_bytes()
    spoil = act("spoil", file="calendars/mentee-2-team.ics", until=NOW + timedelta(days=14))
    planted.world.hands.perform(spoil, NOW)
    assert b"BEGIN:VCALENDAR" not in file.read_bytes()
    planted.world.hands.mend(spoil)
    assert file.read_bytes() == before


class Recorder:
    """A programme that has something to do at given moments, and notes when it is asked."""

    def __init__(self, world: World, due: list[datetime]) -> None:
        self._world = world
        self._due = due
        self.swept: list[datetime] = []

    def sweep(self) -> None:
        self.swept.append(self._world.clock.now())

    def next_wake(self) -> datetime | None:
        return self._due.pop(0) if self._due else None


def test_time_jumps_from_one_moment_to_the_next_and_never_stands_still(tmp_path: Path) -> None:
    """A programme that is due for ever must not keep the clock from reaching its end."""
    start = datetime(2027, 2, 1, tzinfo=UTC)
    world = World.create(tmp_path, start)
    programme = Recorder(world, [start + timedelta(hours=3), start, start + timedelta(days=9)])
    drive(world, programme, start + timedelta(days=1), lambda _now: None)
    assert programme.swept == [start, start + timedelta(hours=3), start + timedelta(hours=3, minutes=1)]
    assert world.clock.now() == start + timedelta(days=1)
