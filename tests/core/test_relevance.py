"""What is said at the last moment is still true then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.relationships import State
from agent.core.relevance import relevant
from tests.factories import NOW, meeting, span

BOOKED = meeting(span("2027-03-10 09:00"), number=3, revision=2)
STATE = State(number=3, meeting=BOOKED)
WRITE = Intent("pair-1", 3, 2, IntentKind.WRITE_EVENT, "mentor-1", NOW)


def mail(kind: MailKind, number: int = 3, revision: int = 2) -> Intent:
    return Intent("pair-1", number, revision, IntentKind.SEND_MAIL, "mentor-1", NOW, kind)


def test_what_is_about_the_meeting_as_it_is_now_is_relevant() -> None:
    assert relevant(WRITE, STATE, NOW)
    for kind in (MailKind.INVITATION, MailKind.AGENDA, MailKind.MOVED):
        assert relevant(mail(kind), STATE, NOW)


@pytest.mark.parametrize("kind", [MailKind.INVITATION, MailKind.AGENDA, MailKind.MOVED])
def test_what_is_about_an_older_time_or_another_meeting_is_not(kind: MailKind) -> None:
    assert not relevant(mail(kind, revision=1), STATE, NOW)
    assert not relevant(mail(kind, number=2), STATE, NOW)
    assert not relevant(mail(kind), State(number=3), NOW)
    assert not relevant(replace(WRITE, revision=1), STATE, NOW)


@pytest.mark.parametrize("kind", [MailKind.CANCELLED, MailKind.FOLLOW_UP])
def test_what_cannot_be_undone_stays_true(kind: MailKind) -> None:
    assert relevant(mail(kind, revision=0), State(number=4), NOW)
    assert relevant(replace(WRITE, kind=IntentKind.REMOVE_EVENT, number=1), State(number=4), NOW)


def test_nothing_is_relevant_once_it_has_expired() -> None:
    expiring = replace(mail(MailKind.CANCELLED), expires=NOW)
    assert not relevant(expiring, STATE, NOW)
    assert relevant(expiring, STATE, NOW - timedelta(seconds=1))


def test_that_no_time_was_found_is_said_only_while_there_is_no_meeting() -> None:
    none_found = mail(MailKind.CANNOT_FIND, number=4, revision=0)
    assert relevant(none_found, State(number=3), NOW)
    assert not relevant(none_found, STATE, NOW)
    assert not relevant(none_found, State(number=4), NOW)


def test_that_a_conflict_stays_is_said_only_while_it_does() -> None:
    stays = mail(MailKind.CANNOT_FIND, number=3, revision=3)
    stuck = replace(STATE, meeting=replace(BOOKED, stuck_told=True))
    assert relevant(stays, stuck, NOW)
    assert not relevant(stays, STATE, NOW)
    assert not relevant(stays, State(number=3), NOW)
    assert not relevant(replace(stays, revision=2), stuck, NOW)
