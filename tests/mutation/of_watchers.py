"""Mistakes in what judges a plan and explains a search."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

CHECK = ("test_check",)
EXPLAIN = ("test_explain", "test_view", "test_explanation")
WEEK = ("test_weekmap",)

MUTANTS = (
    Mutant(
        "the check sees no room after busy time",
        "check",
        "before, after = _room(place.relationship) if place.searched else (0, 0)",
        "before, after = (0, _room(place.relationship)[1]) if place.searched else (0, 0)",
        CHECK,
    ),
    Mutant(
        "the check takes the unknown for free",
        "check",
        "return {Breach.UNKNOWN: iter((place.span.start,))}",
        "return {}",
        CHECK,
    ),
    Mutant(
        "the check lets a full week be",
        "check",
        "len(this_week) >= limits.per_week",
        "len(this_week) > limits.per_week",
        CHECK,
    ),
    Mutant(
        "what several kinds remove counts as one kind's alone",
        "explain",
        "(mask & ~twice).bit_count()",
        "mask.bit_count()",
        EXPLAIN,
    ),
    Mutant(
        "what the viewer forbids is told as the others' doing",
        "view",
        "others = [each for each in relationship.people if each.id != viewer]",
        "others = [each for each in relationship.people if each.id != person.name]",
        EXPLAIN,
    ),
    Mutant(
        "a traveller's map is drawn by the clock at home",
        "weekmap",
        "segments = where.segments(window)",
        "segments = Whereabouts(where.home).segments(window)",
        WEEK,
    ),
    Mutant(
        "what lies beyond the horizon is told as notice",
        "inquiry",
        "return first - policy.horizon",
        "return None",
        EXPLAIN,
    ),
)
