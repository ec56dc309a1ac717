"""Meetings booked under older zone rules keep their time on the mentor's wall.

Vancouver gave up changing its clocks in 2026: by older releases of the rules 10:00 there on 10 March 2027 is 18:00 UTC,
by the one installed it is 17:00.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.decide import decide
from agent.core.draft import Decision
from agent.core.intents import IntentKind, MailKind
from agent.core.journal import Entry
from agent.core.observation import Answer, Busy, Observed, PersonObserved
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.core.timespan import Span
from agent.core.walltime import Wall, on_the_wall, resolved
from agent.core.whereabouts import Journey, Whereabouts
from agent.core.zones import VERSION
from tests.factories import NOW, event, hard, meeting, pair, person, span, written

VANCOUVER = "America/Vancouver"
OLD = "2025b"
THEN, TODAY = span("2027-03-10 18:00"), span("2027-03-10 17:00")
WALL = Wall(VANCOUVER, span("2027-03-10 10:00").start, OLD)
PAIR = pair(person("mentor-1", VANCOUVER), person("mentee-1", "Asia/Tokyo"))
BOOKED = meeting(THEN, wall=WALL)
HOUR = timedelta(hours=1)


def look(
    seen: Observed | None = None, booked: Meeting = BOOKED, bond: Relationship = PAIR, now: datetime = NOW
) -> Decision:
    state = State(number=1, due=booked.due, meeting=booked)
    return decide(state, seen or written(bond, booked), bond, now)


def booked_now(decision: Decision) -> Meeting:
    assert decision.state.meeting is not None
    return decision.state.meeting


def told(decision: Decision) -> dict[str, Entry]:
    return {entry.event: entry for entry in decision.reasons}


def mails(decision: Decision) -> set[MailKind]:
    return {intent.mail for intent in decision.intents if intent.mail}


class TestWallTime:
    """A wall time by the rules of today."""

    def test_a_time_keeps_its_zone_and_its_release(self) -> None:
        assert on_the_wall(Whereabouts(VANCOUVER), TODAY.start) == Wall(VANCOUVER, WALL.minute, VERSION)

    def test_who_travels_has_the_time_of_the_place(self) -> None:
        away = Whereabouts(VANCOUVER, (Journey(TODAY.starts_at.date(), TODAY.starts_at.date(), "Asia/Tokyo"),))
        assert on_the_wall(away, span("2027-03-10 01:00").start) == Wall("Asia/Tokyo", span("2027-03-10 10:00").start)

    @pytest.mark.parametrize(
        ("zone", "wall", "was", "now"),
        [
            (VANCOUVER, "2027-03-10 10:00", "2027-03-10 18:00", "2027-03-10 17:00"),
            ("Europe/Lisbon", "2027-10-31 01:30", "2027-10-31 03:30", "2027-10-31 00:30"),  # repeated: the first
            ("Europe/Lisbon", "2027-10-31 01:30", "2027-10-31 01:30", "2027-10-31 01:30"),  # it is the second, still
            (
                "Europe/Lisbon",
                "2027-03-28 01:30",
                "2027-03-28 00:30",
                "2027-03-28 01:30",
            ),  # skipped: read before the gap
            ("Asia/Tokyo", "2027-03-10 10:00", "2027-03-10 01:00", "2027-03-10 01:00"),
            ("Gone/Nowhere", "2027-03-10 10:00", "2027-03-10 01:00", "2027-03-10 01:00"),
        ],
    )
    def test_it_is_read_as_rfc_5545_says(self, zone: str, wall: str, was: str, now: str) -> None:
        assert resolved(Wall(zone, span(wall).start, OLD), span(was).start) == span(now).start

    def test_under_the_rules_of_today_nothing_is_asked(self) -> None:
        assert resolved(Wall(VANCOUVER, WALL.minute), THEN.start) == THEN.start


def test_what_is_booked_has_its_time_on_the_mentors_wall() -> None:
    booked = booked_now(decide(State(), Observed({p.id: PersonObserved() for p in PAIR.people}), PAIR, NOW))
    assert booked.wall == on_the_wall(PAIR.mentor.where, booked.span.start)


def test_one_from_before_that_was_kept_gets_it_and_nothing_moves() -> None:
    decision = look(booked=replace(BOOKED, wall=None))
    expected = replace(BOOKED, wall=on_the_wall(PAIR.mentor.where, THEN.start))
    assert booked_now(decision) == expected
    assert decision.meetings == (expected,)
    assert (decision.intents, decision.reasons) == ((), ())


def test_where_the_instant_is_the_same_only_the_release_is_renewed() -> None:
    summer = span("2027-07-07 17:00")
    booked = meeting(summer, wall=Wall(VANCOUVER, span("2027-07-07 10:00").start, OLD))
    decision = look(booked=booked)
    assert booked_now(decision) == replace(booked, wall=replace(booked.wall, rules=VERSION))  # type: ignore[type-var]  # it has one
    assert (decision.intents, decision.reasons) == ((), ())


def test_where_it_is_another_the_meeting_keeps_its_wall_time_and_everybody_is_told() -> None:
    decision = look()
    moved = booked_now(decision)
    assert (moved.span, moved.revision, moved.rezoned) == (TODAY, 1, True)
    assert moved.wall == Wall(VANCOUVER, WALL.minute, VERSION)
    detail = {"start": TODAY.start_text, "was": THEN.start_text, "rules": VERSION}
    assert told(decision)["zone-rules-changed"].detail == detail
    assert told(decision)["moved"].detail["why"] == "rezoned"
    assert mails(decision) == {MailKind.MOVED}
    writes = [intent.person for intent in decision.intents if intent.kind is IntentKind.WRITE_EVENT]
    assert writes == ["mentor-1", "mentee-1"]
    assert decision.withdrawals[0].before_revision == 1


def test_a_second_look_finds_nothing_to_do() -> None:
    moved = booked_now(look())
    decision = look(booked=moved)
    assert (booked_now(decision), decision.intents, decision.reasons) == (moved, (), ())


def test_a_calendar_that_moved_it_by_itself_is_nobodys_edit() -> None:
    """A server that keeps wall times follows the new rules before we do."""
    seen = written(PAIR, BOOKED, mentor_1=event(PAIR.id, BOOKED, span=TODAY))
    moved = booked_now(look(seen))
    assert (moved.span, moved.chosen_by) == (TODAY, None)


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "boundary"])
def test_where_somebody_cannot_have_that_time_another_is_found(*, busy: bool) -> None:
    seen, bond = written(PAIR, BOOKED), PAIR
    if busy:
        seen = Observed({**seen.people, "mentee-1": replace(seen.of("mentee-1"), busy=(Busy(TODAY),))})
    else:
        bond = replace(PAIR, mentees=(replace(PAIR.mentees[0], boundaries=(hard("02:00", "02:30"),)),))
    decision = look(seen, bond=bond)
    moved = booked_now(decision)
    assert not moved.span.touches(TODAY)
    assert (moved.rezoned, told(decision)["moved"].detail["why"]) == (True, "rezoned")
    assert TODAY.start in decision.state.avoided


def test_where_there_is_no_other_it_is_called_off() -> None:
    seen = written(PAIR, BOOKED)
    month = Span(TODAY.start - 60 * 24 * 30, TODAY.start + 60 * 24 * 60)
    decision = look(Observed({**seen.people, "mentee-1": replace(seen.of("mentee-1"), busy=(Busy(month),))}))
    assert decision.state.meeting is None
    assert mails(decision) == {MailKind.CANCELLED}


def test_while_a_calendar_cannot_be_read_it_waits() -> None:
    seen = written(PAIR, BOOKED)
    blind = Observed({**seen.people, "mentee-1": replace(seen.of("mentee-1"), busy=None)})
    decision = look(blind)
    assert (booked_now(decision), decision.reasons) == (BOOKED, ())


def test_what_people_did_by_hand_comes_first() -> None:
    later = span("2027-03-11 18:00")
    edited = booked_now(look(written(PAIR, BOOKED, mentee_1=event(PAIR.id, BOOKED, span=later))))
    assert (edited.span, edited.chosen_by, edited.rezoned) == (later, "mentee-1", False)
    assert edited.wall == on_the_wall(PAIR.mentor.where, later.start)
    removed = look(written(PAIR, BOOKED, mentee_1=None))
    assert (booked_now(removed).number, MailKind.CANCELLED in mails(removed)) == (2, True)
    declined = booked_now(look(written(PAIR, BOOKED, mentee_1=event(PAIR.id, BOOKED, Answer.DECLINED))))
    assert not declined.span.touches(TODAY)
    assert not declined.rezoned


def test_one_chosen_by_hand_keeps_its_chooser_and_what_they_tolerated() -> None:
    """They chose it by the clock, over something of their own that goes by the clock too."""
    guarded = replace(PAIR, mentor=replace(PAIR.mentor, boundaries=(hard("10:00", "10:20"),)))
    chosen = replace(BOOKED, chosen_by="mentor-1", tolerated=(Span(THEN.start, THEN.start + 20),))
    moved = booked_now(look(booked=chosen, bond=guarded))
    assert (moved.span, moved.chosen_by, moved.rezoned) == (TODAY, "mentor-1", True)
    assert moved.tolerated == (Span(TODAY.start, TODAY.start + 20),)


class TestAtTheLastMoment:
    """Rules that arrive on the day itself: 17:00 UTC by the clock of today, 18:00 by the old one."""

    @pytest.mark.parametrize("before", [timedelta(minutes=1), timedelta(hours=3)])
    def test_one_that_is_about_to_begin_moves_however_late(self, before: timedelta) -> None:
        strict = replace(PAIR, policy=replace(PAIR.policy, notice=timedelta(hours=24)))
        moved = booked_now(look(bond=strict, now=TODAY.starts_at - before))
        assert (moved.span, moved.revision) == (TODAY, 1)

    def test_of_one_that_has_begun_only_the_record_follows(self) -> None:
        decision = look(now=TODAY.starts_at + timedelta(minutes=5))
        held = booked_now(decision)
        assert (held.span, held.revision, held.rezoned) == (TODAY, 0, False)
        assert decision.meetings[0] == held
        assert mails(decision) <= {MailKind.AGENDA}
        assert "zone-rules-changed" in told(decision)

    def test_one_that_is_over_was_held_when_the_clock_said_so(self) -> None:
        blind = {name: replace(seen, busy=None) for name, seen in written(PAIR, BOOKED).people.items()}
        decision = look(Observed(blind), now=TODAY.ends_at)
        assert decision.state.last is not None
        assert (decision.state.last.span, decision.state.last.status) == (TODAY, MeetingStatus.HELD)

    def test_one_that_had_begun_by_the_old_rules_begins_again_by_the_new(self) -> None:
        """Were clocks put back instead, people would come an hour after what we had written."""
        written_early = meeting(span("2027-03-10 16:00"), wall=WALL)
        moved = booked_now(look(booked=written_early, now=written_early.span.ends_at))
        assert (moved.span, moved.status) == (TODAY, MeetingStatus.BOOKED)
