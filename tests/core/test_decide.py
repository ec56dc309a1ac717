"""Stories: what two people live through, told from the outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent.core.intents import MailKind
from agent.core.observation import Answer
from agent.core.policy import Cadence, Limits, Policy
from agent.core.relationships import MeetingStatus, Relationship
from agent.core.timespan import DAY, Span
from tests.core.life import Life
from tests.factories import NOW, WEEKDAYS, at, circle, elsewhere, hard, pair, person, rule, soft, span

OFFICE: dict[str, Any] = {
    "availability": (rule("09:00", "18:00", days=WEEKDAYS),),
    "messages": (rule("09:00", "17:00", days=WEEKDAYS),),
}
MENTOR = person("mentor-1", "Europe/Lisbon", **OFFICE)
MENTEE = person("mentee-1", "Asia/Kolkata", **OFFICE)
DUE = at("2027-03-10 00:00")
FORTNIGHT = timedelta(weeks=2)


def couple(**other: Any) -> Relationship:
    """Free together on weekdays from 09:00 to 12:30 UTC; the first meeting is due on Wednesday the tenth."""
    return replace(pair(MENTOR, MENTEE, policy=Policy(), starts=DUE), **other)


def booked(**other: Any) -> Life:
    """The first meeting is in both calendars, for Wednesday at nine."""
    life = Life(couple(**other)).noticed()
    assert life.meeting.span == span("2027-03-10 09:00")
    return life


def day(text: str) -> Span:
    return span(f"{text} 00:00", DAY)


def whole(first: str, last: str) -> Span:
    return Span(day(first).start, day(last).end)


class TestAMeetingsLife:
    def test_the_first_is_booked_on_the_day_it_is_due_and_both_are_invited_in_their_hours(self) -> None:
        life = booked().days(1)
        assert life.told == ["booked"]
        assert {person for person, _ in life.events} == {"mentor-1", "mentee-1"}
        assert [(m.person, m.at) for m in life.mails(MailKind.INVITATION)] == [
            ("mentee-1", at("2027-03-01 03:30")),
            ("mentor-1", at("2027-03-01 09:00")),
        ]

    def test_the_agenda_comes_two_days_ahead_in_each_ones_hours(self) -> None:
        life = booked().until(at("2027-03-10 08:59"))
        assert [(m.person, m.at) for m in life.mails(MailKind.AGENDA)] == [
            ("mentor-1", at("2027-03-08 09:00")),
            ("mentee-1", at("2027-03-08 09:00")),
        ]

    def test_it_is_held_and_followed_up_two_hours_later(self) -> None:
        life = booked().until(at("2027-03-11 12:00"))
        assert life.history[1].status is MeetingStatus.HELD
        assert [(m.person, m.at) for m in life.mails(MailKind.FOLLOW_UP)] == [
            ("mentor-1", at("2027-03-10 11:45")),
            ("mentee-1", at("2027-03-11 03:30")),  # it was evening in Kolkata
        ]

    def test_the_next_is_booked_at_once_and_keeps_the_cadence(self) -> None:
        life = booked().until(at("2027-05-21 00:00"))
        starts = [life.history[n].span.starts_at for n in sorted(life.history)]
        assert [start.date() for start in starts] == [DUE.date() + n * FORTNIGHT for n in range(7)]
        assert [life.history[n].status for n in range(1, 8)] == [MeetingStatus.HELD] * 6 + [MeetingStatus.BOOKED]
        for kind in (MailKind.INVITATION, MailKind.AGENDA, MailKind.FOLLOW_UP):
            assert len(life.mails(kind, 3)) == 2

    def test_the_inconvenient_hour_takes_turns(self) -> None:
        only: dict[str, Any] = {"availability": (rule("09:00", "10:45"),)}
        early = person("mentor-1", boundaries=(soft(2, "09:00", "09:45"),), **only)
        late = person("mentee-1", boundaries=(soft(2, "10:00", "10:45"),), **only)
        policy = replace(Policy(), grid=timedelta(hours=1), cadence=Cadence(window=timedelta(hours=12)))
        life = Life(pair(early, late, policy=policy, starts=at("2027-03-10 12:00"))).days(365)
        hours = [m.span.starts_at.hour for m in life.history.values() if m.status is MeetingStatus.HELD]
        assert len(hours) >= 20
        assert abs(hours.count(9) - hours.count(10)) <= 1


class TestADecline:
    def test_it_moves_to_a_time_that_does_not_touch_the_declined_one_and_both_are_told(self) -> None:
        life = booked().days(1).declines("mentee-1").noticed()
        assert life.told == ["booked", "moved"]
        assert not life.meeting.span.touches(span("2027-03-10 09:00"))
        assert life.meeting.revision == 1
        assert [m.person for m in life.days(1).mails(MailKind.MOVED)] == ["mentee-1", "mentor-1"]

    def test_no_declined_time_is_ever_offered_again(self) -> None:
        life, refused = booked(), list[Span]()
        for _ in range(8):
            assert not any(life.meeting.span.touches(other) for other in refused)
            refused.append(life.meeting.span)
            life.declines("mentee-1").noticed()

    def test_once_a_meeting_was_held_the_declined_hour_may_be_asked_for_again(self) -> None:
        life = booked().days(1).declines("mentee-1").noticed()
        assert life.state.avoided
        life.until(at("2027-03-13 00:00"))
        assert life.history[1].status is MeetingStatus.HELD
        assert life.state.avoided == ()

    def test_where_nothing_else_is_found_it_is_cancelled_and_the_time_still_not_offered(self) -> None:
        """The mentor has this one hour; the calendar clears up later, and the declined hour stays declined."""
        full = [whole("2027-03-01", "2027-03-09"), Span(span("2027-03-10 10:00").start, day("2027-03-20").end)]
        life = Life(couple(), busy={"mentor-1": full}).noticed().days(1)
        life.declines("mentee-1").noticed()
        assert life.told == ["booked", "cancelled"]
        assert life.state.meeting is None
        assert len(life.days(1).mails(MailKind.CANCELLED)) == 2
        assert not life.days(1).mails(MailKind.CANNOT_FIND)
        life.busy.clear()
        life.noticed()
        assert life.told == ["booked", "cancelled", "booked"]
        assert not life.meeting.span.touches(span("2027-03-10 09:00"))

    def test_within_notice_it_is_cancelled_and_made_up_for_as_soon_as_notice_allows(self) -> None:
        life = booked().until(at("2027-03-09 12:00")).declines("mentor-1").noticed()
        assert life.told == ["booked", "cancelled", "booked"]
        assert life.meeting.number == 2
        assert life.meeting.span.starts_at >= at("2027-03-10 12:00")

    def test_one_that_was_declined_and_is_over_was_not_held(self) -> None:
        life = booked().until(at("2027-03-10 08:00")).declines("mentor-1").sleep(at("2027-03-10 10:00"))
        assert life.told[:2] == ["booked", "called-off"]
        assert life.history[1].status is MeetingStatus.CANCELLED
        assert not life.days(2).mails(MailKind.FOLLOW_UP)

    def test_what_did_not_take_place_burdened_nobody(self) -> None:
        early = replace(MENTOR, boundaries=(soft(2, "09:00", "13:00"),))
        life = booked(mentor=early).until(at("2027-03-10 08:00")).declines("mentor-1").sleep(at("2027-03-10 10:00"))
        assert life.history[1].burden == {"mentor-1": 90, "mentee-1": 0}
        assert not life.state.ledger.points
        assert booked(mentor=early).until(at("2027-03-10 10:00")).state.ledger.points == {"mentor-1": 90}


class TestOnesOwnHand:
    def test_deleting_it_cancels_it_for_both_and_the_next_is_due_a_cycle_later(self) -> None:
        life = booked().days(1).deletes("mentor-1").noticed()
        assert life.told == ["booked", "cancelled", "booked"]
        assert ("mentee-1", 1) not in life.events
        assert life.meeting.number == 2
        assert life.meeting.span.starts_at.date() == date(2027, 3, 24)
        assert [m.person for m in life.days(1).mails(MailKind.CANCELLED)] == ["mentee-1", "mentor-1"]

    def test_dragging_it_elsewhere_moves_it_for_both(self) -> None:
        chosen = span("2027-03-12 10:10", 30)
        life = booked().days(1).moves("mentee-1", chosen).noticed()
        assert life.meeting.span == life.events["mentor-1", 1].span == chosen
        assert life.meeting.chosen_by == "mentee-1"
        assert life.told == ["booked", "moved"]
        assert not life.look().intents

    def test_shortening_it_keeps_its_hour(self) -> None:
        life = booked().moves("mentor-1", span("2027-03-10 09:00", 30)).noticed()
        assert life.meeting.span == span("2027-03-10 09:00", 30)
        assert life.state.avoided == ()

    def test_ones_own_evening_is_ones_own_business(self) -> None:
        """Half past five in Lisbon crosses no rule of the mentor's; it is the mentee who chose to stay up."""
        chosen = span("2027-03-11 17:00")
        life = booked().moves("mentee-1", chosen).noticed()
        assert life.meeting.span == chosen
        assert life.noticed().told == ["booked", "moved"]

    def test_it_wins_even_within_notice(self) -> None:
        chosen = span("2027-03-10 11:00")
        life = booked().until(at("2027-03-10 08:00")).moves("mentor-1", chosen).noticed()
        assert life.meeting.span == chosen

    @pytest.mark.parametrize("chosen", ["2027-03-11 17:00", "2027-03-11 10:00"])
    def test_it_does_not_win_over_the_others_boundary_or_appointment(self, chosen: str) -> None:
        """Five in the afternoon is half past ten at night in Kolkata; at ten the mentee sits in another meeting."""
        life = booked().blocks("mentee-1", span("2027-03-11 10:00", 60)).moves("mentor-1", span(chosen)).noticed()
        assert life.told == ["booked", "moved"]
        assert life.meeting.span not in {span(chosen), span("2027-03-10 09:00")}
        assert life.meeting.chosen_by is None

    def test_moved_to_the_past_it_is_given_another_time(self) -> None:
        life = booked().days(2).moves("mentor-1", span("2027-03-01 09:00")).noticed()
        assert life.meeting.span.starts_at > life.now

    def test_dragged_beyond_a_year_it_is_given_another_time(self) -> None:
        life = booked().days(2).moves("mentor-1", span("2029-03-01 09:00")).noticed()
        assert life.meeting.span.starts_at < at("2027-04-30 00:00")

    def test_stretched_over_days_it_keeps_its_length(self) -> None:
        life = booked().days(1).moves("mentor-1", span("2027-03-11 09:00", 3 * 24 * 60)).noticed()
        assert life.meeting.span == span("2027-03-11 09:00")

    def test_nobody_is_moved_back_to_where_they_moved_away_from(self) -> None:
        chosen = span("2027-03-11 09:00")
        life = booked().days(1).moves("mentee-1", chosen).noticed()
        life.blocks("mentor-1", chosen).noticed()
        assert life.told == ["booked", "moved", "moved"]
        assert not life.meeting.span.touches(span("2027-03-10 09:00"))

    def test_put_off_at_the_last_moment_it_is_not_taken_for_held(self) -> None:
        """They drag it to Friday while nobody was looking; by the time we look, Wednesday is over."""
        chosen = span("2027-03-12 09:00")
        life = booked().until(at("2027-03-10 08:30")).moves("mentor-1", chosen).sleep(at("2027-03-11 12:00"))
        assert life.meeting.span == chosen
        assert life.until(at("2027-03-15 00:00")).history[1].status is MeetingStatus.HELD
        assert all(m.at > chosen.ends_at for m in life.mails(MailKind.FOLLOW_UP))

    def test_put_off_to_an_impossible_time_it_is_made_up_for(self) -> None:
        life = booked().until(at("2027-03-10 08:30")).moves("mentor-1", span("2027-03-12 17:00"))
        life.sleep(at("2027-03-11 12:00")).days(3)
        assert [event for event in life.told if event != "mail-left-out"] == ["booked", "cancelled", "booked"]
        assert life.meeting.number == 2

    def test_a_meeting_that_has_begun_is_left_alone(self) -> None:
        life = booked().until(at("2027-03-10 09:10")).declines("mentee-1").noticed()
        assert life.told == ["booked"]


