"""The search gives every possible time and no other, at the right price, in the right order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core import slots, timespan
from agent.core.grid import Grid
from agent.core.layers import Shape, start_mask
from agent.core.meter import UNANSWERED_POINTS
from agent.core.observation import Busy, Observed, PersonObserved
from agent.core.people import Medium
from agent.core.policy import Buffers, Limits, Policy
from agent.core.relationships import Ledger, Relationship
from agent.core.slots import Search, Slot, search, starts_window
from agent.core.timespan import Span
from tests.core.worlds import World, nights, worlds
from tests.factories import NOW, at, elsewhere, hard, observed, pair, person, policy, rule, soft, span
from tests.oracle import Oracle

HOUR = timedelta(hours=1)


def ask(relationship: Relationship, seen: Observed, window: Span, ledger: Ledger | None = None) -> Search:
    return search(relationship, seen, window, ledger=ledger or Ledger())


def starts(found: Search) -> list[str]:
    return [slot.span.starts_at.strftime("%H:%M") for slot in sorted(found.slots, key=lambda slot: slot.span)]


def between(policy_: Policy, busy: list[Span]) -> list[str]:
    """Starts between nine and eleven, with a mentor who has this in the calendar."""
    found = pair(policy=policy_)
    return starts(ask(found, observed(found, {"mentor-1": busy}), span("2027-03-01 09:00", 120)))


@settings(max_examples=200)
@given(worlds() | nights())
def test_the_search_agrees_with_asking_every_minute(world: World) -> None:
    """Were one start missing, two people would wait for nothing; were one too many, a boundary would be crossed."""
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    oracle = Oracle(world.relationship, world.observed, world.window)
    possible = oracle.starts(world.avoided)
    assert sorted(slot.span.start for slot in found.slots) == possible
    for slot in found.slots:
        assert slot.burden == {p.id: oracle.burden(p, slot.span.start) for p in world.relationship.people}
        assert slot.span.minutes == oracle.duration
    easy = [slot.span.start for slot in found.priced(found.starts.open) if not sum(slot.burden.values())]
    assert list(found.grid.starts(found.starts.open & found.starts.easy)) == easy


@given(worlds())
def test_what_is_open_is_what_no_layer_forbids(world: World) -> None:
    """Otherwise an explanation would one day contradict the search."""
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    forbidden = reduce(or_, (layer.forbids for layer in found.layers), 0)
    assert found.starts.open == found.grid.all & ~forbidden


@given(worlds())
def test_slots_are_in_the_order_of_their_cost_and_then_of_time(world: World) -> None:
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger)
    assert list(found.slots) == sorted(found.slots, key=lambda slot: (slot.cost, slot.span.start))
    oracle = Oracle(world.relationship, world.observed, world.window)
    for slot in found.slots:
        assert slot.cost == pytest.approx(oracle.cost(slot.burden, world.ledger))


@given(worlds(), st.integers(0, 6))
def test_the_best_are_the_first_however_few_are_priced(world: World, count: int) -> None:
    """Where enough are a burden to nobody only those are looked at, and the answer is the same."""
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    assert slots.best_slots(found, count) == found.slots[:count]
    least = min((slot.cost for slot in found.slots), default=None)
    assert list(found.cheapest) == sorted((s for s in found.slots if s.cost == least), key=lambda slot: slot.span)


@given(worlds())
def test_the_earliest_start_that_burdens_nobody_is_found_by_itself(world: World) -> None:
    unbound = replace(world.relationship, paused=False, pauses=(), ends=None)
    found = search(unbound, world.observed, world.window, ledger=world.ledger)
    shape, limits = Shape.of(unbound), unbound.policy.limits
    people = [start_mask(p, world.observed.of(p.id), found.grid, shape, limits) for p in unbound.people]
    free = [slot.span.start for slot in found.slots if not any(slot.burden.values())]
    assert slots.earliest_easy(people, found.grid) == min(free, default=None)


class TestWindow:
    """Starts are looked for in [max(from, now + notice), end)."""

    RELATIONSHIP = pair(policy=policy(notice=24 * HOUR, horizon=timedelta(weeks=6)))

    def test_notice_moves_the_first_start(self) -> None:
        found = starts_window(NOW, self.RELATIONSHIP, NOW, None)
        assert found is not None
        assert (found.starts_at, found.ends_at) == (NOW + 24 * HOUR, NOW + timedelta(weeks=6))

    def test_a_later_from_wins_over_notice_and_an_end_over_the_horizon(self) -> None:
        first, end = at("2027-03-05 00:00"), at("2027-03-12 00:00")
        found = starts_window(NOW, self.RELATIONSHIP, first, end)
        assert found is not None
        assert (found.starts_at, found.ends_at) == (first, end)

    def test_nothing_is_left_of_a_window_that_notice_has_overtaken(self) -> None:
        assert starts_window(NOW, self.RELATIONSHIP, NOW, NOW + 24 * HOUR) is None
        empty = search(self.RELATIONSHIP, observed(self.RELATIONSHIP), None, ledger=Ledger())
        assert (empty.slots, empty.layers) == ((), ())

    def test_a_window_is_half_open_at_the_minute(self) -> None:
        first = datetime(2027, 3, 5, 8, 59, 1, tzinfo=UTC)
        found = starts_window(NOW, self.RELATIONSHIP, first, at("2027-03-05 09:30"))
        assert found is not None
        assert starts(ask(self.RELATIONSHIP, observed(self.RELATIONSHIP), found)) == ["09:00", "09:15"]


class TestBuffers:
    """Room is kept against busy time and other meetings, never against boundaries."""

    def test_meetings_may_touch_busy_time_end_to_end(self) -> None:
        found = between(policy(grid=15 * timespan.MINUTE), [span("2027-03-01 09:45", 30)])
        assert found == ["09:00", "10:15", "10:30", "10:45"]

    def test_a_busy_end_is_an_exact_minute(self) -> None:
        found = between(policy(grid=15 * timespan.MINUTE), [span("2027-03-01 09:00", 61)])
        assert found == ["10:15", "10:30", "10:45"]

    @pytest.mark.parametrize(("after", "busy"), [(0, "09:44"), (10, "09:54")])
    def test_not_even_a_minute_is_taken_from_what_follows(self, after: int, busy: str) -> None:
        """A minute later the meeting, or the room after it, would end where the busy time begins."""
        roomy = policy(buffers=Buffers(0 * timespan.MINUTE, after * timespan.MINUTE))
        start = span(f"2027-03-01 {busy}", 180).start
        assert between(roomy, [Span(start, start + 180)]) == []
        assert between(roomy, [Span(start + 1, start + 180)]) == ["09:00"]

    def test_room_is_left_before_and_after(self) -> None:
        roomy = policy(buffers=Buffers(5 * timespan.MINUTE, 10 * timespan.MINUTE))
        assert between(roomy, [span("2027-03-01 09:50", 25)]) == ["10:30", "10:45"]
        assert between(roomy, [span("2027-03-01 09:55", 15)]) == ["09:00", "10:15", "10:30", "10:45"]

    def test_between_two_meetings_the_larger_of_the_two_rooms_counts_once(self) -> None:
        relationship = pair(policy=policy(buffers=Buffers(5 * timespan.MINUTE, 10 * timespan.MINUTE)))
        other = elsewhere(span("2027-03-01 10:00", 40), before=15, after=20)
        seen = Observed({"mentor-1": PersonObserved((), (other,)), "mentee-1": PersonObserved()})
        found = starts(ask(relationship, seen, span("2027-03-01 08:45", 180)))
        assert found == ["08:45", "09:00", "11:00", "11:15", "11:30"]

    def test_a_boundary_needs_no_room(self) -> None:
        careful = person(boundaries=(hard("09:45", "10:15"),))
        relationship = pair(careful, policy=policy(buffers=Buffers(HOUR, HOUR)))
        found = starts(ask(relationship, observed(relationship), span("2027-03-01 09:00", 90)))
        assert found == ["09:00", "10:15"]


class TestLimits:
    def test_a_full_day_is_full_on_the_persons_own_calendar(self) -> None:
        """Monday evening in Lisbon is Tuesday in Auckland: it is Auckland's Tuesday that is full."""
        auckland = person("mentee-1", "Pacific/Auckland")
        relationship = pair(mentee=auckland, policy=policy(limits=Limits(1, 9), grid=HOUR))
        seen = Observed(
            {
                "mentor-1": PersonObserved(),
                "mentee-1": PersonObserved((), (elsewhere(span("2027-03-02 09:00", zone="Pacific/Auckland")),)),
            }
        )
        found = ask(relationship, seen, span("2027-03-01 00:00", 3 * timespan.DAY))
        days = {slot.span.starts_at.astimezone(ZoneInfo("Pacific/Auckland")).date() for slot in found.slots}
        assert days == {date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 4)}

    @pytest.mark.parametrize(("week_starts", "free"), [(0, False), (6, False), (2, True)])
    def test_a_week_begins_on_the_persons_own_weekday(self, week_starts: int, free: bool) -> None:
        """A meeting on Monday fills the week of Tuesday, unless Tuesday's week begins in between."""
        relationship = pair(person(week_starts=week_starts), policy=policy(limits=Limits(9, 1)))
        full = PersonObserved((), (elsewhere(span("2027-03-01 09:00")),))
        seen = Observed({"mentor-1": full, "mentee-1": PersonObserved()})
        found = ask(relationship, seen, span("2027-03-03 09:00", 30))
        assert bool(found.slots) == free


