"""What a relationship takes over from the calendars after its database was put back to an earlier day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from agent.core.adopt import Adopted, Found, adopt
from agent.core.gap import Gap
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.observation import OwnEvent
from agent.core.people import Medium
from agent.core.relationships import Ledger, Meeting, MeetingStatus, Relationship, State
from agent.core.timespan import DAY, Span
from tests import factories

A_DAY = timedelta(days=1)
PAIR = factories.pair()
BOTH = ("mentor-1", "mentee-1")
BOOKED = factories.meeting(factories.span("2027-03-20 09:00"))
LATER = factories.span("2027-03-21 14:00")
NEXT = factories.span("2027-04-03 09:00")
STATE = State(1, BOOKED.due, BOOKED, ledger=Ledger({"mentor-1": 4.0}, BOOKED.span.start - 7 * DAY))
GAP = Gap(factories.NOW, factories.NOW + A_DAY)


def shown(span: Span, sequence: int = 0, people: tuple[str, ...] = BOTH, number: int = 1) -> dict[str, OwnEvent]:
    """An event as it stands in these people's calendars."""
    event = factories.event(PAIR.id, factories.meeting(span, number), sequence=sequence, etag="7", href="/a.ics")
    return dict.fromkeys(people, event)


def taken_over(
    found: Found,
    state: State = STATE,
    *,
    relationship: Relationship = PAIR,
    written: tuple[str, ...] = BOTH,
    gap: Gap = GAP,
) -> Adopted:
    return adopt(state, relationship, found, written, gap, gap.until)


def mails(intents: tuple[Intent, ...]) -> set[tuple[MailKind | None, int, int, str]]:
    return {(each.mail, each.number, each.revision, each.person) for each in intents if each.mail}


def both(kind: MailKind, number: int, revision: int = 0) -> set[tuple[MailKind | None, int, int, str]]:
    return {(kind, number, revision, person) for person in BOTH}


def events(adopted: Adopted) -> list[tuple[IntentKind, int, int, str]]:
    return [(each.kind, each.number, each.revision, each.person) for each in adopted.intents if not each.mail]


# The booked meeting is the newest.


def test_what_is_as_it_was_stays_as_it_was() -> None:
    found = taken_over({1: shown(BOOKED.span)})
    assert found == Adopted(STATE, (), (), (), (), ())


def test_a_copy_that_was_written_since_is_known_from_now_on_at_the_time_we_wrote() -> None:
    """Its owner's own move of it must still be seen as one."""
    found = taken_over({1: shown(LATER)}, written=("mentor-1",))
    assert found.state == STATE
    assert [(copy.person, copy.span, copy.event.span) for copy in found.copies] == [("mentee-1", BOOKED.span, LATER)]


def test_an_older_copy_is_not_taken_for_the_present_one() -> None:
    moved = replace(STATE, meeting=replace(BOOKED, revision=2))
    assert taken_over({1: shown(BOOKED.span, 1)}, moved, written=()).copies == ()


def test_a_move_of_ours_is_taken_over_with_its_revision() -> None:
    """Booked anew at the old revision, every calendar would refuse or forget it."""
    told = replace(BOOKED, agenda_sent=True, stuck_told=True)
    found = taken_over({1: shown(LATER, 2)}, replace(STATE, meeting=told))
    moved = found.state.meeting
    assert moved is not None
    assert (moved.span, moved.revision, moved.due) == (LATER, 2, BOOKED.due)
    assert (moved.agenda_sent, moved.stuck_told) == (False, False)
    assert moved.wall == factories.meeting(LATER).wall
    assert found.state.avoided == (BOOKED.span.start,)
    assert found.meetings == (moved,)
    assert {copy.person for copy in found.copies} == set(BOTH)
    assert mails(found.presumed) == both(MailKind.MOVED, 1, 2)
    assert found.intents == ()
    assert [(line.event, line.number, dict(line.detail)) for line in found.reasons] == [
        ("adopted", 1, {"start": LATER.start_text, "revision": 2})
    ]


def test_only_a_revision_that_every_copy_has_reached_is_ours() -> None:
    """Some programs count their owner's own edits on top."""
    events = shown(BOOKED.span, people=("mentor-1",)) | shown(LATER, 1, ("mentee-1",))
    assert taken_over({1: events}).state == STATE


