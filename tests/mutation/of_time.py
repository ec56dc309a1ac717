"""Mistakes about spans, sets of minutes, zones, journeys and the grid."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

CHANGES = ("test_transitions",)
SLOTS = ("test_slots",)
TRAVEL = ("test_whereabouts",)
SPANS = ("test_timespan",)
BITS = ("test_minutes",)
WEEKS = ("test_weeks",)

MUTANTS = (
    Mutant(
        "spans that meet end to end touch",
        "timespan",
        "return self.start < other.end and other.start < self.end",
        "return self.start <= other.end and other.start <= self.end",
        SPANS,
    ),
    Mutant(
        "an instant is rounded down where it should be up",
        "timespan",
        "return -((EPOCH - moment) // MINUTE)",
        "return (moment - EPOCH) // MINUTE",
        SPANS,
    ),
    Mutant(
        "half a minute of a length is lost", "timespan", "return -(-length // MINUTE)", "return length // MINUTE", SPANS
    ),
    Mutant(
        "neighbours stay two spans",
        "timespan",
        "if merged and span.start <= merged[-1].end:",
        "if merged and span.start < merged[-1].end:",
        SPANS,
    ),
    Mutant(
        "a change of offset is noticed a minute late",
        "zones",
        "                outside = middle\n        return outside",
        "                outside = middle\n        return outside + 1",
        CHANGES,
    ),
    Mutant(
        "a gap is read with the offset after it",
        "whereabouts",
        "skipped = wall - before  #",
        "skipped = utc  #",
        TRAVEL,
    ),
    Mutant(
        "a repeated time is its last",
        "whereabouts",
        "    for segment in segments:\n        utc = wall - segment.offset",
        "    for segment in reversed(tuple(segments)):\n        utc = wall - segment.offset",
        TRAVEL,
    ),
    Mutant(
        "a journey lacks its last day",
        "whereabouts",
        "there.utc(journey.last.toordinal() + 1)",
        "there.utc(journey.last.toordinal())",
        TRAVEL,
    ),
    Mutant(
        "a journey begins at midnight in UTC",
        "whereabouts",
        "there.utc(journey.first.toordinal()),",
        'Whereabouts("UTC").utc(journey.first.toordinal()),',
        TRAVEL,
    ),
    Mutant(
        "the local day is that of UTC",
        "whereabouts",
        "        return (minute + segment.offset) // DAY + EPOCH_DAY",
        "        return minute // DAY + EPOCH_DAY",
        TRAVEL,
    ),
    Mutant(
        "a stretch may be one minute too short",
        "minutes",
        "        mask &= mask >> step\n        known += step",
        "        mask &= mask >> step\n        known += step + 1",
        BITS,
    ),
    Mutant(
        "a week is laid out over part of the window",
        "minutes",
        "    while width < length:",
        "    while 2 * width < length:",
        BITS,
    ),
    Mutant(
        "the last start of a grid is lost",
        "grid",
        "max(0, -((first - window.end) // step))",
        "max(0, (window.end - first) // step)",
        SLOTS,
    ),
    Mutant(
        "the grid is counted from the window's beginning",
        "grid",
        "first = -(-window.start // step) * step",
        "first = window.start",
        SLOTS,
    ),
    Mutant(
        "busy ends are rounded down to the grid",
        "grid",
        "late - self.first + step - 1",
        "late - self.first",
        CHANGES,
    ),
    Mutant(
        "only starts near the first of the grid are marked",
        "grid",
        "mask |= mark << number * block",
        "mask |= mark << number",
        ("test_grid",),
    ),
    Mutant(
        "every week begins like the grid's first",
        "weeks",
        "(grid.first + segment.offset - MONDAY) % WEEK",
        "(grid.first - MONDAY) % WEEK",
        WEEKS,
    ),
    Mutant(
        "a meeting over a change of the clock is looked up in one offset's week",
        "weeks",
        "        found |= _over(after.span.start, week, segments, grid, duration)",
        "        found |= 0",
        WEEKS,
    ),
    Mutant(
        "a meeting may run on over the change of the clock",
        "weeks",
        "grid.number(segment.span.end - duration + 1)",
        "grid.number(segment.span.end)",
        WEEKS,
    ),
    Mutant(
        "a meeting in Sunday's night does not see Monday",
        "weeks",
        "return beginnings(week | (week & ones(length)) << WEEK, length)",
        "return beginnings(week | ones(length) << WEEK, length)",
        WEEKS,
    ),
)