class TestOrder:
    def test_cheaper_beats_earlier_and_earlier_beats_later(self) -> None:
        relationship = pair(person(boundaries=(soft(1, "09:00", "10:00"),)), policy=policy(grid=HOUR))
        found = ask(relationship, observed(relationship), span("2027-03-01 09:00", 180))
        assert [slot.span.starts_at.hour for slot in found.slots] == [10, 11, 9]

    def test_overlapping_soft_rules_add(self) -> None:
        both = person(boundaries=(soft(1, "09:00", "10:00"), soft(2, "09:30", "10:00")))
        relationship = pair(both)
        found = ask(relationship, observed(relationship), span("2027-03-01 09:00", 1))
        assert found.slots[0].burden == {"mentor-1": 45 + 2 * 15, "mentee-1": 0}

    def test_what_costs_others_is_closed_to_whoever_cannot_rotate(self) -> None:
        """Inside the good hours and off the soft rule, whatever it would have cost."""
        limited = person(boundaries=(soft(1, "10:00", "11:00"),), good_hours=(rule("09:00", "12:00"),))
        for rotates, hours in ((True, [8, 9, 10, 11, 12]), (False, [9, 11])):
            relationship = pair(replace(limited, rotates=rotates), policy=policy(grid=HOUR))
            found = ask(relationship, observed(relationship), span("2027-03-01 08:00", 300))
            assert sorted(slot.span.starts_at.hour for slot in found.slots) == hours

    def test_an_unanswered_invitation_costs_but_does_not_block(self) -> None:
        relationship = pair()
        invited = PersonObserved((Busy(span("2027-03-01 09:30", 60), hard=False),))
        seen = Observed({"mentor-1": invited, "mentee-1": PersonObserved()})
        found = ask(relationship, seen, span("2027-03-01 09:00", 1))
        assert found.slots[0].burden == {"mentor-1": 15 * UNANSWERED_POINTS, "mentee-1": 0}

    def test_who_has_carried_more_is_spared(self) -> None:
        """Both slots burden one person by the same; the ledger says whose turn it is."""
        early = person("mentor-1", boundaries=(soft(1, "09:00", "10:00"),))
        late = person("mentee-1", boundaries=(soft(1, "10:00", "11:00"),))
        relationship = pair(early, late, policy=policy(grid=HOUR))
        window = span("2027-03-01 09:00", 120)
        for owing, hour in (("mentor-1", 9), ("mentee-1", 10)):
            spared = {"mentor-1", "mentee-1"} - {owing}
            ledger = Ledger(dict.fromkeys(spared, 100.0), window.start)
            assert ask(relationship, observed(relationship), window, ledger).slots[0].span.starts_at.hour == hour


