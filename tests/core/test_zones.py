"""Zones cut into stretches of constant offset say the same as ``zoneinfo`` at every instant."""

from __future__ import annotations

import itertools
import struct
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import zones
from agent.core.timespan import DAY, Span, floor_minute, instant

ZONES = sorted(available_timezones())
FROM, TO = floor_minute(datetime(1975, 1, 1, tzinfo=UTC)), floor_minute(datetime(2060, 1, 1, tzinfo=UTC))
"""Before 1975 a few zones had offsets of odd seconds; nobody meets there."""

MINUTES = st.integers(FROM, TO)


def offset(zone: str, minute: int) -> timedelta | None:
    return instant(minute).astimezone(ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_is_cut_where_its_offset_changes(zone: str) -> None:
    """One year of each zone, asked every hour and on both sides of every cut."""
    window = Span(floor_minute(datetime(2027, 1, 1, tzinfo=UTC)), floor_minute(datetime(2027, 12, 31, tzinfo=UTC)))
    cut = zones.zone_segments(zone, window)
    assert (cut[0].span.start, cut[-1].span.end) == (window.start, window.end)
    for before, after in itertools.pairwise(cut):
        assert before.span.end == after.span.start
        assert before.offset != after.offset
    for segment in cut:
        asked = (*range(segment.span.start, segment.span.end, 60 * 24), segment.span.end - 1)
        assert {offset(zone, minute) for minute in asked} == {timedelta(minutes=segment.offset)}


@given(st.sampled_from(ZONES), MINUTES, st.integers(1, 400 * DAY))
def test_the_segments_of_a_window_cover_it_and_agree_at_any_instant(zone: str, start: int, length: int) -> None:
    window = Span(start, start + length)
    found = zones.zone_segments(zone, window)
    assert found[0].span.start <= window.start
    assert found[-1].span.end >= window.end
    for minute in (window.start, window.start + length // 3, window.end - 1):
        here = [s for s in found if s.span.start <= minute < s.span.end]
        assert [timedelta(minutes=s.offset) for s in here] == [offset(zone, minute)]


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Pacific/Apia", "2011-12-30 10:00"),
        ("Pacific/Kiritimati", "1994-12-31 10:00"),
        ("Asia/Singapore", "1981-12-31 16:00"),
    ],
)
def test_a_change_in_the_last_days_of_a_year_is_seen(zone: str, change: str) -> None:
    """Whole years are cut at once, and their last stretch is looked at like every other."""
    at = floor_minute(datetime.fromisoformat(f"{change}+00:00"))
    for minute in (at - DAY, at - 1, at, at + 60, at + DAY):
        (segment,) = zones.zone_segments(zone, Span(minute, minute + 1))
        assert timedelta(minutes=segment.offset) == offset(zone, minute)


@given(st.sampled_from(ZONES), MINUTES)
def test_the_wall_time_of_an_instant_is_what_zoneinfo_says(zone: str, minute: int) -> None:
    wall = instant(minute).astimezone(ZoneInfo(zone))
    assert zones.local(instant(minute), zone) == wall
    assert zones.local(instant(minute), zone).utcoffset() == wall.utcoffset()


def test_what_was_forgotten_is_cut_again_and_the_same() -> None:
    window = Span(floor_minute(datetime(2027, 1, 1, tzinfo=UTC)), floor_minute(datetime(2028, 1, 1, tzinfo=UTC)))
    before = zones.zone_segments("Europe/Lisbon", window)
    zones.forget()
    assert zones.zone_segments("Europe/Lisbon", window) == before


@pytest.mark.parametrize("name", ["Europe/Lisbon", "Asia/Kolkata", "UTC"])
def test_a_zone_of_the_pinned_rules_exists(name: str) -> None:
    assert zones.exists(name)
    assert name in zones.names()


@pytest.mark.parametrize("name", ["Europe/Lisboa", "../../etc/passwd", "/etc/localtime", "Europe", ""])
def test_what_is_no_zone_does_not_exist(name: str) -> None:
    assert not zones.exists(name)


def _changes(zone: str) -> list[int]:
    """Instants (seconds) at which the compiled rules change the offset (RFC 8536, section 3)."""
    package, _, leaf = f"tzdata.zoneinfo.{zone.replace('/', '.')}".rpartition(".")
    data = files(package).joinpath(leaf).read_bytes()
    first = struct.unpack(">4sc15x6l", data[:44])
    _, _, ends, standards, leaps, times, types, letters = first
    at = 44 + times * 5 + types * 6 + letters + leaps * 8 + standards + ends
    _, _, _, _, _, times, types, _ = struct.unpack(">4sc15x6l", data[at : at + 44])
    moments = struct.unpack(f">{times}q", data[at + 44 : at + 44 + 8 * times])
    kinds = data[at + 44 + 8 * times : at + 44 + 9 * times]
    rest = at + 44 + 9 * times
    offsets = [struct.unpack(">l", data[rest + 6 * n : rest + 6 * n + 4])[0] for n in range(types)]
    told = [(moment, offsets[kind]) for moment, kind in zip(moments, kinds, strict=True)]
    return [moment for (_, before), (moment, after) in itertools.pairwise(told) if before != after and moment > 0]


@pytest.mark.parametrize("zone", sorted(set(ZONES) - {"localtime"}))
def test_no_zone_changes_twice_between_two_looks_at_it(zone: str) -> None:
    """Were one to, the second change would be missed, and somebody be an hour out."""
    gaps = [later - earlier for earlier, later in itertools.pairwise(_changes(zone))]
    assert min(gaps, default=10**9) > zones.STEP * 60