def test_where_copies_differ_most_of_them_count_and_then_the_mentors() -> None:
    other = factories.span("2027-03-22 10:00")
    events = shown(LATER, 1, ("mentor-1",)) | shown(other, 1, ("mentee-1",))
    assert taken_over({1: events}).meetings[0].span == LATER
    circle = factories.circle(*(factories.person(name) for name in (*BOTH, "mentee-2")), id=PAIR.id)
    events |= shown(other, 1, ("mentee-2",))
    assert taken_over({1: events}, relationship=circle).meetings[0].span == other


def test_whose_rules_alone_forbid_the_time_has_chosen_it() -> None:
    """Otherwise the next decision would move what somebody moved by hand on purpose."""
    sleeper = factories.person("mentee-1", availability=(factories.rule("08:00", "12:00"),))
    found = taken_over({1: shown(LATER, 1)}, relationship=factories.pair(mentee=sleeper)).state.meeting
    assert found is not None
    assert (found.chosen_by, found.tolerated) == ("mentee-1", (LATER,))
    late = factories.person("mentor-1", availability=sleeper.availability)
    neither = taken_over({1: shown(LATER, 1)}, relationship=factories.pair(late, sleeper)).state.meeting
    assert neither is not None
    assert (neither.chosen_by, neither.tolerated) == (None, ())


def test_what_is_gone_from_every_calendar_is_left_to_the_decision_and_nobody_is_told_twice() -> None:
    found = taken_over({1: {}})
    assert found.state == STATE
    assert mails(found.presumed) == both(MailKind.CANCELLED, 1, 1)


def test_what_was_never_written_is_still_to_be_written() -> None:
    assert taken_over({1: {}}, written=()) == Adopted(STATE, (), (), (), (), ())


# Later ones were booked.


def test_the_first_meeting_is_taken_over() -> None:
    due = BOOKED.span.starts_at + A_DAY
    found = taken_over({1: shown(BOOKED.span), 2: {}, 3: {}}, State(due=due), written=())
    meeting = found.state.meeting
    assert meeting is not None
    assert (found.state.number, found.state.due) == (1, due)
    assert (meeting.number, meeting.span, meeting.due, meeting.medium) == (1, BOOKED.span, due, Medium.VIDEO)
    assert mails(found.presumed) == both(MailKind.INVITATION, 1)
    assert events(found) == []


def test_whoever_lacks_it_gets_it() -> None:
    found = taken_over({1: shown(BOOKED.span, people=("mentor-1",))}, State(due=BOOKED.due), written=())
    assert events(found) == [(IntentKind.WRITE_EVENT, 1, 0, "mentee-1")]


def test_whoever_could_not_be_written_to_in_the_gap_is_told_now() -> None:
    reader = factories.person("mentee-1", messages=(factories.rule("10:00", "11:00"),))
    night = Gap(factories.at("2027-03-01 20:00"), factories.at("2027-03-02 06:00"))
    pair = factories.pair(mentee=reader)
    found = taken_over({1: shown(BOOKED.span, 1)}, State(), relationship=pair, written=(), gap=night)
    assert mails(found.presumed) == {(MailKind.MOVED, 1, 1, "mentor-1")}
    assert mails(found.intents) == {(MailKind.MOVED, 1, 1, "mentee-1")}
    assert found.intents[0].not_before == factories.at("2027-03-02 10:00")
    assert found.intents[0].expires == BOOKED.span.ends_at


def test_a_meeting_that_another_followed_was_held() -> None:
    gap = Gap(factories.NOW, BOOKED.span.ends_at + timedelta(hours=1))
    burdened = replace(STATE, meeting=replace(BOOKED, burden={"mentor-1": 9.0}), avoided=(7,))
    found = taken_over({1: shown(BOOKED.span), 2: shown(NEXT, number=2)}, burdened, gap=gap)
    state = found.state
    assert (state.number, state.avoided) == (2, ())
    assert state.last is not None
    assert (state.last.number, state.last.status, state.last.followed_up) == (1, MeetingStatus.HELD, False)
    assert state.ledger.as_of == BOOKED.span.start
    assert state.meeting is not None
    assert (state.meeting.span, state.meeting.due) == (NEXT, NEXT.starts_at)
    assert [meeting.number for meeting in found.meetings] == [1, 2]
    assert [line.event for line in found.reasons] == ["held", "adopted"]
    assert mails(found.presumed) == both(MailKind.INVITATION, 2)


def test_a_follow_up_that_was_due_in_the_gap_is_not_sent_again() -> None:
    gap = Gap(factories.NOW, BOOKED.span.ends_at + timedelta(hours=3))
    found = taken_over({1: shown(BOOKED.span), 2: shown(NEXT, number=2)}, gap=gap)
    assert both(MailKind.FOLLOW_UP, 1) <= mails(found.presumed)