def test_a_person_who_was_never_observed_is_unknown_and_not_free() -> None:
    relationship = pair()
    assert not ask(relationship, Observed({"mentor-1": PersonObserved()}), span("2027-03-01 09:00", 120)).slots


def test_spans_that_somebody_chose_are_priced_in_their_order_and_at_their_length() -> None:
    relationship = pair(person(boundaries=(soft(1, "09:00", "10:00"),)))
    chosen = (span("2027-03-01 09:30", 90), span("2027-03-01 09:00", 15))
    priced: tuple[Slot, ...] = slots.price(relationship, observed(relationship), chosen, Ledger())
    assert [(slot.span, slot.burden["mentor-1"]) for slot in priced] == [(chosen[0], 30), (chosen[1], 15)]
    assert slots.price(relationship, observed(relationship), (), Ledger()) == ()


@given(st.integers(-10_000, 10_000), st.integers(1, 500), st.sampled_from((5, 15, 30)))
def test_starts_are_multiples_of_the_grid_since_the_epoch(start: int, length: int, grid: int) -> None:
    found = Grid.over(Span(start, start + length), grid)
    assert list(found.starts(found.all)) == [m for m in range(start, start + length) if m % grid == 0]


VIDEO, PHONE, WALK = Medium.VIDEO, Medium.PHONE, Medium.WALK_AND_TALK


@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        ((VIDEO, PHONE), (VIDEO, PHONE), VIDEO),
        ((VIDEO, PHONE), (PHONE,), PHONE),
        ((VIDEO, PHONE), (PHONE, VIDEO), VIDEO),
        ((VIDEO, PHONE, WALK), (WALK, PHONE, VIDEO), VIDEO),
        ((VIDEO, WALK, PHONE), (PHONE, WALK), WALK),
        ((VIDEO,), (PHONE,), VIDEO),
    ],
)
def test_the_medium_is_what_both_like_best(
    mentor: tuple[Medium, ...], mentee: tuple[Medium, ...], expected: Medium
) -> None:
    relationship = pair(person(media=mentor), person("mentee-1", media=mentee))
    assert slots.common_medium(relationship) is expected


def test_availability_that_crosses_midnight_belongs_to_its_first_day() -> None:
    """Open from Friday 22:00 to Saturday 02:00, and not on Saturday night."""
    friday = person(availability=(rule("22:00", "02:00", days=frozenset({4})),))
    relationship = pair(friday, policy=policy(grid=HOUR))
    found = ask(relationship, observed(relationship), span("2027-03-05 00:00", 3 * timespan.DAY))
    assert [slot.span.starts_at.strftime("%a %H") for slot in found.slots] == ["Fri 22", "Fri 23", "Sat 00", "Sat 01"]
