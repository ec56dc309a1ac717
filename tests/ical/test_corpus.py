"""Calendars that nobody here wrote: each is read in time, and what is busy in many of them was worked out by hand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical.bounded import SECONDS, Document, read_bounded
from agent.ical.errors import NotCalendar
from tests.ical.expectations import Expectation, found, load

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "ics"
FILES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*.ics"))
AN_AGE = Span(30 * 525_960, 60 * 525_960)

pytestmark = pytest.mark.skipif(not FILES, reason="there are no calendars to read in ../shared/corpora/ics")


@pytest.mark.parametrize("file", FILES)
def test_any_file_is_read_or_refused_in_time(file: str) -> None:
    """A calendar from anywhere costs a sweep at most five seconds, and never ends it."""
    document = Document((CORPUS / file).read_bytes())
    started = time.monotonic()
    try:
        read_bounded(
            [document],
            AN_AGE,
            where=Whereabouts("Asia/Kolkata"),
            owner="owner@people.example",
            own=frozenset(),
            whole=True,
        )
    except NotCalendar as refused:
        assert str(refused) in {"this is no iCalendar", "the calendar is cut short"}  # noqa: PT017
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("expected", load("corpus.yaml"), ids=str)
def test_what_was_worked_out_by_hand_is_what_is_read(expected: Expectation) -> None:
    """Somebody's real calendar blocks exactly the time it speaks of."""
    assert found(expected, (CORPUS / expected.file).read_bytes()) == expected.lines


def test_enough_files_were_worked_out_by_hand() -> None:
    """The hand-written expectations keep covering every folder."""
    files = {expected.file for expected in load("corpus.yaml")}
    assert files <= set(FILES)
    assert len(files) >= 100
    assert {file.split("/")[0] for file in files} == {"icalendar", "icaljs", "biweekly", "ical4j"}
