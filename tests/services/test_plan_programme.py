"""A plan says what would be booked, breaks no rule, and books nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from agent.core.check import Breach, Placement, Violation, check
from agent.core.cohort.plan import plan_cohort
from agent.core.cohort.problem import Budget
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, start_mask
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.relationships import Relationship, State
from agent.core.timespan import DAY, Span, floor_minute
from agent.services import plan_programme, pose_requests
from agent.services.plan_programme import Standing, plan_one_by_one, plan_together
from agent.services.pose_requests import Planning, next_due
from connectors.errors import Temporary
from tests.factories import WEEKDAYS, elsewhere, hard, meeting, person, policy, rule, soft, span
from tests.noninterference import somebody
from tests.services.stage import NOON, Stage

MENTOR = person("mentor-1", "Europe/Lisbon", availability=(rule("09:00", "12:00", WEEKDAYS),))
RULES = policy(
    notice=timedelta(days=1), horizon=timedelta(weeks=6), limits=Limits(1, 5),
    buffers=Buffers(timedelta(minutes=5), timedelta(minutes=10)),
)  # fmt: skip


def bond(number: int, **other: object) -> Relationship:
    """One of several pairs of the same mentor, all due at the same time."""
    mentee = person(f"mentee-{number}", "Asia/Kolkata", boundaries=(soft(1, "15:00", "16:00"),))
    plain = Relationship(f"pair-{number}", MENTOR, (mentee,), RULES, starts=NOON + timedelta(days=7))
    return replace(plain, **other)  # type: ignore[arg-type]  # its own fields


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, [bond(number) for number in (1, 2, 3)])


def untouched(stage: Stage) -> bool:
    return not (stage.sender.sent or stage.statuses() or stage.journal())


class TestOneByOne:
    def test_each_sees_what_is_planned_before_it(self, stage: Stage) -> None:
        """One mentor with three pairs has them on three days, since one a day is all they take."""
        found = plan_one_by_one(stage.programme())
        assert [each.standing for each in found] == [Standing.PLANNED] * 3
        assert len({each.span.start // DAY for each in found if each.span}) == 3
        assert untouched(stage)

    def test_it_is_what_a_sweep_books(self, stage: Stage) -> None:
        planned = {each.relationship.id: each.span for each in plan_one_by_one(stage.programme())}
        stage.sweep()
        assert planned == {name: stage.booked(name) for name in planned}
        again = plan_one_by_one(stage.programme())
        assert {(each.standing, each.number) for each in again} == {(Standing.BOOKED, 1)}
        assert {each.relationship.id: each.span for each in again} == planned

    def test_what_is_not_planned_says_why(self, tmp_path: Path) -> None:
        never = replace(MENTOR, id="mentor-2", availability=())
        stage = Stage(
            tmp_path,
            [
                bond(1, paused=True),
                bond(2, ends=NOON),
                bond(3, starts=NOON + timedelta(weeks=20)),
                bond(4, mentor=never),
            ],
        )
        found = {each.relationship.id: each.standing for each in plan_one_by_one(stage.programme())}
        assert found == {
            "pair-1": Standing.PAUSED,
            "pair-2": Standing.ENDED,
            "pair-3": Standing.NOT_YET,
            "pair-4": Standing.NO_TIME,
        }

    def test_fewer_weeks_see_less(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path, [bond(1, starts=NOON + timedelta(weeks=3))])
        assert plan_one_by_one(stage.programme(), 4)[0].standing is Standing.PLANNED
        assert plan_one_by_one(stage.programme(), 2)[0].standing is Standing.NOT_YET


class TestTogether:
    def test_all_that_is_due_is_placed_with_its_cadence_and_within_limits(self, stage: Stage) -> None:
        found = plan_together(stage.programme())
        assert [each.relationship.id for each in found.placed] == ["pair-1", "pair-2", "pair-3"]
        spans = [span_ for each in found.placed for span_ in each.spans]
        days = [span_.start // DAY for span_ in spans if span_]
        assert len(days) == len(set(days)) == len(spans) == 9
        for each in found.placed:
            starts = [span_.start for span_ in each.spans if span_]
            assert all(abs(later - earlier - 14 * DAY) <= 4 * DAY for earlier, later in pairwise(starts))
        assert (found.plan.cost, found.plan.gap) == (0, 0.0), "from ten to twelve nobody is burdened"
        assert untouched(stage)

    def test_of_what_costs_the_same_the_nearest_to_the_due_days_is_planned(self, tmp_path: Path) -> None:
        """As the daemon would book it; else everybody met on the first day of every window, or on any."""
        stage = Stage(tmp_path, [bond(1)])
        (one,) = plan_one_by_one(stage.programme())
        (placed,) = plan_together(stage.programme(), seed=4).placed
        days = [(each.start - span("2027-03-08 00:00").start) // DAY for each in placed.spans if each]
        assert days == [1, 14, 28], "it starts on the first day, at noon, when the mentor is done"
        assert placed.spans[0] == one.span

    def test_the_same_seed_and_budget_give_the_same_plan(self, stage: Stage) -> None:
        first, second = (plan_together(stage.programme(), 4, seed=3) for _ in range(2))
        assert first.plan == second.plan

    def test_a_booked_meeting_stands_and_the_next_ones_follow_it(self, stage: Stage) -> None:
        stage.sweep()
        booked = stage.booked("pair-2")
        found = plan_together(stage.programme())
        (pair_2,) = (each for each in found.placed if each.relationship.id == "pair-2")
        assert pair_2.first == 2
        assert pair_2.spans[0] is not None
        assert abs(pair_2.spans[0].start - booked.start - 14 * DAY) <= 4 * DAY
        taken = {stage.booked(name).start // DAY for name in ("pair-1", "pair-2", "pair-3")}
        assert not taken & {s.start // DAY for each in found.placed for s in each.spans if s}

    def test_somebody_unreadable_is_not_placed(self, stage: Stage) -> None:
        stage.calendars["mentee-2"].faults.fail(Temporary("away"), on="read")
        found = plan_together(stage.programme())
        assert {name for name, _ in found.plan.unplaced} == {"pair-2"}

    def test_progress_is_told(self, stage: Stage) -> None:
        heard: list[tuple[int, int]] = []
        plan_together(stage.programme(), progress=lambda done, total: heard.append((done, total)))
        assert heard[-1] == (3, 3)

    def test_it_works_without_the_optimizer(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plan_programme, "find_spec", lambda _name: None)
        found = plan_together(stage.programme())
        assert not found.optimized
        assert not found.plan.unplaced

    def test_an_empty_programme_is_an_empty_plan(self, tmp_path: Path) -> None:
        assert plan_together(Stage(tmp_path, []).programme()).placed == ()


def refusing(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have the check refuse whatever is found for some: it would be a fault of the search, or of the check."""

    def refused(plan: list[Placement], _people: object) -> list[Violation]:
        first = next((place.relationship for place in plan if place.relationship.id in names), None)
        return [Violation(Breach.BUSY, first.id, first.mentor.id, 0)] if first else []

    monkeypatch.setattr(plan_programme, "check", refused)


