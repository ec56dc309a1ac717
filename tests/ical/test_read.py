"""Our own events are told apart and reported, and whatever the input is, it is read or refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.observation import Answer, Busy, OwnEvent, Reading
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical.errors import NotCalendar
from agent.ical.read import read
from tests.ical.expectations import HERE, span

WINDOW = span("2027-01-01 / 2027-02-01")
OWNER = "owner@people.example"
OURS = "0123abc@attune"
TIMES = "DTSTART:20270104T100000Z\nDTEND:20270104T104500Z\n"
AT = span("2027-01-04 10:00 / 10:45")


def own(text: str, uid: str = OURS) -> Reading:
    events = f"BEGIN:VEVENT\nUID:{uid}\n{text}END:VEVENT\n"
    return read(
        f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode(),
        WINDOW,
        where=Whereabouts("UTC"),
        owner=OWNER,
        own=frozenset({OURS}),
    )


def attendee(answer: str) -> str:
    return f"ATTENDEE;PARTSTAT={answer}:mailto:{OWNER}\nATTENDEE;PARTSTAT=DECLINED:mailto:mentee-1@people.example\n"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (TIMES, OwnEvent(OURS, AT)),
        (TIMES + "SEQUENCE:7\n" + attendee("ACCEPTED"), OwnEvent(OURS, AT, Answer.ACCEPTED, sequence=7)),
        (TIMES + attendee("Declined"), OwnEvent(OURS, AT, Answer.DECLINED)),
        (TIMES + attendee("TENTATIVE"), OwnEvent(OURS, AT, Answer.TENTATIVE)),
        (TIMES + attendee("NEEDS-ACTION"), OwnEvent(OURS, AT)),
        (TIMES + "STATUS:CANCELLED\n", OwnEvent(OURS, AT, cancelled=True)),
        (TIMES + "TRANSP:TRANSPARENT\nSEQUENCE:x\n", OwnEvent(OURS, AT)),
        ("DTSTART:20280104T100000Z\nDURATION:PT30M\n", OwnEvent(OURS, span("2028-01-04 10:00 / 10:30"))),
        ("DTSTART:20270104T100000Z\n", OwnEvent(OURS, span("2027-01-04 10:00 / 10:01"))),
        ("DTSTART;VALUE=DATE:20270105\n", OwnEvent(OURS, span("2027-01-05 / 2027-01-06"))),
    ],
    ids=["plain", "accepted", "declined", "tentative", "unanswered", "cancelled", "free", "far", "moment", "day"],
)
def test_an_own_event_is_reported_as_it_stands_and_is_not_busy(text: str, event: OwnEvent) -> None:
    """What people do to a meeting in their own calendar is how they tell us."""
    assert own(text) == Reading((), (event,), 0)


def test_an_own_event_that_nobody_asked_for_is_busy() -> None:
    """Another relationship's meeting takes time like anything else."""
    assert own(TIMES, "another@attune").busy == (Busy(AT),)


def test_the_event_itself_is_reported_and_not_an_exception_to_it() -> None:
    """Somebody's program may add an exception to a meeting of ours; the latest revision of the event counts."""
    later = TIMES.replace("20270104", "20270105")
    parts = [
        f"RECURRENCE-ID:20270104T100000Z\nSEQUENCE:9\n{later}",
        f"SEQUENCE:1\n{TIMES}",
        f"SEQUENCE:0\n{later}",
    ]
    found = own(f"END:VEVENT\nBEGIN:VEVENT\nUID:{OURS}\n".join(parts))
    assert found == Reading((), (OwnEvent(OURS, AT, sequence=1),), 0)


def test_an_own_event_without_a_readable_start_is_counted() -> None:
    """It cannot be placed, and that is said."""
    assert own("DTSTART:soon\n") == Reading((), (), 1)


def test_hard_and_soft_time_do_not_overlap() -> None:
    """What is blocked for sure does not also cost."""
    soft = f"ATTENDEE:mailto:{OWNER}\nDTSTART:20270104T090000Z\nDURATION:PT3H\n"
    found = own(f"{soft}END:VEVENT\nBEGIN:VEVENT\nUID:other\n{TIMES}", "another@attune").busy
    assert found == (
        Busy(span("2027-01-04 09:00 / 10:00"), hard=False),
        Busy(AT),
        Busy(span("2027-01-04 10:45 / 12:00"), hard=False),
    )


SAMPLES = [path.read_bytes() for path in sorted((HERE / "samples").iterdir())]
LINES = sorted({line for sample in SAMPLES for line in sample.splitlines() if len(line) < 200})
WORDS = st.sampled_from(LINES) | st.binary(max_size=12)


@given(st.lists(WORDS, max_size=25), st.sampled_from([b"\n", b"\r\n", b"\n "]))
def test_any_lines_are_read_or_refused(parts: list[bytes], between: bytes) -> None:
    """One garbled file must not end a sweep over everybody's."""
    _read_or_refuse(b"BEGIN:VCALENDAR\n" + between.join(parts) + b"\nEND:VCALENDAR\n")


@given(st.sampled_from(SAMPLES), st.data())
def test_any_damage_is_read_or_refused(sample: bytes, data: st.DataObject) -> None:
    """A disk or a network may change any byte of a calendar."""
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(sample)))
        length = data.draw(st.integers(0, 6))
        sample = sample[:place] + data.draw(st.binary(max_size=4)) + sample[place + length :]
    _read_or_refuse(sample)


def _read_or_refuse(data: bytes) -> None:
    with contextlib.suppress(NotCalendar):
        found = read(data, WINDOW, where=Whereabouts("America/Sao_Paulo"), owner=OWNER, own=frozenset({OURS}))
        assert all(WINDOW.start <= busy.span.start < busy.span.end <= WINDOW.end for busy in found.busy)


def test_a_calendar_cut_anywhere_is_never_taken_for_a_free_one() -> None:
    """A download that broke off looks like an empty week."""
    event = f"BEGIN:VEVENT\r\nUID:{OURS}\r\n{TIMES}END:VEVENT\r\n"
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR".encode()
    for kept in range(len(whole)):
        with pytest.raises(NotCalendar):
            read(whole[:kept], WINDOW, where=Whereabouts("UTC"), owner=OWNER)


def test_the_window_may_be_anywhere() -> None:
    """The ends of the calendar are no place to fall off."""
    text = (
        "BEGIN:VEVENT\nDTSTART:00010101T000000\nDTEND:99991231T235959\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"
        "BEGIN:VEVENT\nDTSTART;TZID=Nowhere:99991231T230000\nDURATION:P9999D\nRRULE:FREQ=DAILY\nEND:VEVENT\n"
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:99991231\nDURATION:P99999999W\nRDATE:00010101\nEND:VEVENT\n"
    )
    for window in (Span(-(10**9), -(10**9) + 60), Span(0, 60), Span(4_222_000_000, 4_222_000_060)):
        read(text.encode(), window, where=Whereabouts("Pacific/Kiritimati"), owner=OWNER)