class TestAConflict:
    def test_it_moves_and_both_are_told(self) -> None:
        life = booked().days(1).blocks("mentor-1", span("2027-03-10 09:30", 30)).noticed()
        assert life.told == ["booked", "moved"]
        assert not life.meeting.span.touches(span("2027-03-10 09:30", 30))
        assert len(life.days(1).mails(MailKind.MOVED)) == 2

    def test_the_new_time_gets_an_agenda_of_its_own(self) -> None:
        life = booked().until(at("2027-03-08 12:00")).blocks("mentor-1", span("2027-03-10 09:00")).noticed()
        life.until(life.meeting.span.starts_at)
        assert len(life.mails(MailKind.AGENDA, 1)) == 4

    def test_another_relationships_meeting_is_one_too(self) -> None:
        life = booked()
        life.elsewhere["mentee-1"] = (elsewhere(span("2027-03-10 09:00")),)
        assert life.noticed().told == ["booked", "moved"]

    def test_with_no_other_time_they_are_told_once_and_it_stays(self) -> None:
        life = booked().days(1).blocks("mentor-1", whole("2027-03-01", "2027-04-30")).noticed()
        assert life.told == ["booked", "stuck"]
        assert not life.noticed().look().intents
        life.until(at("2027-03-10 08:00"))
        assert len(life.mails(MailKind.CANNOT_FIND)) == 2
        assert life.meeting.span == span("2027-03-10 09:00")

    def test_one_that_goes_away_settles_and_nobody_is_told_of_it_any_more(self) -> None:
        life = Life(couple()).noticed()
        life.blocks("mentor-1", whole("2027-03-01", "2027-04-30")).look()
        life.busy.clear()
        life.look()
        assert life.told == ["booked", "stuck", "settled"]
        assert not life.days(2).mails(MailKind.CANNOT_FIND)

    def test_one_that_comes_back_is_not_told_again(self) -> None:
        life = booked().days(1)
        for _ in range(3):
            life.busy["mentor-1"] = [whole("2027-03-01", "2027-04-30")]
            life.noticed().days(1)
            life.busy.clear()
            life.noticed()
        assert len(life.mails(MailKind.CANNOT_FIND)) == 2

    def test_within_notice_nothing_is_moved(self) -> None:
        life = booked().until(at("2027-03-09 09:01")).blocks("mentor-1", span("2027-03-10 09:00")).noticed()
        assert life.told == ["booked", "stuck"]

    def test_what_stands_in_the_calendar_of_whoever_chose_the_time_is_none(self) -> None:
        chosen = span("2027-03-11 09:00")
        life = booked().blocks("mentor-1", chosen).moves("mentor-1", chosen).noticed()
        assert life.meeting.span == chosen
        assert life.noticed().told == ["booked", "moved"]


