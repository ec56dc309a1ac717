"""A history is plain data: the same for the same seed, the same once written and read, and it can be made shorter."""

from __future__ import annotations

import pytest

from agent.simulation.years.fate import HEAVY, NONE, draw_history
from agent.simulation.years.history import dump, load
from tests.simulation.years.scenes import scene


def test_the_same_seed_gives_the_same_history() -> None:
    """A failing seed that somebody reports can be seen by somebody else."""
    assert draw_history(7, 12, 6, HEAVY, {}) == draw_history(7, 12, 6, HEAVY, {})
    assert draw_history(7, 12, 6, HEAVY, {}) != draw_history(8, 12, 6, HEAVY, {})


def test_more_pairs_leave_those_there_are_as_they_were() -> None:
    few, many = draw_history(7, 5, 6, HEAVY, {}), draw_history(7, 9, 6, HEAVY, {})
    assert many.people[: len(few.people)] == few.people
    assert {act for act in many.acts if act.person in few.habits} == set(few.acts)


def test_what_is_written_is_read_again() -> None:
    history = draw_history(3, 6, 4, HEAVY, {"fairness": 0.2})
    assert load(dump(history)) == history


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 9}', '{"form": 1, "acts": 3}', '{"form": 1, "seed": 2}'])
def test_what_is_no_history_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="history"):
        load(text)


def test_without_faults_nothing_goes_wrong_but_people_live() -> None:
    history = draw_history(7, 12, 6, NONE, {})
    assert (history.faults, history.kills) == ((), ())
    assert history.acts


def test_the_last_week_is_calm() -> None:
    history = draw_history(7, 12, 6, HEAVY, {})
    moments = [act.at for act in history.acts] + [f.at for f in history.faults] + [kill.at for kill in history.kills]
    assert max(moments) < history.calm < history.end


def test_a_part_keeps_its_own_people_only() -> None:
    history = draw_history(7, 12, 6, HEAVY, {})
    name = next(iter(history.relationships))
    part = history.only([name])
    assert {person["id"] for person in part.people} == set(history.relationships[name])
    assert {act.person for act in part.acts} <= set(history.relationships[name])
    assert list(part.relationships) == [name]


def test_a_shorter_one_ends_earlier() -> None:
    shorter = scene(weeks=6).shortened(2)
    assert shorter.end - shorter.start == 2 * 7 * 24 * 60
