"""A failure that was asked for happens where it was asked for, and only as often."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from agent.core.invitations import Attendee, Invitation
from agent.core.timespan import EPOCH, Span
from connectors.base import CalendarWriter, Capability, MailSender
from connectors.errors import OutcomeUnknown, Temporary
from connectors.memory import MemoryCalendar, MemorySender

INVITATION = Invitation("1@attune", 0, Span(0, 45), "Talk", "", Attendee("A", "a@x.example"), (), EPOCH)


def test_they_are_what_the_services_ask_for() -> None:
    sender: MailSender = MemorySender()
    assert isinstance(MemoryCalendar(), CalendarWriter)
    assert sender.check()


def test_a_call_fails_before_its_effect() -> None:
    calendar = MemoryCalendar()
    calendar.faults.fail(Temporary("busy"), on="create")
    assert calendar.token()
    with pytest.raises(Temporary):
        calendar.create(INVITATION)
    assert not calendar.holds()
    assert calendar.create(INVITATION).etag


def test_a_call_fails_after_its_effect() -> None:
    calendar = MemoryCalendar()
    calendar.faults.fail(OutcomeUnknown("cut"), after=True)
    with pytest.raises(OutcomeUnknown):
        calendar.create(INVITATION)
    assert calendar.find(INVITATION.uid)


def test_failing_ends_when_mended() -> None:
    sender = MemorySender()
    sender.faults.fail(Temporary("down"), times=1000)
    for _ in range(3):
        with pytest.raises(Temporary):
            sender.send(EmailMessage())
    sender.faults.mend()
    assert sender.send(EmailMessage()).startswith("250")
    assert len(sender.sent) == 1


def test_a_calendar_without_tokens_counts_as_changed_every_time() -> None:
    assert MemoryCalendar(capabilities=Capability.WRITE).token() is None


def test_own_events_are_busy_for_who_does_not_ask_for_them() -> None:
    calendar = MemoryCalendar()
    calendar.create(INVITATION)
    window = Span(0, 1000)
    assert not calendar.read(window, frozenset({INVITATION.uid})).busy
    assert [b.span for b in calendar.read(window, frozenset()).busy] == [INVITATION.span]