class TestABoundaryAddedLater:
    def test_it_moves_what_it_forbids(self) -> None:
        careful = replace(MENTEE, boundaries=(hard("14:00", "16:00"),))
        life = booked().days(1).changes(couple(mentees=(careful,)))
        assert life.told == ["booked", "moved"]
        assert life.meeting.span.starts_at >= at("2027-03-10 10:30")

    def test_within_notice_it_cancels(self) -> None:
        careful = replace(MENTEE, boundaries=(hard("14:00", "16:00"),))
        life = booked().until(at("2027-03-09 10:00")).changes(couple(mentees=(careful,)))
        assert life.told[:2] == ["booked", "cancelled"]
        assert ("mentor-1", 1) not in life.events

    def test_a_holiday_does_the_same(self) -> None:
        resting = replace(MENTOR, holidays=frozenset({date(2027, 3, 10)}))
        life = booked().changes(couple(mentor=resting))
        assert life.told == ["booked", "moved"]


class TestAnUnreadableCalendar:
    def test_nothing_is_booked_on_a_guess_and_no_alarm_is_raised_before_it_is_late(self) -> None:
        life = Life(couple(), unreadable={"mentee-1"}).until(at("2027-03-12 00:00"))
        assert life.told == []
        assert life.state.meeting is None

    def test_once_it_is_late_they_are_told_once(self) -> None:
        life = Life(couple(), unreadable={"mentee-1"}).until(at("2027-04-10 00:00"))
        assert life.told == ["no-slot"]
        assert [m.person for m in life.mails(MailKind.CANNOT_FIND)] == ["mentee-1", "mentor-1"]

    def test_it_is_booked_when_the_calendar_can_be_read_again(self) -> None:
        life = Life(couple(), unreadable={"mentee-1"}).until(at("2027-03-05 00:00"))
        life.unreadable.clear()
        assert life.noticed().meeting.span == span("2027-03-10 09:00")

    def test_a_booked_meeting_is_not_given_up_because_nobody_can_see_it(self) -> None:
        life = booked()
        life.unreadable.add("mentee-1")
        assert life.noticed().told == ["booked"]


