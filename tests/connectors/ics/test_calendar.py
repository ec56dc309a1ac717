"""An .ics file that is not what it should be must be unknown, not free, and the message must say what to mend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.core.observation import Busy
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from connectors.base import CalendarReader, CalendarWriter, Capability
from connectors.errors import ConnectorError, Missing, Rejected, Temporary, Unreadable
from connectors.ics.calendar import LARGEST, IcsCalendar
from connectors.ics.settings import IcsSettings

HOUR = Span(29_985_840, 29_985_900)
WINDOW = Span(HOUR.start - 10_080, HOUR.end + 10_080)
NAME = "calendars/team.ics"
EVENT = """BEGIN:VEVENT
UID:event-1@people.example
SUMMARY:Private words
DTSTART:20270105T120000Z
DTEND:20270105T130000Z
END:VEVENT
"""


def calendar_of(home: Path, text: str | bytes = EVENT, name: str = NAME) -> IcsCalendar:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n".encode())
    return opened(home, name)


def opened(home: Path, name: str = NAME) -> IcsCalendar:
    settings = IcsSettings(kind="ics", path=name)
    return IcsCalendar(settings, home=home, where=Whereabouts("Europe/Lisbon"), owner="owner@people.example")


def test_is_a_reader_and_never_a_writer(tmp_path: Path) -> None:
    """Somebody's export is not ours to write."""
    calendar = calendar_of(tmp_path)
    assert isinstance(calendar, CalendarReader)
    assert not isinstance(calendar, CalendarWriter)
    assert calendar.capabilities is Capability.TOKEN


def test_the_path_is_relative_to_the_deployment_or_absolute(tmp_path: Path) -> None:
    """Moving the deployment's folder keeps its calendars."""
    assert calendar_of(tmp_path).read(WINDOW, frozenset()).busy == (Busy(HOUR),)
    elsewhere = opened(Path("/nowhere"), str(tmp_path / NAME))
    assert elsewhere.read(WINDOW, frozenset()).busy == (Busy(HOUR),)


def test_zone_and_address_are_the_owners(tmp_path: Path) -> None:
    """A floating hour is the owner's, and so is the answer that counts."""
    answers = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:owner@people.example\n"
    floating = EVENT.replace("20270105T120000Z", "20270705T120000").replace("20270105T130000Z", "20270705T130000")
    calendar = calendar_of(tmp_path, floating.replace("SUMMARY", f"{answers}SUMMARY"))
    july = Span(HOUR.start + 181 * 1440 - 60, HOUR.end + 181 * 1440 - 60)
    assert calendar.read(Span(july.start - 600, july.end + 600), frozenset()).busy == (Busy(july, hard=False),)


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        (EVENT, "team.ics: 1 event"),
        ("", "team.ics: 0 events"),
        (EVENT + EVENT.replace("DTSTART", "X-START"), "team.ics: 2 events, 1 of them without a readable time"),
    ],
)
def test_check_counts(tmp_path: Path, events: str, sentence: str) -> None:
    """The administrator sees that it is the right file, and nothing of what is in it."""
    assert calendar_of(tmp_path, events, "team.ics").check() == sentence


@pytest.mark.parametrize(
    "text", [b"", b"<html>Sign in</html>", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", bytes(range(256))]
)
def test_what_is_no_calendar_is_unreadable(tmp_path: Path, text: bytes) -> None:
    """A sign-in page saved as .ics is not a free week."""
    for call in (calendar_of(tmp_path, text).check, lambda: opened(tmp_path).read(WINDOW, frozenset())):
        with pytest.raises(Unreadable, match=r"calendars/team\.ics: "):
            call()


def test_a_large_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Somebody's twenty years of calendar must not be taken for free time."""
    with pytest.raises(Unreadable, match="larger than 10 MB; export fewer years"):
        calendar_of(tmp_path, b"\n" * (LARGEST + 1)).read(WINDOW, frozenset())


@pytest.mark.parametrize("name", ["calendars/other.ics", f"{NAME}/inside.ics", "nul\0.ics"])
def test_a_file_that_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    """A misspelt path is not a free calendar."""
    calendar_of(tmp_path)
    calendar = opened(tmp_path, name)
    for call in (calendar.token, calendar.check, lambda: calendar.read(WINDOW, frozenset())):
        with pytest.raises(Missing, match="there is no such file"):
            call()


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    """A folder has no events, and a pipe would keep the sweep waiting for ever."""
    os.mkfifo(tmp_path / "pipe.ics")
    for name in ("pipe.ics", "."):
        with pytest.raises(Unreadable, match="not a file"):
            opened(tmp_path, name).read(WINDOW, frozenset())


@pytest.mark.parametrize(
    ("trouble", "error"), [(PermissionError(13, "no"), Rejected), (OSError(5, "no"), Temporary), (OSError(), Temporary)]
)
def test_trouble_with_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError, error: type[ConnectorError]
) -> None:
    """Rights are for the administrator to mend; a failing network disk is tried again."""
    calendar = calendar_of(tmp_path)

    def failing(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(Path, "stat", failing)
    for call in (calendar.token, calendar.check, lambda: calendar.read(WINDOW, frozenset())):
        with pytest.raises(error) as raised:
            call()
        assert str(tmp_path) not in str(raised.value)
        assert raised.value.__cause__ is None


def test_no_message_says_where_it_is_or_what_it_holds(tmp_path: Path) -> None:
    """Messages go to the log and to status; the path on this machine and people's words do not."""
    cut_short = calendar_of(tmp_path, f"BEGIN:VCALENDAR\n{EVENT}".encode())
    for calendar in (cut_short, opened(tmp_path, "no.ics"), opened(tmp_path, "calendars")):
        with pytest.raises(ConnectorError) as raised:
            calendar.read(WINDOW, frozenset())
        assert str(tmp_path) not in str(raised.value)
        assert "Private" not in str(raised.value)


def test_the_token_follows_a_replaced_file(tmp_path: Path) -> None:
    """A synchronising program replaces the file; one of the same size is noticed too."""
    calendar = calendar_of(tmp_path)
    first = calendar.token()
    assert calendar.token() == first
    other = tmp_path / "new.ics"
    other.write_bytes((tmp_path / NAME).read_bytes())
    other.replace(tmp_path / NAME)
    assert calendar.token() != first
