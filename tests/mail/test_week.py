"""The week is shown as a picture, a table and words that say the same, and the obstacles give their figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from agent.core.explain import Reason
from agent.core.explanation import Explanation, seen
from agent.core.observation import PersonObserved
from agent.core.relax import Change, Relaxation
from agent.core.rules import Rule
from agent.core.view import Opaque
from agent.core.weekmap import Away, Cell, WeekMap
from agent.mail import compose, week
from agent.mail.languages import available, language
from agent.mail.moments import city
from agent.mail.obstacles import asked, best, obstacles
from tests import factories
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
    first = "From 1 Mar 2027 to 12 Apr 2027: Mon 09:00 to 12:00 (on 3 of 6 days); Mon 13:00 to 17:00 (on 3 of 6 days);"
    assert said.startswith(first)
    assert "Sat" not in said
    assert week.words(empty(), ENGLISH) == "From 1 Mar 2027 to 7 Mar 2027: there is no such hour."


def test_an_hour_that_is_open_to_midnight_ends_there() -> None:
    rows = (*empty().cells[:23], (Cell(1, 1), *(Cell(),) * 6))
    assert week.words(replace(empty(), cells=rows), ENGLISH).endswith(": Mon 23:00 to 24:00 (on 1 of 1 days).")


def test_the_table_has_the_hours_from_the_first_to_the_last_that_are_open() -> None:
    shown = week.table(of("circle"), ENGLISH)
    assert [row["clocks"] for row in shown["rows"]][::7] == [["09:00", "03:30", "14:00"], ["16:00", "10:30", "21:00"]]
    assert [row["shades"] for row in shown["rows"]][3] == [0] * 7, "lunch"
    assert shown["cities"] == ["Kolkata", "Lisbon", "Adelaide"]
    assert shown["dates"] == "From 1 Mar 2027 to 12 Apr 2027"
    assert len(shown["key"]) == 5
    assert len(shown["notes"]) == 3
    assert week.table(empty(), ENGLISH)["rows"] == []


def test_the_picture_has_a_cell_for_every_hour_and_needs_nothing_else() -> None:
    drawn = week.picture(of(), ENGLISH)
    assert len(re.findall(r'<rect class="s\d"', drawn)) == 7 * 24 + 5, "and one of each shade as a key"
    assert drawn.count('class="s2"') == 5 * 7 + 1
    assert not re.search(r"<script|href|url\(|@import|\bon\w+=", drawn)


def written(drawn: str) -> list[str]:
    """What stands in a picture for everybody to see."""
    return [each.text or "" for each in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("tag", available())
def test_the_picture_says_in_words_what_it_shows(tag: str) -> None:
    """A title that only a screen reader finds leaves everybody else with nameless squares."""
    drawn, said = week.picture(of("circle"), language(tag)), language(tag)
    words = written(drawn)
    seen_ = " ".join(words)
    assert week.title(of("circle"), said) in seen_
    assert week.dates(of("circle"), said) in words
    assert {*week.day_names(of("circle"), said), *week.key(said), "09:00", "03:30"} <= set(words)
    assert all(note in seen_ for note in week.notes(of("circle"), said))
    assert '<rect class="page"' in drawn, "a ground of its own, or it could not be read on a page of another colour"


def test_what_is_written_in_the_picture_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week, "city", lambda _zone, _language: "<b>&")
    drawn = week.picture(of(), ENGLISH)
    assert "<b>" not in drawn
    assert "<b>&" in written(drawn)


def test_lines_in_the_picture_are_no_wider_than_it_is() -> None:
    drawn = week.picture(of("circle"), ENGLISH)
    found = re.search(r'width="(\d+)"', drawn)
    assert found
    assert max(map(len, written(drawn))) * week.LETTER <= int(found[1])


@pytest.mark.parametrize("tag", available())
def test_ones_own_journey_is_told_with_its_days(tag: str) -> None:
    away = Away("Asia/Tokyo", date(2027, 3, 8), date(2027, 3, 12))
    said = language(tag)
    plain, own = replace(empty(), own=True), replace(empty(), own=True, absences=(away,))
    assert week.notes(plain, said) == []
    (note,) = week.notes(own, said)
    assert city("Asia/Tokyo", said) in note
    assert "%(" not in note
    assert week.notes(own, ENGLISH) == [
        "From 8 Mar 2027 to 12 Mar 2027 you are in Tokyo, and hours are those of your clock there."
    ]


def test_the_operators_map_says_that_every_clock_is_the_one_at_home() -> None:
    said = "Every clock is the one at home, and journeys are left out."
    assert week.notes(empty(), ENGLISH) == [said]
    assert said in written(week.picture(empty(), ENGLISH))


@pytest.mark.parametrize("tag", available())
def test_every_change_has_words_and_its_gain(tag: str) -> None:
    plain = seen(letters.seen(letters.pair(), letters.MENTOR))
    said = set()
    for change in (Change.BOUNDARY, Change.EARLIER, Change.LATER, Change.WINDOW):
        relaxed = Relaxation(change, 6, 90, "mentor-1", 2 if change is Change.BOUNDARY else 0, days=3)
        words = best(replace(plain, relaxations=(relaxed,)), language(tag))
        assert language(tag).words.ngettext("%(num)s day", "%(num)s days", 3) % {"num": 3} in words
        assert "%(" not in words
        said.add(words)
    assert len(said) == 4


def test_where_nothing_helps_nothing_is_promised() -> None:
    nothing = Explanation(None, 0, 0, 0, (Reason("notice", 0, 0),), (), None)
    assert best(nothing, ENGLISH) == asked(nothing, ENGLISH) == ""
    (first,) = obstacles(nothing.reasons, 0, ENGLISH)
    assert first == {"name": "too little time left to give everybody notice", "figures": ""}


def test_the_days_that_were_searched_are_the_readers_own() -> None:
    explained = seen(letters.seen(letters.pair(), letters.MENTOR))
    assert (
        asked(explained, ENGLISH) == "Attune looked for a time from Thursday, 11 March 2027 to Thursday, 18 March 2027."
    )
    first = replace(explained, window=factories.span("2027-03-11 09:00", 60))
    assert asked(first, ENGLISH) == "Attune looked for a time on Thursday, 11 March 2027."
    kolkata = replace(first, where=letters.SECOND.where, window=factories.span("2027-03-11 19:00", 60))
    assert asked(kolkata, ENGLISH) == "Attune looked for a time on Friday, 12 March 2027."


@pytest.mark.parametrize(
    ("minutes", "share"), [(1, "1%"), (15, "1%"), (1000, "50%"), (1499, "75%"), (1999, "99%"), (2000, "100%")]
)
def test_figures_say_what_a_layer_takes_and_what_opening_it_would_give(minutes: int, share: str) -> None:
    """Shares and days: nobody can do anything with so many hours of starts."""
    (busy,) = obstacles([Reason("own-busy", minutes, 0)], 2000, ENGLISH)
    assert busy["figures"] == f"takes {share} of these times; opening this alone would give none"
    (busy,) = obstacles([Reason("own-busy", minutes, 15, days=1)], 2000, ENGLISH)
    assert busy["figures"] == f"takes {share} of these times; opening this alone would give times on 1 day"


def test_a_mail_without_any_open_hour_says_so_in_words_alone() -> None:
    """An empty table would be read as a fault of the mail program."""
    view = letters.seen(letters.pair(), letters.MENTOR)
    closed = replace(view, others=replace(view.others, forbids=view.grid.all))
    mail = compose.compose_cannot_find(
        letters.RENDERER, letters.letter(letters.pair(), letters.MENTOR, "cannot-find"), closed, None
    )
    assert "12 Apr 2027: there is no such hour." in " ".join(letters.text(mail).split())
    assert 'role="img"' not in letters.html(mail)
    assert "never" not in letters.html(mail), "nor a key to it"
    assert "clocks change" not in letters.html(mail), "nor what would only explain it"


def test_the_map_of_a_mail_has_its_dates_and_a_key() -> None:
    mail = letters.composed("cannot-find", letters.circle(), letters.SECOND)
    page = letters.html(mail)
    assert "in a week of Kolkata time. From 1 Mar 2027 to 12 Apr 2027:</p>" in page
    for shade, meaning in enumerate(week.key(ENGLISH)):
        assert re.search(rf'<td class="weekday s{shade}"[^>]*>&nbsp;</td>\s*<td[^>]*>{meaning}</td>', page)


def test_a_mail_with_every_hour_open_stays_small() -> None:
    view = letters.seen(letters.circle(), letters.SECOND)
    free = replace(view, viewer=replace(view.viewer, availability=(Rule(),), boundaries=()), others=Opaque(0))
    open_ = replace(free, known=PersonObserved())
    mail = compose.compose_cannot_find(
        letters.RENDERER, letters.letter(letters.circle(), letters.SECOND, "cannot-find"), open_, None
    )
    assert letters.html(mail).count("<td class") > 24 * 7
    assert len(letters.html(mail).encode()) < 60_000