class TestNoTime:
    def test_both_are_told_once_with_reasons_of_kinds_only(self) -> None:
        life = Life(couple(), busy={"mentor-1": [whole("2027-03-01", "2027-12-31")]}).until(at("2027-04-20 00:00"))
        assert life.told == ["no-slot"]
        assert set(life.journal[0].detail) == {"busy", "unavailable"}
        assert len(life.mails(MailKind.CANNOT_FIND)) == 2

    def test_it_is_looked_for_again_by_itself(self) -> None:
        life = Life(couple(), busy={"mentor-1": [whole("2027-03-01", "2027-12-31")]}).until(at("2027-03-20 00:00"))
        life.busy.clear()
        life.days(1)
        assert life.told[:2] == ["no-slot", "booked"]
        assert life.meeting.span.starts_at.date() == date(2027, 3, 22)


class TestPauses:
    def test_a_paused_relationship_gives_up_its_meeting_and_books_none(self) -> None:
        life = booked().days(1).changes(couple(paused=True)).days(60)
        assert life.told == ["booked", "cancelled"]
        assert life.wake_at is None

    def test_it_goes_on_when_the_pause_is_taken_away(self) -> None:
        life = booked().days(1).changes(couple(paused=True)).until(at("2027-05-03 00:00")).changes(couple())
        assert life.told == ["booked", "cancelled", "booked"]
        assert life.meeting.span.starts_at == at("2027-05-04 08:00")

    def test_a_meeting_due_in_a_pause_is_held_after_it(self) -> None:
        away = rule(first=date(2027, 3, 8), last=date(2027, 3, 28))
        life = Life(couple(pauses=(away,))).until(at("2027-04-15 00:00"))
        assert life.history[1].span.starts_at == at("2027-03-29 08:00")  # summer time has begun
        assert life.history[2].span.starts_at == at("2027-04-12 08:00")
        assert "no-slot" not in life.told

    def test_a_pause_set_over_a_booked_meeting_moves_it(self) -> None:
        away = rule(first=date(2027, 3, 10), last=date(2027, 3, 10))
        life = booked().changes(couple(pauses=(away,)))
        assert life.told == ["booked", "moved"]

    def test_none_is_booked_from_the_end_on(self) -> None:
        life = Life(couple(ends=at("2027-04-01 00:00"))).until(at("2027-06-01 00:00"))
        assert sorted(life.history) == [1, 2]
        assert life.wake_at is None
        assert "no-slot" not in life.told
        assert len(life.mails(MailKind.FOLLOW_UP)) == 4

    def test_an_end_set_before_a_booked_meeting_cancels_it(self) -> None:
        life = booked().changes(couple(ends=at("2027-03-10 08:59")))
        assert life.told == ["booked", "cancelled"]

    def test_one_that_starts_in_autumn_is_first_looked_at_when_its_window_is_in_sight(self) -> None:
        life = Life(couple(starts=at("2027-10-01 00:00"))).noticed()
        assert life.wake_at == at("2027-10-01 00:00") + timedelta(days=4) - timedelta(weeks=6)
        assert not life.told
        assert life.days(365).history[1].span.starts_at == at("2027-10-01 08:00")


