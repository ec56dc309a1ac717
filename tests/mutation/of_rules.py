"""Mistakes about rules: which days they name, and what the two readings of them block."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

CHANGES = ("test_transitions",)
SLOTS = ("test_slots",)
BOUNDARIES = ("test_boundaries",)
WEEKS = ("test_weeks",)
RULES = ("test_recurrence", "test_boundaries")

MUTANTS = (
    Mutant(
        "the last day of a stretch is left out",
        "rules",
        "(self.last is None or day <= self.last)",
        "(self.last is None or day < self.last)",
        BOUNDARIES,
    ),
    Mutant(
        "every other week is the other one",
        "rules",
        "// 7 % self.every == 0",
        "// 7 % self.every == self.every - 1",
        BOUNDARIES,
    ),
    Mutant(
        "weeks are counted from a Monday",
        "rules",
        "(day.toordinal() - self.anchor.toordinal()) // 7",
        "(day.toordinal() - self.anchor.toordinal() + self.anchor.weekday()) // 7",
        BOUNDARIES,
    ),
    Mutant(
        "a counted recurrence begins its count in the window",
        "rules",
        "left = max(recurrence.count - past, 0)",
        "left = recurrence.count",
        RULES,
    ),
    Mutant(
        "a recurrence goes on past its last day",
        "rules",
        "high = high if recurrence.last is None else min(high, recurrence.last.toordinal())",
        "high = high if recurrence.last is None else min(high, recurrence.last.toordinal() + 1)",
        RULES,
    ),
    Mutant(
        "weeks of a recurrence begin on Monday",
        "occurrences",
        "(start.weekday() - pattern.week_starts) % 7 if",
        "start.weekday() if",
        RULES,
    ),
    Mutant("Sunday night does not reach Monday", "expansion", "        week |= week >> WEEK\n", "", WEEKS),
    Mutant(
        "Sunday night does not reach the Monday of a week that is repeated",
        "weeks",
        "return (week | week >> WEEK) & ones(WEEK)",
        "return week & ones(WEEK)",
        WEEKS,
    ),
    Mutant(
        "only rules that begin at a change of the clock are in doubt",
        "expansion",
        "for edge in (rule.start, rule.end))",
        "for edge in (rule.start,))",
        BOUNDARIES,
    ),
    Mutant(
        "a night between dates ends at midnight where the window begins",
        "expansion",
        "mask |= bits << at if at >= 0 else bits >> -at",
        "mask |= bits << at if at >= 0 else 0",
        BOUNDARIES,
    ),
    Mutant(
        "the second pass of a repeated hour is lost",
        "expansion",
        "            found |= inside << (at - self.window.start)",
        "            found |= inside << (at - self.window.start) if not found & inside else 0",
        BOUNDARIES,
    ),
    Mutant(
        "a hard boundary is read by its wall time alone",
        "expansion",
        "            mask |= between_end_points(ending, self.where, range(first - 1, last + 1), self.window)",
        "            mask |= 0",
        CHANGES,
    ),
    Mutant(
        "only the day of a change is in doubt",
        "expansion",
        "range(first - 1, last + 1), self.window",
        "range(last, last + 1), self.window",
        CHANGES,
    ),
    Mutant(
        "soft rules are hard",
        "availability",
        "strengths = {Strength.HARD} if person.rotates",
        "strengths = {Strength.HARD, Strength.SOFT} if person.rotates",
        SLOTS,
    ),
    Mutant(
        "who cannot rotate is asked to",
        "availability",
        "else {Strength.HARD, Strength.SOFT}",
        "else {Strength.HARD}",
        SLOTS,
    ),
    Mutant(
        "who cannot rotate meets outside the good hours",
        "availability",
        "if person.good_hours and not person.rotates:",
        "if person.good_hours and person.rotates:",
        SLOTS,
    ),
    Mutant(
        "only holidays of the day in UTC are looked at",
        "availability",
        "first, last = window.starts_at.date().toordinal() - 2, window.ends_at.date().toordinal() + 2",
        "first, last = window.starts_at.date().toordinal(), window.starts_at.date().toordinal()",
        BOUNDARIES,
    ),
    Mutant(
        "a hard boundary in doubt is open",
        "availability",
        "return found & _clear(doubtful, wall, grid, duration) if doubtful else found",
        "return found",
        CHANGES,
    ),
)
