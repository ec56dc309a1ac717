"""A change is played ahead as the daemon would live it, and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.check import Breach, Violation
from agent.core.layers import Kind
from agent.core.policy import Cadence, Limits
from agent.core.relationships import Relationship
from agent.core.timespan import DAY, Span
from agent.services import prove
from agent.services.plan_change import ChangePlan, Fate, Roster, plan_change
from agent.services.plan_change_course import Course
from agent.store import meetings, schema
from tests.factories import WEEKDAYS, hard, person, policy, rule, soft
from tests.services.stage import NOON, Stage

RULES = policy(
    notice=timedelta(days=1), horizon=timedelta(weeks=6), limits=Limits(1, 5),
    follow_up_after=timedelta(hours=2), agenda_before=timedelta(hours=48),
)  # fmt: skip
MENTOR = person("mentor-1", "Europe/Lisbon", availability=(rule("09:00", "12:00", WEEKDAYS),))
WEEKS = 8


def bond(number: int, **other: object) -> Relationship:
    mentee = person(f"mentee-{number}", "Asia/Kolkata", boundaries=(soft(1, "15:00", "16:00"),))
    plain = Relationship(f"pair-{number}", MENTOR, (mentee,), RULES, starts=NOON + timedelta(days=7))
    return replace(plain, **other)  # type: ignore[arg-type]  # its own fields


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, [bond(1), bond(2)])
    stage.sweep()
    return stage


@contextmanager
def silent(_step: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda _done, _all: None


def planned(stage: Stage, *changed: Relationship) -> ChangePlan:
    """What these relationships in the place of the stage's would do."""
    old = stage.programme()
    relationships = {each.id: each for each in changed or stage.relationships}
    people = {person.id: person for each in relationships.values() for person in each.people}
    deployment = replace(old.deployment, relationships=relationships, people=people)
    for name in people:
        assert name in stage.calendars
    return plan_change(old, replace(old, deployment=deployment), WEEKS, silent)


def fate(found: ChangePlan, name: str = "pair-1") -> Fate:
    return next(each for each in found.fates if each.id == name)


def course(each: Fate) -> Course:
    """With the change."""
    assert each.after is not None
    return each.after


def everything(stage: Stage) -> object:
    """Every row, every event in every calendar, and every mail."""
    with stage.store.look() as tx:
        rows = {table.name: list(map(tuple, tx.execute(table.select()))) for table in schema.metadata.sorted_tables}
    return rows, {name: stage.events(name) for name in stage.calendars}, [*map(str, stage.sender.sent)]


def test_it_is_what_the_daemon_does(stage: Stage) -> None:
    before, found = everything(stage), planned(stage)
    assert everything(stage) == before
    sent = Counter({kind: len(stage.mails("mentor-1", kind)) for kind in ("invitation", "agenda", "follow-up")})
    stage.until(NOON + timedelta(weeks=WEEKS))
    standing = {(each.id, meeting.number): meeting.span for each in found.fates for meeting in course(each).standing}
    with stage.store.look() as tx:
        lived = {key: meetings.find(tx, *key) for key in standing}
    assert {key: meeting.span for key, meeting in lived.items() if meeting} == standing
    assert [stage.state(each.id).number for each in found.fates] == [len(course(each).standing) for each in found.fates]
    mails = found.mails(each.after for each in found.fates)
    assert found.burdens[0] == found.burdens[1]
    for kind in sent:
        assert sum(mails[kind]) // 2 == len(stage.mails("mentor-1", kind)) - sent[kind], kind


