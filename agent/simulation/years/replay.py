"""Reads a history that was written to a file, and says of one that cannot be run what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.core.timespan import DAY
from agent.settings.mistakes import quote
from agent.simulation.years.crowd import Crowd
from agent.simulation.years.enrolment import mistakes
from agent.simulation.years.history import WEEK, Act, History, load

LONGEST = 104
"""Weeks of a history."""

STARTS = range(10_000 * DAY, 60_000 * DAY)
"""Minutes at which one may begin: from 1997 to 2134."""

FARTHEST = 52 * WEEK
"""Minutes that anything may last, or be moved by."""

KINDS = Crowd.kinds()

SIGNED = frozenset({"move"})
"""What may be done by less than nothing."""


class NotReplayable(Exception):
    """A file is no history that can be run; the message says why."""


def read_history(file: Path) -> History:
    """Give the history that a file holds. Raises ``NotReplayable``."""
    try:
        history = load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotReplayable(f"it cannot be read ({error.strerror or type(error).__name__})") from error
    except UnicodeDecodeError as error:
        raise NotReplayable("it is not text") from error
    except ValueError as error:
        raise NotReplayable(str(error)) from error
    if wrong := next(complaints(history), None):
        raise NotReplayable(wrong)
    return history


def complaints(history: History) -> Iterator[str]:
    """What keeps a history from being run, one sentence each; it has the right form."""
    if not 1 <= history.weeks <= LONGEST:
        yield f"weeks: {history.weeks} is not between 1 and {LONGEST}"
    if history.start not in STARTS:
        yield f"start: {history.start} is not a minute, since 1970, at which one can begin"
    for problem in mistakes(history):
        yield f"{problem.path or problem.file}: {problem.wrong}; {problem.advice}"
    if not (history.pairs or history.circles):
        yield "it has neither pairs nor circles"
    yield from _strangers(history)
    yield from _misdeeds(history)
    yield from _hindrances(history)


def _strangers(history: History) -> Iterator[str]:
    known = {str(each.get("id")) for each in history.people}
    named = {
        "acts": [act.person for act in history.acts],
        "faults": [fault.person for fault in history.faults],
        "habits": history.habits,
        "lag": history.lag,
        "loose": history.loose,
    }
    for key, people in named.items():
        if strangers := sorted(set(people) - known):
            yield f"{key}: there is no person {quote(strangers[0])} among its people"


def _misdeeds(history: History) -> Iterator[str]:
    for position, act in enumerate(history.acts):
        if why := _wrong_act(act):
            yield f"acts[{position}]: {why}"
    for person, habits in history.habits.items():
        for position, habit in enumerate(habits):
            if not _is_habit(habit):
                yield f"habits.{person}[{position}]: write weekday (0 to 6), minute of the day and length, at least 1"


def _wrong_act(act: Act) -> str | None:
    if act.kind not in KINDS:
        return f"nobody can do {quote(act.kind)}; people can {', '.join(sorted(KINDS))}"
    least = -FARTHEST if act.kind in SIGNED else 1 if act.kind == "ill" else 0
    if not least <= act.amount <= FARTHEST:
        return f"amount: {act.amount} is not between {least} and {FARTHEST}"
    return None


def _is_habit(habit: list[int]) -> bool:
    return len(habit) == 3 and habit[0] in range(7) and habit[1] in range(DAY) and habit[2] in range(1, 7 * DAY)


def _hindrances(history: History) -> Iterator[str]:
    lived = range(history.start, history.end)
    moments = {
        "acts": [act.at for act in history.acts],
        "faults": [fault.at for fault in history.faults],
        "kills": [kill.at for kill in history.kills],
    }
    for name, minutes in moments.items():
        for out in [at for at in minutes if at not in lived][:1]:
            yield f"{name}: {out} is none of its minutes, {lived.start} to {lived.stop - 1}"
    for position, fault in enumerate(history.faults):
        if fault.amount not in range(FARTHEST):
            yield f"faults[{position}].amount: {fault.amount} is not between 0 and {FARTHEST - 1}"
    for position, kill in enumerate(history.kills):
        if kill.step < 1 or kill.down not in range(FARTHEST):
            yield f"kills[{position}]: write a step of 1 or more, and not less than nothing for how long it is down"
    for person, lag in history.lag.items():
        if lag not in range(FARTHEST):
            yield f"lag.{person}: {lag} is not between 0 and {FARTHEST - 1}"
