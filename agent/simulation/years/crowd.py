"""Lets people do what their history says: answer, move, delete, fall ill, fill their calendars, take access away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import ClassVar

from agent.core.observation import Answer, OwnEvent
from agent.core.timespan import Span
from agent.simulation.years.diary import Diary
from agent.simulation.years.history import Act, History
from agent.simulation.years.judging.evidence import Deed, Evidence

HOUR = 60


class Crowd:
    """Everybody, each with their diary."""

    def __init__(self, history: History, diaries: Mapping[str, Diary], evidence: Evidence) -> None:
        self._acts = list(history.acts)
        self._diaries = diaries
        self._evidence = evidence
        self._calm = history.calm
        self._appearing: list[tuple[int, str]] = []
        self._next = 0

    def next_act(self) -> int | None:
        """When somebody does something next, or something done becomes visible."""
        acts = [self._acts[self._next].at] if self._next < len(self._acts) else []
        return min(acts + [each[0] for each in self._appearing[:1]], default=None)

    def until(self, now: int) -> set[str]:
        """Do everything that is to be done by now; give whose calendars have visibly changed."""
        while self._next < len(self._acts) and self._acts[self._next].at <= now:
            act = self._acts[self._next]
            self._next += 1
            self._perform(act)
            heappush(self._appearing, (self._diaries[act.person].visible_at(act.at), act.person))
        changed = set()
        while self._appearing and self._appearing[0][0] <= now:
            changed.add(heappop(self._appearing)[1])
        return changed

    def _perform(self, act: Act) -> None:
        diary = self._diaries[act.person]
        if act.kind in self._ALONE:
            self._ALONE[act.kind](self, act, diary)
        elif coming := diary.upcoming(act.at):
            self._ON_EVENT[act.kind](self, act, diary, coming[0])

    def _note(self, act: Act, event: OwnEvent | None = None, kind: str = "") -> None:
        told = (event.uid, event.span.start, event.span.end) if event else ()
        self._evidence.deeds.append(Deed(self._evidence.next(), act.at, act.person, kind or act.kind, *told))

    @classmethod
    def kinds(cls) -> frozenset[str]:
        """All that people can do."""
        return frozenset(cls._ALONE.keys() | cls._ON_EVENT.keys())

    # Alone

    def _appointment(self, act: Act, diary: Diary) -> None:
        begins = (act.at + act.amount) // 15 * 15
        diary.add_busy(Span(begins, begins + HOUR), act.at)
        self._note(act)

    def _ill(self, act: Act, diary: Diary) -> None:
        diary.add_busy(Span(act.at, act.at + act.amount), act.at)
        self._note(act)

    def _clear(self, act: Act, diary: Diary) -> None:
        diary.clear(act.at)
        self._note(act)

    def _revoke(self, act: Act, diary: Diary) -> None:
        diary.line.revoked_until = min(act.at + act.amount, self._calm)
        self._note(act)

    # On the next of our events

    def _answer(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        self._note(act, diary.edit(event.uid, act.at, answer=_ANSWERS[act.kind]))

    def _move(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        span = Span(event.span.start + act.amount, event.span.end + act.amount)
        self._note(act, diary.edit(event.uid, act.at, span=span))

    def _stretch(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        span = Span(event.span.start, event.span.end + act.amount)
        self._note(act, diary.edit(event.uid, act.at, span=span))

    def _shorten(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        span = Span(event.span.start, max(event.span.end - act.amount, event.span.start + 1))
        self._note(act, diary.edit(event.uid, act.at, span=span))

    def _cancel(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        self._note(act, diary.edit(event.uid, act.at, cancelled=True))

    def _delete(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        diary.delete(event.uid, act.at)
        self._note(act, event)

    def _over(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        diary.add_busy(event.span, act.at)
        self._note(act, event)

    def _twice(self, act: Act, diary: Diary, event: OwnEvent) -> None:
        """Move it and decline it, in one breath."""
        self._move(Act(act.at, act.person, "move", 60), diary, event)
        self._answer(Act(act.at, act.person, "decline"), diary, event)

    _ALONE: ClassVar[dict[str, Callable[[Crowd, Act, Diary], None]]] = {
        "appointment": _appointment,
        "ill": _ill,
        "clear": _clear,
        "revoke": _revoke,
    }
    _ON_EVENT: ClassVar[dict[str, Callable[[Crowd, Act, Diary, OwnEvent], None]]] = {
        "accept": _answer,
        "tentative": _answer,
        "decline": _answer,
        "move": _move,
        "stretch": _stretch,
        "shorten": _shorten,
        "cancel": _cancel,
        "delete": _delete,
        "over": _over,
        "twice": _twice,
    }


_ANSWERS = {"accept": Answer.ACCEPTED, "tentative": Answer.TENTATIVE, "decline": Answer.DECLINED}