def test_a_meeting_that_is_nowhere_while_another_followed_was_called_off() -> None:
    found = taken_over({1: {}, 2: shown(NEXT, number=2)})
    assert [(each.number, each.status, each.revision) for each in found.meetings] == [
        (1, MeetingStatus.CANCELLED, 1),
        (2, MeetingStatus.BOOKED, 0),
    ]
    assert found.state.last is None
    assert mails(found.presumed) == both(MailKind.CANCELLED, 1, 1) | both(MailKind.INVITATION, 2)
    assert events(found) == []


def test_a_copy_of_it_that_could_not_be_taken_out_is_taken_out() -> None:
    found = taken_over({1: shown(BOOKED.span, people=("mentee-1",)), 2: shown(NEXT, number=2)})
    assert events(found) == [(IntentKind.REMOVE_EVENT, 1, 1, "mentee-1")]


def test_nobody_is_told_that_what_is_over_was_called_off() -> None:
    gap = Gap(factories.NOW, BOOKED.span.ends_at)
    found = taken_over({1: {}, 2: shown(NEXT, number=2)}, gap=gap)
    assert MailKind.CANCELLED not in {mail for mail, *_ in mails((*found.presumed, *found.intents))}


def test_of_meetings_that_nobody_has_there_is_nothing_to_say() -> None:
    """Number 2 was booked and called off again."""
    found = taken_over({2: {}, 3: shown(NEXT, number=3)}, State(1, BOOKED.due))
    assert [meeting.number for meeting in found.meetings] == [3]
    assert found.state.due == NEXT.starts_at


def test_two_that_the_store_has_never_heard_of() -> None:
    gap = Gap(factories.NOW, BOOKED.span.ends_at)
    found = taken_over({1: shown(BOOKED.span, 1), 2: shown(NEXT, number=2)}, State(), written=(), gap=gap)
    assert [(each.number, each.status, each.revision) for each in found.meetings] == [
        (1, MeetingStatus.HELD, 1),
        (2, MeetingStatus.BOOKED, 0),
    ]
    assert found.state.due == BOOKED.span.starts_at + PAIR.policy.cadence.every


def test_without_anybody_to_ask_nothing_is_known() -> None:
    empty = State(due=PAIR.starts)
    assert taken_over({}, empty, written=()) == Adopted(empty, (), (), (), (), ())


# Mails that were due.


def at_the_end(meeting: Meeting, last: Meeting | None = None) -> set[tuple[MailKind | None, int, int, str]]:
    gap = Gap(factories.NOW, BOOKED.span.ends_at + timedelta(hours=3))
    return mails(taken_over({1: shown(BOOKED.span)}, replace(STATE, meeting=meeting, last=last), gap=gap).presumed)


def test_agenda_and_follow_up_whose_moments_were_in_the_gap_are_not_sent_again() -> None:
    assert at_the_end(BOOKED) == both(MailKind.AGENDA, 1) | both(MailKind.FOLLOW_UP, 1)
    assert at_the_end(replace(BOOKED, agenda_sent=True)) == both(MailKind.FOLLOW_UP, 1)
    last = replace(BOOKED, number=0, followed_up=True)
    assert at_the_end(BOOKED, last=last) == both(MailKind.AGENDA, 1) | both(MailKind.FOLLOW_UP, 1)


def test_those_whose_moments_are_to_come_are_sent() -> None:
    """Nothing promised is forgotten."""
    assert mails(taken_over({1: shown(BOOKED.span)}).presumed) == set()


def test_whoever_can_never_be_written_to_was_not() -> None:
    silent = factories.pair(mentee=factories.person("mentee-1", messages=()))
    found = taken_over({1: {}}, relationship=silent)
    assert mails(found.presumed) == {(MailKind.CANCELLED, 1, 1, "mentor-1")}


def test_that_no_time_was_found_is_not_said_again_where_it_was_looked_for_in_the_gap() -> None:
    due = factories.NOW + PAIR.policy.horizon - PAIR.policy.cadence.window + timedelta(hours=1)
    waiting = State(1, due)
    assert mails(taken_over({2: {}, 3: {}}, waiting).presumed) == both(MailKind.CANNOT_FIND, 2)
    assert mails(taken_over({2: {}, 3: {}}, replace(waiting, told=2)).presumed) == set()
    looked_for_before = replace(waiting, due=due - A_DAY)
    assert mails(taken_over({2: {}, 3: {}}, looked_for_before).presumed) == set()
