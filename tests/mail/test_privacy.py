"""No mail tells anybody's reasons: not a boundary, not a label, not a burden, not who was in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.boundaries import Boundary, Strength
from agent.core.explain import HORIZON, Reason, reasons_for
from agent.core.layers import Kind
from agent.core.relationships import Ledger
from agent.core.slots import search
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS, view
from agent.mail import compose
from agent.mail.languages import available, language
from agent.mail.obstacles import obstacles
from tests import factories
from tests.mail import letters

ASKED = 8 * DAY + 15
"""Minutes of starts in a window of four days to either side."""


def everything(name: str, mentee_is: str = "plain") -> str:
    boundary = Boundary(factories.rule("09:00", "17:00"), Strength.SOFT, 7.25)
    mentee = replace(letters.MENTEE, boundaries=(boundary,)) if mentee_is == "burdened" else letters.MENTEE
    relationship = replace(letters.pair(), mentees=(mentee,))
    return letters.composed(name, relationship, letters.MENTOR).as_string()


@pytest.mark.parametrize("name", letters.NAMES)
def test_a_partners_boundaries_change_nothing_in_a_mail(name: str) -> None:
    assert everything(name) == everything(name, "burdened")


@pytest.mark.parametrize("name", ["moved", "cancelled"])
def test_who_moved_or_avoided_what_changes_nothing_in_a_mail(name: str) -> None:
    plain = letters.meeting(revision=1)
    telling = replace(plain, chosen_by="mentee-1", burden={"mentee-1": 7.25, "mentor-1": 1.5})
    compose_it = {"moved": compose.compose_moved, "cancelled": compose.compose_cancelled}[name]
    to = letters.letter(letters.pair(), letters.MENTOR, name)
    first, second = (compose_it(letters.RENDERER, to, each).as_string() for each in (plain, telling))
    assert first == second


def test_a_reader_sees_their_own_obstacles_and_one_line_for_all_others() -> None:
    said = obstacles(reasons_for(letters.seen(letters.pair(), letters.MENTOR)), ASKED, language("en"))
    takes = "takes %s of these times; opening this alone would give times on %s days"
    assert said == [
        {"name": "your own hours", "figures": takes % ("77%", 8)},
        {"name": "your boundary number 2", "figures": takes % ("8%", 6)},
        {"name": "what is already in your calendar", "figures": takes % ("6%", 6)},
    ]


@pytest.mark.parametrize("name", ["cannot-find", letters.STUCK])
def test_of_all_others_one_sentence_is_said_apart_from_the_readers_own(name: str) -> None:
    """Among their own obstacles it would be read as one of them."""
    text = " ".join(letters.text(letters.composed(name, letters.pair(), letters.MENTOR)).split())
    assert "- no common free time" not in text
    assert text.count("Of everybody else only this is told: there was no common free time.") == 1


def test_who_has_nothing_in_the_way_is_told_so() -> None:
    view = letters.seen(letters.pair(), letters.MENTOR)
    free = replace(view, own=())
    mail = compose.compose_cannot_find(
        letters.RENDERER, letters.letter(letters.pair(), letters.MENTOR, "cannot-find"), free, None
    )
    for said in (letters.text(mail), letters.html(mail)):
        assert "Nothing of yours stands in the way." in said
        assert "as far as it is yours to know" not in said


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.PAUSE, Kind.NOTICE}])
def test_what_is_not_the_readers_own_adds_nothing(kind: Kind) -> None:
    """A decline above all: in a pair, whoever did not decline would know who did."""
    assert obstacles([Reason(kind, 100, 10)], ASKED, language("en")) == []


@pytest.mark.parametrize("tag", available())
def test_every_obstacle_of_ones_own_has_words(tag: str) -> None:
    relationship_s = {Kind.PAUSE, Kind.NOTICE, Kind.DECLINED}
    kinds = [AVAILABILITY, BOUNDARY, GOOD_HOURS]
    kinds += [f"own-{kind}" for kind in Kind if kind not in {*relationship_s, Kind.UNAVAILABLE}]
    for kind in [*kinds, Kind.PAUSE, Kind.NOTICE, HORIZON]:
        assert len(obstacles([Reason(kind, 100, 10)], ASKED, language(tag))) == 1, kind


def test_each_of_two_who_cannot_meet_is_told_of_themselves_alone() -> None:
    """One is never free when the other is; one has a public holiday besides, which the other never hears of."""
    mornings = replace(letters.MENTOR, availability=(factories.rule("08:00", "10:00"),))
    day = factories.NOW.date()
    nights = replace(letters.MENTEE, zone="Europe/Lisbon", availability=(factories.rule("20:00", "22:00"),))
    relationship = factories.pair(mornings, replace(nights, holidays=frozenset({day})))
    start = floor_minute(factories.NOW)
    found = search(relationship, factories.observed(relationship), Span(start, start + 24 * 60), ledger=Ledger())
    assert not found.slots
    mentor, mentee = (
        obstacles(reasons_for(view(found, person.id)), DAY, language("en")) for person in relationship.people
    )
    assert [each["name"] for each in mentor] == ["your own hours"]
    assert [each["name"] for each in mentee] == [
        "public holidays where you are",
        "your own hours",
    ]
