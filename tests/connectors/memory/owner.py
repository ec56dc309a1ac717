"""A calendar's owner on the calendar in memory."""

from __future__ import annotations

from agent.core.observation import Answer
from agent.core.timespan import Span
from connectors.errors import OutcomeUnknown
from connectors.memory import MemoryCalendar
from tests.contract.owners import ADDRESS, UID, Entry, invitation


class MemoryOwner:
    """Acts on the one calendar there is."""

    def __init__(self) -> None:
        self.calendar = MemoryCalendar(ADDRESS)

    def reader(self) -> MemoryCalendar:
        return self.calendar

    def writer(self) -> MemoryCalendar:
        return self.calendar

    def writer_that_loses_the_answer_to(self, method: str) -> MemoryCalendar:
        self.calendar.faults.fail(OutcomeUnknown("cut"), on=method, after=True)
        return self.calendar

    def add(self, entry: Entry) -> None:
        if entry.uid == UID:
            self.calendar.create(invitation(start=entry.span.start, minutes=entry.span.minutes))
        elif entry.blocks:
            self.calendar.add_busy(entry.span)

    def move(self, uid: str, span: Span) -> None:
        self.calendar.move(uid, span)

    def answer(self, uid: str, answer: Answer) -> None:
        self.calendar.answer(uid, answer)

    def cancel(self, uid: str) -> None:
        self.calendar.cancel(uid)

    def delete(self, uid: str) -> None:
        self.calendar.delete(uid)

    def set_alarm(self, uid: str) -> None:
        self.calendar.annotate(uid, "alarm")

    def has_alarm(self, uid: str) -> bool:
        return self.calendar.note(uid) == "alarm"

    def titles(self, uid: str) -> list[str]:
        return [said.summary for of, said in self.calendar.holds().items() if of == uid]
