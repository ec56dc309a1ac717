"""What a stranger put in a calendar may cost five seconds and 100 MB once, and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from agent.core.observation import Busy, Reading
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical import bounded
from agent.ical.bounded import Document, read_bounded
from agent.ical.child import MEMORY
from agent.ical.errors import NotCalendar

HOUR = Span(29_985_840, 29_985_900)
WINDOW = Span(HOUR.start - 10_080, HOUR.end + 10_080)
CALENDAR = b"""BEGIN:VCALENDAR
BEGIN:VEVENT
UID:event-1@people.example
DTSTART:20270105T120000Z
DTEND:20270105T130000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    bounded._reader.close()
    yield
    bounded._reader.close()


def _read(*data: bytes, whole: bool = True, own: frozenset[str] = frozenset()) -> Reading:
    documents = [Document(each, f"/{number}.ics", f'"{number}"') for number, each in enumerate(data)]
    return read_bounded(documents, WINDOW, where=Whereabouts("UTC"), owner="owner@people.example", own=own, whole=whole)


def _child() -> psutil.Process:
    [child] = [each for each in psutil.Process().children() if "agent.ical.child" in each.cmdline()]
    return child


def test_one_child_reads_many_calendars() -> None:
    """A sweep over dozens of calendars starts one process, not dozens."""
    assert _read(CALENDAR).busy == (Busy(HOUR),)
    first = _child().pid
    assert all(_read(CALENDAR, CALENDAR).busy == (Busy(HOUR),) for _ in range(20))
    assert _child().pid == first


def test_no_document_is_an_empty_reading() -> None:
    """An empty collection is free, not unknown."""
    assert _read() == Reading()


def test_a_broken_document_costs_a_collection_one_event_and_a_file_everything() -> None:
    """One bad resource on a server does not hide the others; a file that is none is unknown."""
    assert _read(b"<html>", CALENDAR, whole=False) == Reading((Busy(HOUR),), (), 1)
    with pytest.raises(NotCalendar, match="no iCalendar"):
        _read(b"<html>", whole=True)


def test_own_events_carry_where_they_are() -> None:
    """The next conditional write names the resource and the version that was seen."""
    [event] = _read(b"<html>", CALENDAR, whole=False, own=frozenset({"event-1@people.example"})).own
    assert (event.span, event.href, event.etag) == (HOUR, "/1.ics", '"1"')


def test_what_takes_too_long_is_stopped_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile calendar delays a sweep by five seconds, once."""
    endless = CALENDAR.replace(b"END:VEVENT\n", b"END:VEVENT\n" + b"".join(_centuries(n) for n in range(400)))
    monkeypatch.setattr(bounded, "SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(NotCalendar, match="too long"):
        _read(endless)
    assert time.monotonic() - started < 2
    monkeypatch.undo()
    assert _read(CALENDAR).busy == (Busy(HOUR),)


def _centuries(number: int) -> bytes:
    start = b"DTSTART:00%02d0101T000000Z" % (number % 90 + 2)
    return b"BEGIN:VEVENT\nUID:%d\n%s\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=19999\nEND:VEVENT\n" % (number, start) * 9


@pytest.mark.parametrize("hostile", [b"BEGIN:X\n" * 2_000_000, b"x" * (MEMORY + 1)], ids=["nested", "large"])
def test_what_takes_too_much_memory_is_refused(hostile: bytes) -> None:
    """A hostile calendar does not take the machine's memory."""
    with pytest.raises(NotCalendar, match=r"too large|too long"):
        _read(hostile)
    assert _read(CALENDAR).busy == (Busy(HOUR),)


def test_the_child_never_grows_beyond_its_bound() -> None:
    """The limit is the system's own, so no allocation gets around it."""
    _read(CALENDAR)
    child = _child()
    soft, hard = child.rlimit(psutil.RLIMIT_AS)
    assert soft == hard <= child.memory_info().vms + MEMORY


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_child_that_somebody_kills_or_stops_is_replaced(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may kill a process at any time; a sweep loses at most one reading."""
    _read(CALENDAR)
    monkeypatch.setattr(bounded, "SECONDS", 0.5)
    _child().send_signal(number)
    time.sleep(0.1)
    if number == signal.SIGSTOP:
        with pytest.raises(NotCalendar):
            _read(CALENDAR)
    assert _read(CALENDAR).busy == (Busy(HOUR),)
    assert all(each.status() != psutil.STATUS_ZOMBIE for each in psutil.Process().children())


def test_the_child_outlives_what_is_meant_for_its_parent() -> None:
    """Ctrl-C and a service manager's SIGTERM reach every process; the effect in hand is still finished."""
    _read(CALENDAR)
    child = _child()
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGTERM)
    assert _read(CALENDAR).busy == (Busy(HOUR),)
    assert _child().pid == child.pid


def test_threads_take_turns() -> None:
    """Workers that read at the same time each get their own answer."""
    others = [CALENDAR.replace(b"T120000Z", b"T12%02d00Z" % minute) for minute in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(_read, others))
    assert [reading.busy[0].span.start - HOUR.start for reading in found] == list(range(40))


def _read_elsewhere(answers: multiprocessing.SimpleQueue[tuple[Busy, ...]]) -> None:
    answers.put(_read(CALENDAR).busy)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_its_own_child() -> None:
    """Two processes on one pipe would get each other's answers."""
    _read(CALENDAR)
    answers: multiprocessing.SimpleQueue[tuple[Busy, ...]] = multiprocessing.get_context("fork").SimpleQueue()
    other = multiprocessing.get_context("fork").Process(target=_read_elsewhere, args=(answers,))
    other.start()
    other.join(30)
    assert answers.get() == (Busy(HOUR),)
    assert _read(CALENDAR).busy == (Busy(HOUR),)
    answers.close()


PARENT = """
import sys, time
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical.bounded import Document, read_bounded
from agent.ical.child import MEMORY
where = Whereabouts("UTC")
read_bounded([Document(sys.stdin.buffer.read())], Span(0, 1), where=where, owner="", own=frozenset(), whole=True)
print("read", flush=True)
time.sleep(60)
"""


def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """A crash of the service leaves nothing running, wherever it was started."""
    root = Path(bounded.__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(CALENDAR)
    parent.stdin.close()
    assert parent.stdout.readline() == b"read\n"
    [child] = psutil.Process(parent.pid).children()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert child.wait(5) in {0, None}


def test_ends_with_the_program() -> None:
    """A command that read a calendar leaves no process and no noise behind."""
    quick = PARENT.replace("time.sleep(60)", "")
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", quick], input=CALENDAR, capture_output=True, check=True
    )
    assert (ended.stdout, ended.stderr) == (b"read\n", b"")