class TestDowntime:
    def test_a_month_of_it_leaves_no_burst_behind(self) -> None:
        """One meeting was held meanwhile; nobody hears of it a month later, and one new meeting is booked."""
        life = booked().days(1).sleep(at("2027-04-08 00:00")).days(1)
        assert life.told == ["booked", "held", "mail-left-out", "mail-left-out", "booked"]
        assert not life.mails(MailKind.AGENDA, 1)
        assert life.meeting.number == 2
        assert life.meeting.span.starts_at >= at("2027-04-09 00:00")

    def test_after_a_few_days_of_it_the_follow_up_comes_once(self) -> None:
        life = booked().days(1).sleep(at("2027-03-14 00:00")).days(3)
        assert not life.mails(MailKind.AGENDA, 1)
        assert [m.person for m in life.mails(MailKind.FOLLOW_UP)] == ["mentee-1", "mentor-1"]

    @pytest.mark.parametrize("days", [1, 8, 20, 40])
    def test_two_looks_at_one_instant_say_no_more_than_one(self, days: int) -> None:
        life = booked().sleep(NOW + timedelta(days=days))
        again = life.look()
        assert (again.intents, again.reasons, again.meetings, again.withdrawals) == ((), (), (), ())


class TestMoreThanTwo:
    def test_a_circle_needs_everyone(self) -> None:
        third = person("mentee-2", "Europe/Lisbon", **OFFICE)
        life = Life(circle(MENTOR, MENTEE, third, policy=Policy(), starts=DUE))
        life.blocks("mentee-2", day("2027-03-10")).noticed()
        assert life.meeting.span.starts_at.date() == date(2027, 3, 11)
        life.declines("mentee-2").noticed()
        assert life.told == ["booked", "moved"]
        assert len(life.days(3).mails(MailKind.MOVED)) == 3

    def test_two_relationships_respect_one_persons_limits(self) -> None:
        """The mentor has a pair and a circle; one meeting a day is enough."""
        one_a_day = replace(Policy(), limits=Limits(1, 5))
        first = Life(couple(policy=one_a_day)).noticed()
        second = Life(couple(policy=one_a_day, id="pair-2", mentees=(replace(MENTEE, id="mentee-2"),)))
        second.elsewhere["mentor-1"] = (elsewhere(first.meeting.span, 5, 10),)
        second.noticed()
        assert second.meeting.span.starts_at.date() == date(2027, 3, 11)

    def test_whoever_books_no_calendar_still_meets(self) -> None:
        """Their answer cannot be seen, and nothing is taken for an edit of theirs."""
        life = Life(couple(mentees=(replace(MENTEE, books=False),))).until(at("2027-03-11 12:00"))
        assert {person for person, _ in life.events} == {"mentor-1"}
        assert life.history[1].status is MeetingStatus.HELD
        assert len(life.mails(MailKind.INVITATION, 1)) == 2


def test_an_answer_other_than_no_changes_nothing() -> None:
    life = booked()
    for answer in (Answer.ACCEPTED, Answer.TENTATIVE):
        this = ("mentor-1", 1)
        life.events[this] = replace(life.events[this], answer=answer)
        assert life.noticed().told == ["booked"]


def test_an_event_that_its_owner_cancelled_is_as_good_as_deleted() -> None:
    life = booked()
    life.events["mentor-1", 1] = replace(life.events["mentor-1", 1], cancelled=True)
    assert life.noticed().told == ["booked", "cancelled", "booked"]


def test_somebody_without_hours_for_mail_is_left_out_and_the_journal_says_so() -> None:
    life = Life(couple(mentees=(replace(MENTEE, messages=()),))).days(1)
    assert [m.person for m in life.sent] == ["mentor-1"]
    assert [(e.event, e.person) for e in life.journal] == [("booked", None), ("mail-left-out", "mentee-1")]
