"""The week is shown as a picture, a table and words that say the same, and the obstacles give their figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from agent.core.explain import Reason
from agent.core.explanation import Explanation, seen
from agent.core.observation import PersonObserved
from agent.core.relax import Change, Relaxation
from agent.core.rules import Rule
from agent.core.view import Opaque
from agent.core.weekmap import Cell, WeekMap
from agent.mail import compose, week
from agent.mail.languages import available, language
from agent.mail.obstacles import asked, best, length, obstacles
from tests.mail import letters

ENGLISH = language("en")


def of(relationship_: str = "pair") -> WeekMap:
    relationship, reader = (
        (letters.pair(), letters.MENTOR) if relationship_ == "pair" else (letters.circle(), letters.SECOND)
    )
    found = seen(letters.seen(relationship, reader)).week
    assert found is not None
    return found


def empty() -> WeekMap:
    return WeekMap("UTC", (), date(2027, 3, 1), date(2027, 3, 7), tuple(range(7)), ((Cell(0, 1),) * 7,) * 24, ())


def test_words_name_each_weekdays_hours_and_on_how_many_days() -> None:
    said = week.words(of(), ENGLISH)
    assert said.startswith("From 1 Mar 2027 to 12 Apr 2027: Mon 09:00 to 12:00 (3 of 6); Mon 13:00 to 17:00 (3 of 6);")
    assert "Sat" not in said
    assert week.words(empty(), ENGLISH) == "From 1 Mar 2027 to 7 Mar 2027 there is no such hour."


def test_an_hour_that_is_open_to_midnight_ends_there() -> None:
    rows = (*empty().cells[:23], (Cell(1, 1), *(Cell(),) * 6))
    assert week.words(replace(empty(), cells=rows), ENGLISH).endswith(": Mon 23:00 to 24:00 (1 of 1).")


def test_the_table_has_the_hours_from_the_first_to_the_last_that_are_open() -> None:
    shown = week.table(of("circle"), ENGLISH)
    assert [row["clocks"] for row in shown["rows"]][::7] == [["09:00", "03:30", "14:00"], ["16:00", "10:30", "21:00"]]
    assert [row["shades"] for row in shown["rows"]][3] == [0] * 7, "lunch"
    assert shown["cities"] == ["Kolkata", "Lisbon", "Adelaide"]
    assert len(shown["notes"]) == 2
    assert week.table(empty(), ENGLISH)["rows"] == []


def test_the_picture_has_a_cell_for_every_hour_and_needs_nothing_else() -> None:
    drawn = week.picture(of(), ENGLISH)
    assert drawn.count("<rect ") == 7 * 24
    assert drawn.count('class="s2"') == 5 * 7
    assert week.title(of(), ENGLISH) in drawn
    assert not re.search(r"<script|href|url\(|@import|\bon\w+=", drawn)


@pytest.mark.parametrize("tag", available())
def test_every_change_has_words_and_its_gain(tag: str) -> None:
    plain = seen(letters.seen(letters.pair(), letters.MENTOR))
    said = set()
    for change in (Change.BOUNDARY, Change.EARLIER, Change.LATER, Change.WINDOW):
        relaxed = Relaxation(change, 6, 90, "mentor-1", 2 if change is Change.BOUNDARY else 0)
        words = best(replace(plain, relaxations=(relaxed,)), language(tag))
        assert "1 h 30 min" in words
        assert "%(" not in words
        said.add(words)
    assert len(said) == 4


def test_where_nothing_helps_nothing_is_promised() -> None:
    nothing = Explanation(None, 0, 0, 0, (Reason("notice", 0, 0),), (), None)
    assert best(nothing, ENGLISH) == asked(nothing, ENGLISH) == ""
    first, _ = obstacles(nothing.reasons, ENGLISH)
    assert first == {"name": "too little time left to give everybody notice", "figures": ""}


def test_figures_say_what_a_layer_takes_and_what_opening_it_would_give() -> None:
    busy, _ = obstacles([Reason("own-busy", 135, 0)], ENGLISH)
    assert busy["figures"] == "takes 2 h 15 min; opening this alone would give nothing"
    assert [length(minutes) for minutes in (0, 45, 60, 75)] == ["0 min", "45 min", "1 h", "1 h 15 min"]


def test_a_mail_without_any_open_hour_says_so_in_words_alone() -> None:
    """An empty table would be read as a fault of the mail program."""
    view = letters.seen(letters.pair(), letters.MENTOR)
    closed = replace(view, others=replace(view.others, forbids=view.grid.all))
    mail = compose.compose_cannot_find(
        letters.RENDERER, letters.letter(letters.pair(), letters.MENTOR, "cannot-find"), closed, None
    )
    assert "there is no such hour." in " ".join(letters.text(mail).split())
    assert 'role="img"' not in letters.html(mail)


def test_a_mail_with_every_hour_open_stays_small() -> None:
    view = letters.seen(letters.circle(), letters.SECOND)
    free = replace(view, viewer=replace(view.viewer, availability=(Rule(),), boundaries=()), others=Opaque(0))
    open_ = replace(free, known=PersonObserved())
    mail = compose.compose_cannot_find(
        letters.RENDERER, letters.letter(letters.circle(), letters.SECOND, "cannot-find"), open_, None
    )
    assert letters.html(mail).count("<td class") > 24 * 7
    assert len(letters.html(mail).encode()) < 60_000