class TestRefused:
    """Whoever reads a plan trusts it: what breaks a rule is never shown, and takes no other plan with it."""

    def test_one_by_one_the_others_are_planned(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        sound = {each.relationship.id: each for each in plan_one_by_one(stage.programme())}
        refusing(monkeypatch, "pair-1", "pair-3")
        found = {each.relationship.id: each for each in plan_one_by_one(stage.programme())}
        assert found["pair-2"] == sound["pair-2"]
        for name in ("pair-1", "pair-3"):
            assert (found[name].standing, found[name].span, found[name].refused) == (Standing.REFUSED, None, "busy")

    def test_together_the_others_are_planned(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        sound = {each.relationship.id: each for each in plan_together(stage.programme()).placed}
        refusing(monkeypatch, "pair-2")
        found = {each.relationship.id: each for each in plan_together(stage.programme()).placed}
        assert (found["pair-1"], found["pair-3"]) == (sound["pair-1"], sound["pair-3"])
        assert found["pair-2"] == replace(sound["pair-2"], spans=(None, None, None), refused="busy")


class TestRequests:
    def planning(self, *relationships: Relationship, weeks: int = 6) -> Planning:
        people = {p.id: PersonObserved() for each in relationships for p in each.people}
        return Planning(NOON, NOON + timedelta(weeks=weeks), people)

    def test_a_persons_starts_are_worked_out_once_for_each_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[str, Shape]] = []

        def counted(person_: Person, known: PersonObserved, grid: Grid, shape: Shape, limits: Limits) -> Starts:
            asked.append((person_.id, shape))
            return start_mask(person_, known, grid, shape, limits)

        monkeypatch.setattr(pose_requests, "start_mask", counted)
        bonds = [bond(number) for number in (1, 2, 3)]
        planning = self.planning(*bonds)
        for each in bonds:
            planning.request(each, State())
        assert len(asked) == len(set(asked)) == 4

    def test_candidates_are_open_starts_with_their_burden(self) -> None:
        request = self.planning(bond(1)).request(bond(1), State())
        assert request is not None
        assert (request.every, request.window) == (14 * DAY, 4 * DAY)
        first, second, _third = request.meetings
        assert (first.duration, first.before, first.after) == (45, 5, 10)
        assert first.candidates[0].start == span("2027-03-09 09:00").start
        burdens = {each.start % DAY: each.burden for each in first.candidates}
        assert burdens[9 * 60] == (0, 15 * 64), "half past two to a quarter past three in Kolkata"
        assert burdens[11 * 60] == (0, 0)
        assert second.candidates[0].start >= first.candidates[0].start + 10 * DAY

    @pytest.mark.parametrize(
        ("change", "weeks"),
        [
            ({"paused": True}, 6),
            ({"ends": NOON}, 6),
            ({"starts": NOON + timedelta(weeks=9)}, 6),
            ({"policy": replace(RULES, notice=timedelta(weeks=2))}, 1),
        ],
    )
    def test_whoever_has_nothing_due_asks_for_nothing(self, change: dict[str, object], weeks: int) -> None:
        this = bond(1, **change)
        assert self.planning(this, weeks=weeks).request(this, State()) is None

    def test_a_pause_puts_off_what_falls_into_it(self) -> None:
        """The first is due after the pause; what is due in a later pause is planned once that is over."""
        pause = rule(first=(NOON + timedelta(days=20)).date(), last=(NOON + timedelta(days=40)).date())
        request = self.planning(bond(1)).request(bond(1, pauses=(pause,)), State())
        assert request is not None
        assert len(request.meetings) == 1

    def test_the_booked_meeting_counts_as_held(self) -> None:
        booked = meeting(span("2027-03-08 10:00"), burden={"mentee-1": 2.0})
        state = State(number=1, meeting=booked)
        assert next_due(bond(1), state, NOON) == booked.span.starts_at + timedelta(weeks=2)
        request = self.planning(bond(1)).request(bond(1), state)
        assert request is not None
        assert request.ledger == (0, 128)

    def test_capacity_is_counted_by_the_persons_own_days_and_weeks(self) -> None:
        auckland = person("mentee-1", "Pacific/Auckland", week_starts=6)
        this = replace(bond(1), mentees=(auckland,))
        planning = self.planning(this)
        evening = span("2027-03-05 22:00")
        planning.known = {**planning.known, "mentee-1": PersonObserved((), (elsewhere(evening),))}
        capacity = planning.capacity(auckland, [this])
        saturday = capacity.day_of[evening.start]
        assert (capacity.per_day, capacity.per_week) == (1, 5)
        assert capacity.held_days == {saturday: 1}
        assert capacity.day_of[span("2027-03-05 10:45").start] == saturday - 1
        assert capacity.held_weeks == {capacity.week_of[evening.start]: 1}
        assert capacity.week_of[span("2027-03-06 12:00").start] == saturday + 1


def test_a_boundary_is_never_planned_over(tmp_path: Path) -> None:
    careful = replace(MENTOR, boundaries=(hard("09:00", "11:00"),))
    stage = Stage(tmp_path, [bond(1, mentor=careful)])
    (each,) = plan_one_by_one(stage.programme())
    assert each.span is not None
    assert each.span.starts_at.hour == 11


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 5, 6])
def test_plans_of_random_programmes_pass_the_check(seed: int) -> None:
    """Eight relationships of seven people with boundaries, calendars, holidays, journeys and limits of their own."""
    random = Random(seed)
    now = NOON + timedelta(minutes=random.randrange(300 * DAY))
    people, known = [], {}
    for number in range(7):
        each, known[each.id], _ = somebody(random, f"person-{number}", floor_minute(now), random.randint(0, 2))
        people.append(each)
    bonds = [_random_bond(random, number, people, now) for number in range(8)]
    planning = Planning(now, now + timedelta(weeks=4), known)
    planning.look_at(bonds)
    requests = [request for each in bonds if (request := planning.request(each, State()))]
    capacities = {
        each.id: planning.capacity(each, own) for each in people if (own := [b for b in bonds if each in b.people])
    }
    plan = plan_cohort(requests, capacities, budget=Budget(rounds=10, tries=3))
    bond_of, length = {each.id: each for each in bonds}, {each.id: each.meetings[0].duration for each in requests}
    placed = [
        Placement(bond_of[name], Span(start, start + length[name]))
        for name, starts in plan.placements.items()
        for start in starts
        if start is not None
    ]
    assert placed
    assert check(placed, {each.id: (each, known[each.id]) for each in people}) == []


def _random_bond(random: Random, number: int, people: list[Person], now: datetime) -> Relationship:
    mentor, *mentees = random.sample(people, random.choice((2, 2, 3)))
    cadence = Cadence(
        timedelta(weeks=random.choice((1, 2))),
        timedelta(days=random.randint(1, 3)),
        timedelta(minutes=random.choice((25, 45, 90))),
    )
    limits = Limits(random.choice((1, 2)), random.choice((2, 4)))
    starts = now + timedelta(days=random.randint(0, 9))
    return Relationship(f"bond-{number}", mentor, tuple(mentees), Policy(cadence, limits=limits), starts=starts)
