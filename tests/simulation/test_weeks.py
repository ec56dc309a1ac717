"""What the page draws: local days, both sides of a change of clocks, and where a meeting went."""

from __future__ import annotations

from datetime import UTC, date, datetime

from agent.core.boundaries import Boundary
from agent.core.people import Person
from agent.core.rules import Rule
from agent.core.timespan import Span, floor_minute
from agent.core.whereabouts import Whereabouts
from agent.simulation.lives import Life, lives
from agent.simulation.weeks import COLUMN, HOUR, Weeks, clock_changes, panels, wall_pieces

WEEKS = Weeks(date(2027, 3, 22), 2)


def minute(*moment: int) -> int:
    return floor_minute(datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type, misc]  # a date's parts


def person(name: str, zone: str) -> Person:
    """Somebody who is there from nine to five, but for an hour at noon."""
    return Person(
        name,
        name.title(),
        f"{name}@northwind.example",
        zone,
        availability=(Rule(start=9 * 60, end=17 * 60),),
        boundaries=(Boundary(Rule(start=12 * 60, end=13 * 60)),),
    )


def test_a_span_is_cut_at_midnight_and_where_clocks_change() -> None:
    span = Span(minute(2027, 3, 27, 23), minute(2027, 3, 28, 2))
    walls = [(piece.start % 1440, piece.minutes) for piece in wall_pieces(span, Whereabouts("Europe/Lisbon"))]
    assert walls == [(23 * 60, 60), (0, 60), (120, 60)]


def test_clock_changes_are_found_on_their_local_day() -> None:
    assert list(clock_changes(Whereabouts("Europe/Lisbon"), WEEKS)) == [(date(2027, 3, 28), 60)]
    assert list(clock_changes(Whereabouts("Pacific/Auckland"), WEEKS)) == [(date(2027, 4, 4), -60)]
    assert list(clock_changes(Whereabouts("Asia/Kolkata"), WEEKS)) == []


def test_rules_stand_still_in_their_owners_panel_and_what_is_common_jumps() -> None:
    people = (person("lis", "Europe/Lisbon"), person("map", "Africa/Maputo"))
    ours = panels(people, {"lis": (), "map": ()}, [], WEEKS)[0]
    nine = f"v{(12 - 9) * HOUR}"
    before, after = f"M{0 * COLUMN} {9 * HOUR}h{COLUMN}{nine}", f"M{7 * COLUMN} {9 * HOUR}h{COLUMN}{nine}"
    assert before in ours.paths["open"]
    assert after in ours.paths["open"]
    assert f"M0 {9 * HOUR}h{COLUMN}v{1 * HOUR}" in ours.paths["common"]
    assert f"M{7 * COLUMN} {9 * HOUR}h{COLUMN}v{2 * HOUR}" in ours.paths["common"]
    assert [(shift.label, shift.own) for shift in ours.shifts] == [("clocks +1 h", True)]


def test_a_meeting_that_moved_is_drawn_where_it_was_and_where_it_is() -> None:
    was, now = (
        Span(minute(2027, 3, 23, 10), minute(2027, 3, 23, 11)),
        Span(minute(2027, 3, 30, 10), minute(2027, 3, 30, 11)),
    )
    people = (person("lis", "Europe/Lisbon"), person("kol", "Asia/Kolkata"))
    life = Life("a", "pair", "held", now, (was,))
    drawn = [[(m.kind, m.x, m.y) for m in p.marks] for p in panels(people, {"lis": (), "kol": ()}, [life], WEEKS)]
    assert drawn[0] == [("left", COLUMN, 10 * HOUR), ("held", 8 * COLUMN, 11 * HOUR)]
    assert drawn[1] == [("left", COLUMN, 15.5 * HOUR), ("held", 8 * COLUMN, 15.5 * HOUR)]


def test_lives_are_told_in_the_order_in_which_they_began() -> None:
    def raw(uid: str, day: int, when: int | None) -> dict[str, object]:
        def ends(at: int) -> list[str]:
            return [f"2027-03-{at:02}T10:00:00Z", f"2027-03-{at:02}T11:00:00Z"]

        state = "held" if when else "called off"
        return {
            "uid": uid,
            "relationship": "pair",
            "state": state,
            "when": ends(when) if when else None,
            "announced": [ends(day)],
        }

    found = lives({"meetings": [raw("b", 9, 9), raw("c", 16, None), raw("a", 2, 23)]})["pair"]
    assert [(life.uid, life.state, len(life.left)) for life in found] == [
        ("a", "held", 1),
        ("b", "held", 0),
        ("c", "called off", 1),
    ]