def test_a_booked_meeting_that_is_forbidden_goes_where_the_daemon_puts_it(stage: Stage) -> None:
    day = (stage.booked().start // DAY) % 7
    kept = WEEKDAYS - {(day + 3) % 7}  # the first day of the epoch was a Thursday
    mentor = replace(MENTOR, availability=(rule("09:00", "12:00", kept),))
    before = everything(stage)
    found = planned(stage, bond(1, mentor=mentor), bond(2))
    assert everything(stage) == before
    told = fate(found)
    assert (told.becomes(told.before) or ("",))[0] == "stays"
    becomes = told.becomes(told.after)
    assert becomes is not None
    assert (becomes[0], told.why(told.after), told.why(told.before)) == ("moved", "forbidden", None)
    assert sum(found.mails([told.after])["moved"]) == 2
    stage.relationships, stage.terms = [bond(1, mentor=mentor), bond(2)], "others"
    stage.sweep()
    assert stage.booked() == becomes[1].span


def test_one_that_has_nowhere_to_go_is_called_off_and_the_reason_told(stage: Stage) -> None:
    found = planned(stage, bond(1, mentor=replace(MENTOR, boundaries=(hard(),))), bond(2))
    told = fate(found)
    becomes = told.becomes(told.after)
    assert becomes is not None
    assert (becomes[0], course(told).without) == ("called off", [2])
    assert course(told).vain[2].since == NOON
    assert course(told).vain[2].reasons[0].kind is Kind.UNAVAILABLE
    assert sum(found.mails([told.after])["cancelled"]) == 2
    assert not course(fate(found, "pair-2")).without


def test_the_roster(tmp_path: Path) -> None:
    stage = Stage(tmp_path, [bond(number) for number in (1, 2, 3, 4)] + [bond(5, paused=True), bond(6)])
    stage.sweep()
    changed = [bond(1, mentees=bond(2).mentees), bond(3, paused=True), bond(4), bond(5), bond(6)]
    found = planned(stage, *changed, bond(7, mentees=bond(1).mentees))
    assert {each.id: each.roster for each in found.fates} == {
        "pair-1": Roster.OTHERS,
        "pair-2": Roster.ENDS,
        "pair-3": Roster.PAUSED,
        "pair-4": None,
        "pair-5": Roster.RESUMED,
        "pair-6": None,
        "pair-7": Roster.STARTS,
    }
    off = {
        each.id: each.why(each.after) for each in found.fates if (to := each.becomes(each.after)) and to[0] != "stays"
    }
    assert off == {"pair-1": "parted", "pair-2": "parted", "pair-3": "forbidden"}
    assert fate(found, "pair-7").before is None
    assert course(fate(found, "pair-7")).standing


def test_files_without_anybody_call_nothing_off(stage: Stage) -> None:
    old = stage.programme()
    nobody = replace(old, deployment=replace(old.deployment, relationships={}, people={}))
    found = plan_change(old, nobody, WEEKS, silent)
    assert [each.after for each in found.fates] == [None, None]


def test_burden_is_measured_by_the_hours_that_are_good_now(stage: Stage) -> None:
    """Else a change that declares the hours before dawn good would look like a relief."""
    late = replace(bond(1).mentees[0], boundaries=(), good_hours=(rule("00:00", "24:00"),))
    mentor = replace(MENTOR, availability=(rule("09:30", "10:15", WEEKDAYS),))
    found = planned(stage, bond(1, mentor=mentor, mentees=(late,)), bond(2))
    before, after = found.burdens
    assert before.people["mentee-1"] == 0
    assert after.people["mentee-1"] > 0
    assert after.points["pair-1"] > 0
    assert after.imbalance["pair-1"] > before.imbalance["pair-1"]


def test_a_time_that_is_found_later_is_not_left_out(stage: Stage) -> None:
    """Somebody busy for weeks is asked again every day, and the meeting is found once they are free."""
    start = stage.booked().end + 60
    stage.calendars["mentee-1"].add_busy(Span(start, start + 22 * DAY))
    found = course(fate(planned(stage)))
    assert (list(found.vain), found.without) == ([2], [])


def test_what_the_check_refuses_ends_a_course(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    violation = Violation(Breach.BUSY, "pair-1", "mentor-1", 0)
    monkeypatch.setattr(prove, "check", lambda _plan, _people: [violation])
    assert {each.after.refused for each in planned(stage).fates if each.after} == {"busy"}


def test_more_meetings_are_more_mails(stage: Stage) -> None:
    often = replace(RULES, cadence=Cadence(timedelta(weeks=1), timedelta(days=2), timedelta(minutes=45)))
    found = planned(stage, bond(1, policy=often), bond(2, policy=often))
    before, after = (found.mails(getattr(each, side) for each in found.fates) for side in ("before", "after"))
    assert all(sum(after[kind]) > sum(before[kind]) for kind in ("invitation", "agenda", "follow-up"))
