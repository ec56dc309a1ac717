"""Yesterday's database is put back: what was done since is found by its keys, and nobody hears of anything twice."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from agent.core.gap import Gap
from agent.core.observation import Answer
from agent.core.relationships import Relationship
from agent.core.timespan import DAY, Span
from agent.services import limits as services
from agent.services.gates import Gates
from agent.services.programme import Programme
from agent.services.sweep import sweep
from agent.services.take_over import take_over
from agent.settings.attune_file import Limits
from agent.store import backup, recovery
from agent.store.quotas import Rate
from agent.store.restore import examine, restore
from connectors.errors import ConsentRevoked, Temporary
from connectors.guard import guarded
from tests import factories
from tests.crash.points import Died, MortalStore, Points
from tests.services.stage import NOON, Stage

BOTH = ("mentor-1", "mentee-1")
HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


def quietly(_done: int, _all: int) -> None:
    """Nobody watches."""


def backed_up(stage: Stage) -> None:
    backup.back_up(stage.store, stage.home / "a.backup", stage.clock.instant, quietly)


def put_back(stage: Stage, *, worked_until: datetime | None = None) -> None:
    """Lose the database, and restore the backup."""
    stage.store.close()
    found, now = examine(stage.home / "a.backup"), stage.clock.instant
    gap = Gap(found.header.taken_at, worked_until or now)
    restore(f"sqlite:///{stage.home}/attune.db", found, gap, now, force=False, progress=quietly)
    stage.store = stage.reopened()


def world(stage: Stage) -> tuple[object, ...]:
    """What people see: every event, and how often each mail came."""
    mails = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in stage.sender.sent)
    return {person: stage.events(person) for person in stage.people}, mails


def twice(stage: Stage) -> list[object]:
    mails = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in stage.sender.sent)
    return [mail for mail, count in mails.items() if count > 1]


def unfinished(stage: Stage) -> bool:
    with stage.store.look() as tx:
        return recovery.unfinished(tx)


def booked(stage: Stage) -> None:
    stage.sweep()


def declined(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentee-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()


def moved_by_hand(stage: Stage) -> None:
    stage.sweep()
    chosen = Span(stage.booked().start + 300, stage.booked().start + 330)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.sweep()


def moved_twice(stage: Stage) -> None:
    declined(stage)
    stage.calendars["mentor-1"].answer(stage.uid(), Answer.DECLINED)
    stage.sweep()


def deleted(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.sweep()


def told_ahead(stage: Stage) -> None:
    """The agenda went out."""
    stage.sweep()
    stage.until(stage.booked().starts_at - HOUR)


def held(stage: Stage) -> None:
    """The meeting was held, followed up, and the next one was booked."""
    stage.sweep()
    stage.until(stage.booked().ends_at + timedelta(days=2))


def two_held(stage: Stage) -> None:
    held(stage)
    stage.until(stage.booked().ends_at + timedelta(days=2))


STORIES: dict[str, Callable[[Stage], None]] = {
    "booked": booked, "declined": declined, "moved by hand": moved_by_hand, "moved twice": moved_twice,
    "deleted": deleted, "told ahead": told_ahead, "held": held, "two held": two_held,
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("since", ["nothing booked", "booked"])
def test_what_was_done_since_is_found_and_not_done_again(stage: Stage, story: str, since: str) -> None:
    if since == "booked":
        stage.sweep()
    backed_up(stage)
    stage.clock.instant += HOUR
    STORIES[story](stage)
    before, state = world(stage), stage.state()
    put_back(stage)
    stage.sweep()
    stage.sweep()
    assert not unfinished(stage)
    assert world(stage) == before
    after = stage.state()
    assert after.number == state.number
    assert after.due is not None
    assert state.due is not None
    assert abs(after.due - state.due) < A_DAY
    assert (after.meeting and (after.meeting.number, after.meeting.revision, after.meeting.span)) == (
        state.meeting and (state.meeting.number, state.meeting.revision, state.meeting.span)
    )
    assert (after.last and after.last.number) == (state.last and state.last.number)


@pytest.mark.parametrize("story", STORIES)
def test_and_it_goes_on_as_if_nothing_had_happened(tmp_path: Path, story: str) -> None:
    """What lies after the restore is done: agenda, follow-up, the next meeting."""
    calm, lost = opened(tmp_path / "calm"), opened(tmp_path / "lost")
    for stage in (calm, lost):
        stage.sweep()
        backed_up(stage)
        stage.clock.instant += HOUR
        STORIES[story](stage)
        if stage is lost:
            put_back(stage)
        stage.until(stage.clock.instant + timedelta(days=40))
    assert twice(lost) == []
    assert world(lost) == world(calm)


def opened(home: Path) -> Stage:
    home.mkdir()
    policy = factories.policy(notice=timedelta(hours=24))
    return Stage(home, [factories.pair(policy=policy, starts=NOON + timedelta(days=10))])


def test_a_move_by_hand_after_the_loss_is_taken_in(stage: Stage) -> None:
    stage.sweep()
    backed_up(stage)
    declined(stage)
    chosen = Span(stage.booked().start + 300, stage.booked().start + 345)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.clock.instant += A_DAY
    put_back(stage)
    stage.sweep()
    assert stage.booked() == chosen
    for person in BOTH:
        assert stage.events(person) == {stage.uid(): chosen}
        assert len(stage.mails(person, "moved")) == 2
    assert twice(stage) == []


def test_a_move_by_hand_of_what_the_backup_knew_only_as_decided_is_not_written_over(stage: Stage) -> None:
    stage.decide()
    backed_up(stage)
    stage.sweep()
    chosen = Span(stage.booked().start + 300, stage.booked().start + 345)
    stage.calendars["mentee-1"].move(stage.uid(), chosen)
    stage.clock.instant += A_DAY
    put_back(stage)
    stage.sweep()
    assert stage.booked() == chosen
    assert twice(stage) == []


def test_what_was_decided_before_and_never_done_is_done(stage: Stage) -> None:
    """The machine died right after the backup: nothing promised is forgotten."""
    stage.decide()
    backed_up(stage)
    at = stage.clock.instant
    stage.clock.instant += A_DAY
    put_back(stage, worked_until=at - timedelta(seconds=1))
    stage.sweep()
    for person in BOTH:
        assert stage.events(person) == {stage.uid(): stage.booked()}
        assert len(stage.mails(person, "invitation")) == 1


def test_what_was_decided_before_and_done_since_is_not_done_again(stage: Stage) -> None:
    """Of a mail nobody can look up whether it came: it did, as far as anybody can know."""
    stage.decide()
    backed_up(stage)
    stage.sweep()
    before = world(stage)
    stage.clock.instant += A_DAY
    put_back(stage)
    stage.sweep()
    stage.sweep()
    assert world(stage) == before
    assert [line.detail["mail"] for line in stage.told("withheld")] == ["invitation"] * 2


def test_while_a_calendar_cannot_be_read_nothing_is_done(stage: Stage) -> None:
    """Unknown is not free: the event may be in it."""
    backed_up(stage)
    stage.sweep()
    before = world(stage)
    put_back(stage)
    stage.calendars["mentee-1"].faults.fail(ConsentRevoked("no"), times=10**6)
    stage.sweep()
    stage.until(stage.clock.instant + HOUR)
    assert unfinished(stage)
    stage.calendars["mentee-1"].faults.mend()
    assert world(stage) == before
    stage.until(stage.clock.instant + HOUR)
    assert world(stage) == before
    assert not unfinished(stage)


def test_nobody_is_booked_while_another_of_their_meetings_is_unknown(tmp_path: Path) -> None:
    mentor = factories.person("mentor-1")
    starts = NOON + timedelta(days=10)
    pairs = [factories.pair(mentor, factories.person(f"mentee-{n}"), starts=starts) for n in (1, 2)]
    second = replace(pairs[1], id="pair-2")
    stage = Stage(tmp_path, [pairs[0]])
    backed_up(stage)
    stage.sweep()
    stage.relationships = [pairs[0], second]
    stage.calendars["mentee-2"] = type(stage.calendars["mentor-1"])(second.mentees[0].email)
    put_back(stage)
    stage.calendars["mentee-1"].faults.fail(Temporary("no"), on="find", times=3)
    stage.sweep()
    assert "mentee-2" not in {mail["To"] for mail in stage.sender.sent}
    assert stage.events("mentee-2") == {}
    stage.until(stage.clock.instant + HOUR)
    assert len(stage.events("mentee-2")) == 1
    first, other = stage.booked("pair-1"), stage.booked("pair-2")
    assert not first.touches(other)
    assert twice(stage) == []


def test_a_pair_that_joined_since_is_looked_up_too(tmp_path: Path) -> None:
    others = factories.pair(factories.person("mentor-2"), factories.person("mentee-2"), starts=NOON + 40 * A_DAY)
    stage = Stage(tmp_path, [replace(others, id="pair-2")])
    stage.sweep()
    backed_up(stage)
    stage.relationships = [*stage.relationships, factories.pair(starts=NOON + 10 * A_DAY)]
    for person in BOTH:
        stage.calendars[person] = type(stage.calendars["mentor-2"])(stage.people[person].email)
    stage.sweep()
    before = world(stage)
    assert stage.events("mentor-1")
    put_back(stage)
    stage.sweep()
    assert world(stage) == before


def test_a_pair_that_left_since_is_called_off_after_it_was_looked_up(stage: Stage) -> None:
    stage.sweep()
    backed_up(stage)
    pair: Relationship = stage.relationships[0]
    other = replace(pair, id="pair-2", starts=NOON + 90 * A_DAY)
    stage.relationships = [other]
    put_back(stage)
    for _ in range(3):
        stage.sweep()
        stage.clock.instant += timedelta(minutes=1)
    assert not unfinished(stage)
    for person in BOTH:
        assert stage.events(person) == {}
    assert len(stage.told("left")) == 0


@pytest.mark.parametrize("story", ["declined"])
def test_killed_at_any_step_of_it_nothing_is_done_twice_either(stage: Stage, story: str) -> None:
    backed_up(stage)
    STORIES[story](stage)
    before = world(stage)
    for step in count(1):
        put_back(stage)
        points = Points(frozenset({step}))
        with suppress(Died):
            sweep(stage.programme(MortalStore(stage.store._engine, points)))
        take_over(stage.programme())
        stage.sweep()
        assert world(stage) == before, f"killed at step {step}"
        assert not unfinished(stage)
        if len(points.passed) < step:
            assert step > 5
            return


def test_each_mail_that_is_withheld_has_a_line(stage: Stage) -> None:
    stage.sweep()
    backed_up(stage)
    stage.until(stage.booked().ends_at + A_DAY)
    put_back(stage)
    stage.sweep()
    said = [(line.person, line.detail["mail"]) for line in stage.told("withheld")]
    assert Counter(said) == Counter((person, kind) for person in BOTH for kind in ("follow-up", "invitation"))
    assert stage.statuses().get("held-back") is None


def test_nothing_that_a_calendar_holds_besides_is_in_a_backup(stage: Stage) -> None:
    """A backup is kept elsewhere, and longer: it must not hold more than the database does."""
    stage.sweep()
    stage.calendars["mentee-1"].annotate(stage.uid(), "CANARY-note")
    stage.calendars["mentee-1"].add_busy(Span(stage.booked().start + DAY, stage.booked().start + DAY + 60))
    stage.sweep()
    backed_up(stage)
    text = gzip.decompress((stage.home / "a.backup").read_bytes()).decode()
    assert "CANARY" not in text
    assert "Example" not in text
    assert "@northwind.example" not in text


def test_what_is_looked_up_of_a_year_comes_to_an_end_within_the_smallest_limits_there_may_be(stage: Stage) -> None:
    """It goes on with what it has found where it was refused a call."""
    stage.sweep()
    for calendar in stage.calendars.values():
        first = calendar.holds()[stage.uid()]
        for number in range(2, 53):
            later = Span(first.span.start + number * 7 * DAY, first.span.end + number * 7 * DAY)
            calendar.create(replace(first, uid=stage.uid(number), span=later))
    backed_up(stage)
    put_back(stage)
    programme = within_the_smallest_limits(stage)
    for _ in range(10):
        sweep(programme)
        stage.clock.instant += timedelta(minutes=1)
    assert not unfinished(stage)
    assert stage.state().number == 52


def within_the_smallest_limits(stage: Stage) -> Programme:
    least = {name: Rate(field.metadata[0].ge) for name, field in Limits.model_fields.items()}
    limits = services.Limits(stage.store, stage.clock)
    gates = Gates(limits, least["server"], least["mailbox"], least["mails"], share=4)
    calendars = {
        name: (guarded(calendar, gates.calendar("server", f"{name}:0")),) for name, calendar in stage.calendars.items()
    }
    return replace(stage.programme(), calendars=calendars)
