"""One relationship's patterns: the cheapest is found, and so is everything that comes near it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.cohort.chance import Chance
from agent.core.cohort.cheapest import Ask, cheapest
from agent.core.cohort.components import components
from agent.core.cohort.nearby import nearby
from agent.core.cohort.patterns import Menu
from agent.core.cohort.problem import POINT, UNPLACED, Budget, Candidate, Due, Request
from tests.core.cohort.small import DAY, HOUR, cost, due, patterns

PRICES = st.lists(st.sampled_from([0, 0, POINT // 3, 2 * POINT]), min_size=24, max_size=24)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Up to four meetings of a pair or a circle, with prices of hours that differ widely."""
    people = ("mentor-1", "mentee-1", "mentee-2")[: draw(st.sampled_from([2, 3]))]
    points = st.tuples(*[st.sampled_from([0, 0, 17, 300, 9000])] * len(people))
    meetings = []
    for k in range(draw(st.integers(1, 4))):
        places = draw(st.lists(st.integers(0, 5), max_size=3, unique=True).map(sorted))
        meetings.append(Due(tuple(Candidate(k * DAY + HOUR * place, draw(points)) for place in places), 45, 0, 10))
    return Request("pair-1", people, tuple(meetings), DAY, draw(st.sampled_from([0, 2 * HOUR])))


def ask(menu: Menu, prices: list[int], **more: int) -> Ask:
    """With a price for each candidate, in order."""
    left = iter(prices)
    return Ask(
        [{place: next(left) for place in sorted(course.group_of)} for course in menu.courses],
        [0] * len(menu.courses),
        pick=Chance(1, "test").pick,
        **{"labels": Budget().labels, **more},
    )


def everything(request: Request, menu: Menu, asked: Ask) -> dict[tuple[int | None, ...], int]:
    """Cost and prices of every pattern."""
    found = {}
    for starts in patterns(request):
        pattern = tuple(
            None if start is None else (start - course.first) // menu.unit
            for start, course in zip(starts, menu.courses, strict=True)
        )
        charged = sum(asked.prices[k][place] for k, place in enumerate(pattern) if place is not None)
        found[pattern] = cost(request, starts) + charged
    return found


@given(requests(), PRICES)
@settings(deadline=None)
def test_no_pattern_is_cheaper_than_the_cheapest(request: Request, prices: list[int]) -> None:
    menu = Menu(request)
    asked = ask(menu, prices)
    all_of_them, found = everything(request, menu, asked), cheapest(menu, asked)
    assert found.bound == found.value == all_of_them[found.pattern] == min(all_of_them.values())


@given(requests(), PRICES, st.integers(0, 300))
@settings(deadline=None)
def test_whatever_comes_near_is_found_once(request: Request, prices: list[int], slack: int) -> None:
    menu = Menu(request)
    all_of_them = everything(request, menu, ask(menu, prices))
    below = min(all_of_them.values()) + slack * POINT
    found = list(nearby(menu, ask(menu, prices, below=below)))
    assert sorted(found, key=str) == sorted((p for p, value in all_of_them.items() if value < below), key=str)


def test_two_ways_to_the_same_place_are_followed_once() -> None:
    """Whatever was paid for the first meeting, the third cannot be reached from the second."""
    meetings = (due((0, (0, 0)), (15, (0, 0))), due((DAY, (0, 0))), due((DAY + HOUR, (0, 0))))
    menu = Menu(Request("pair-1", ("mentor-1", "mentee-1"), meetings, DAY, HOUR))
    assert cheapest(menu, ask(menu, [1, 2, 0, 0])).value == UNPLACED + 1


@given(st.integers(0, 2**64), st.integers(1, 2**80))
def test_chance_picks_what_is_there(seed: int, mask: int) -> None:
    chance = Chance(seed, "test")
    assert all(mask >> chance.pick(mask) & 1 for _ in range(5))
    assert [Chance(seed, "test").below(100) for _ in range(3)] == [Chance(seed, "test").below(100)] * 3


@given(st.lists(st.permutations(["a", "b", "c", "d", "e", "f", "g"]).map(lambda people: people[:2]), max_size=8))
def test_components_share_nobody_and_cannot_be_parted_further(pairs: list[list[str]]) -> None:
    asked = [Request(f"pair-{n}", tuple(people), (), DAY, 0) for n, people in enumerate(pairs)]
    parts = components(asked)
    people = [{person for request in part for person in request.people} for part in parts]
    assert sum(map(len, people)) == len(set().union(*people))
    for part in parts:
        reached = set(part[0].people)
        for _ in part:
            reached |= {p for request in part if reached & set(request.people) for p in request.people}
        assert reached == {person for request in part for person in request.people}
    assert sorted(request.id for part in parts for request in part) == sorted(request.id for request in asked)
    assert components(asked[::-1]) == parts
