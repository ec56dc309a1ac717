"""The wall times of a recurrence, in time that does not depend on how long ago it began.

It is expanded period by period (a day, week, month or year of it). Whoever asks says which periods, so that those
before a stretch are skipped, and a pattern that never fits, as 30 February, costs no more than the stretch is long.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from agent.core.recurrence import Frequency, Limits, Pattern


def walls(pattern: Pattern, start: datetime, periods: Iterable[int]) -> Iterator[datetime]:
    """Naive wall times of the occurrences in some periods from ``start`` on; in order where the periods are.

    Period 0 holds the start, which is no occurrence of its own: only what the pattern gives is one.
    """
    limits = _filled(pattern, start)
    for number in periods:
        yield from (wall for wall in _in_period(pattern, limits, start, number) if wall >= start)


def period_of(pattern: Pattern, start: datetime, wall: datetime) -> int:
    """Number of the period that a wall time lies in, or of the one before where it lies between two."""
    if pattern.frequency is Frequency.YEARLY:
        away = wall.year - start.year
    elif pattern.frequency is Frequency.MONTHLY:
        away = (wall.year - start.year) * 12 + wall.month - start.month
    else:
        away = wall.toordinal() - _origin(pattern, start)
        if pattern.frequency is Frequency.WEEKLY:
            away //= 7
    return away // pattern.interval


def _filled(pattern: Pattern, start: datetime) -> Limits:
    """The pattern's limits with what they leave open taken from the start."""
    limits = pattern.limits
    if limits.day or limits.month_day or limits.year_day:
        return limits
    given = {name: getattr(limits, name) for name in Limits.__slots__}
    if pattern.frequency is Frequency.WEEKLY or (pattern.frequency is Frequency.YEARLY and limits.week):
        return Limits(**given | {"day": frozenset({(0, start.weekday())})})
    if pattern.frequency is Frequency.MONTHLY or (pattern.frequency is Frequency.YEARLY and limits.month):
        return Limits(**given | {"month_day": frozenset({start.day})})
    if pattern.frequency is Frequency.YEARLY:
        return Limits(**given | {"month_day": frozenset({start.day}), "month": frozenset({start.month})})
    return limits


def _origin(pattern: Pattern, start: datetime) -> int:
    """Ordinal of the day that periods of days and weeks are counted from."""
    into_week = (start.weekday() - pattern.week_starts) % 7 if pattern.frequency is Frequency.WEEKLY else 0
    return start.toordinal() - into_week


def _in_period(pattern: Pattern, limits: Limits, start: datetime, number: int) -> list[datetime]:
    """Every occurrence in one period, in order, from before the start too."""
    days = [day for day in _days(pattern, limits, start, number) if _fits(day, pattern, limits)]
    times = [time(*parts) for parts in limits.times(start.hour, start.minute, start.second)]
    walls = [datetime.combine(day, at) for day in days for at in times]
    if not limits.position:
        return walls
    count = len(walls)
    places = sorted({place - 1 if place > 0 else count + place for place in limits.position})
    return [walls[place] for place in places if 0 <= place < count]


def _days(pattern: Pattern, limits: Limits, start: datetime, number: int) -> Iterator[date]:
    """Days of one period, those that the limits of month and day of the month allow where a period is that long."""
    step = number * pattern.interval
    if pattern.frequency is Frequency.YEARLY:
        year = start.year + step
        months = sorted(limits.month) if limits.month else range(1, 13)
        spans = [(year, month) for month in months]
    elif pattern.frequency is Frequency.MONTHLY:
        year, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        spans = [(year, month + 1)]
    else:
        origin = _origin(pattern, start) + step * (7 if pattern.frequency is Frequency.WEEKLY else 1)
        yield from (date.fromordinal(origin + n) for n in range(7 if pattern.frequency is Frequency.WEEKLY else 1))
        return
    for year, month in spans:
        length = monthrange(year, month)[1]
        wanted = {day if day > 0 else length + 1 + day for day in limits.month_day} or range(1, length + 1)
        yield from (date(year, month, day) for day in sorted(wanted) if 1 <= day <= length)


def _fits(day: date, pattern: Pattern, limits: Limits) -> bool:
    if limits.month and day.month not in limits.month:
        return False
    if limits.month_day and not _counted(day.day, monthrange(day.year, day.month)[1], limits.month_day):
        return False
    if limits.day and not _fits_weekday(day, pattern, limits):
        return False
    if limits.year_day and not _counted(day.timetuple().tm_yday, _year_length(day.year), limits.year_day):
        return False
    return not limits.week or _counted(*_week(day, pattern.week_starts), limits.week)


def _counted(position: int, length: int, wanted: frozenset[int]) -> bool:
    """Whether a position is asked for, counted from the front or, below zero, from the end."""
    return position in wanted or position - length - 1 in wanted


def _fits_weekday(day: date, pattern: Pattern, limits: Limits) -> bool:
    """Whether the weekday is asked for: any of it, or the n-th of the month or year."""
    weekday = day.weekday()
    wanted = {ordinal for ordinal, of in limits.day if of == weekday}
    if not wanted:
        return False
    if 0 in wanted or limits.week or pattern.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
        return True  # an ordinal means nothing here, so it is not obeyed
    if pattern.frequency is Frequency.YEARLY and not limits.month:
        position, length = day.timetuple().tm_yday, _year_length(day.year)
    else:
        position, length = day.day, monthrange(day.year, day.month)[1]
    return (position + 6) // 7 in wanted or -((length - position + 7) // 7) in wanted


def _year_length(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def _week(day: date, week_starts: int) -> tuple[int, int]:
    """Number of a day's week and how many its year has; week 1 is the first with four days in the year."""
    opening = day - timedelta(days=(day.weekday() - week_starts) % 7)
    year = (opening + timedelta(days=3)).year
    first, following = _first_week(year, week_starts), _first_week(year + 1, week_starts)
    return (opening - first).days // 7 + 1, (following - first).days // 7


def _first_week(year: int, week_starts: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_starts) % 7)
