"""Mistakes about calendars, limits and windows, and about the order of what is found."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

SLOTS = ("test_slots",)
CADENCE = ("test_cadence",)

MUTANTS = (
    Mutant(
        "an unreadable calendar is free",
        "layers",
        "    if known.busy is None or not grid.count:",
        "    known = PersonObserved(known.busy or (), known.elsewhere)\n    if not grid.count:",
        SLOTS,
    ),
    Mutant(
        "the room before and after a meeting is swapped",
        "layers",
        "early, late = 1 - shape.duration - shape.after, shape.before",
        "early, late = 1 - shape.duration - shape.before, shape.after",
        SLOTS,
    ),
    Mutant(
        "a meeting may run one minute into busy time",
        "layers",
        "early, late = 1 - shape.duration",
        "early, late = 2 - shape.duration",
        SLOTS,
    ),
    Mutant(
        "rooms between two meetings add up",
        "layers",
        "max(meeting.after, shape.before), max(shape.after, meeting.before)",
        "meeting.after + shape.before, shape.after + meeting.before",
        SLOTS,
    ),
    Mutant(
        "what was declined is offered again",
        "layers",
        "barred = _pauses(relationship, grid) | _declined(avoided, Shape.of(relationship), grid)",
        "barred = _pauses(relationship, grid)",
        SLOTS,
    ),
    Mutant(
        "pauses are days of UTC",
        "layers",
        "blocked(relationship.pauses, relationship.mentor.where, lived)",
        "blocked(relationship.pauses, type(relationship.mentor.where)('UTC'), lived)",
        ("test_proof",),
    ),
    Mutant(
        "a meeting may begin a minute after the relationship ends",
        "layers",
        "mask |= grid.within([(end, max(",
        "mask |= grid.within([(end + grid.step, max(",
        ("test_proof", "test_slots"),
    ),
    Mutant(
        "limits are of the day in UTC",
        "layers",
        "grid.sampled(expand(whole_days(full), person.where, grid.lived(1)))",
        "grid.sampled(expand(whole_days(full), type(person.where)('UTC'), grid.lived(1)))",
        SLOTS,
    ),
    Mutant(
        "a day may hold one meeting too many",
        "layers",
        "if days.count(day) >= limits.per_day",
        "if days.count(day) > limits.per_day",
        SLOTS,
    ),
    Mutant(
        "every week begins on Monday",
        "layers",
        "timedelta(days=(day.weekday() - starts) % 7)",
        "timedelta(days=day.weekday())",
        SLOTS,
    ),
    Mutant(
        "notice is ignored",
        "slots",
        "ceil_minute(max(first, now + policy.notice))",
        "ceil_minute(max(first, now))",
        SLOTS,
    ),
    Mutant(
        "dearer comes first",
        "slots",
        "key=lambda slot: (slot.cost, slot.span.start)))",
        "key=lambda slot: (-slot.cost, slot.span.start)))",
        SLOTS,
    ),
    Mutant(
        "what costs one of two is easy for both",
        "layers",
        "return Starts(self.open & other.open, self.easy & other.easy)",
        "return Starts(self.open & other.open, self.easy | other.easy)",
        SLOTS,
    ),
    Mutant(
        "a medium that only the mentor has is chosen",
        "slots",
        "if all(m in person.media for person in relationship.people)",
        "if any(m in person.media for person in relationship.people)",
        SLOTS,
    ),
    Mutant(
        "a meeting is looked for only after it is due",
        "cadence",
        "else max(due - tolerance, earliest)",
        "else max(due, earliest)",
        CADENCE,
    ),
    Mutant(
        "the last start of a window is lost",
        "cadence",
        "ceil_minute(min(last + MINUTE, now + policy.horizon))",
        "ceil_minute(min(last, now + policy.horizon))",
        CADENCE,
    ),
    Mutant(
        "a pause does not put a meeting off",
        "cadence",
        "        minute = paused[0].end\n",
        "        break\n",
        CADENCE,
    ),
)
