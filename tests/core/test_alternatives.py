"""Whoever wants another time is offered different days before different hours."""

from __future__ import annotations

from agent.core.alternatives import alternatives
from agent.core.relationships import Ledger
from agent.core.slots import Search, search
from tests.factories import observed, pair, person, rule, soft, span

WINDOW = span("2027-03-01 00:00", 3 * 1440)


def found(zone: str = "UTC", *avoided: str) -> Search:
    """Three days, open from nine to eleven and dear before ten."""
    mentor = person("mentor-1", zone, availability=(rule("09:00", "11:00"),), boundaries=(soft(1, "09:00", "10:00"),))
    relationship = pair(mentor)
    starts = tuple(span(text, 45, zone).start for text in avoided)
    return search(relationship, observed(relationship), WINDOW, ledger=Ledger(), avoided=starts)


def offered(search_: Search, count: int) -> list[str]:
    return [slot.span.start_text for slot in alternatives(search_, count)]


def test_the_best_of_each_day_come_first_and_then_the_rest_by_cost() -> None:
    """Somebody who cannot on Tuesday has no use for five times on Tuesday."""
    assert offered(found(), 5) == [
        "2027-03-01T10:00Z",
        "2027-03-02T10:00Z",
        "2027-03-03T10:00Z",
        "2027-03-01T10:15Z",
        "2027-03-02T10:15Z",
    ]
    assert offered(found(), 2) == ["2027-03-01T10:00Z", "2027-03-02T10:00Z"]


def test_a_day_is_the_mentors() -> None:
    """Half past nine in Auckland is the evening before in UTC: two such are two days, and one of them is one."""
    assert offered(found("Pacific/Auckland"), 3) == ["2027-03-01T21:00Z", "2027-03-02T21:00Z", "2027-03-03T21:00Z"]


def test_what_was_given_up_is_not_offered_nor_what_overlaps_it() -> None:
    assert offered(found("UTC", "2027-03-01 10:00"), 3) == [
        "2027-03-02T10:00Z",
        "2027-03-03T10:00Z",
        "2027-03-01T09:00Z",
    ]


def test_all_there_is_is_offered_where_that_is_little() -> None:
    assert len(offered(found(), 1000)) == len(found().slots) == 3 * 6
