"""The occurrences of a rule within a stretch of wall time, in time that does not depend on how long ago it began.

A rule is expanded period by period (a day, week, month or year of it); without COUNT the periods before the stretch
are skipped, and a rule that never fits, as 30 February, costs no more than the stretch is long.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from agent.ical.recurrence import Frequency, Limits, Rule

_COUNTED = 20_000
"""Periods over which a COUNT is counted. A longer series is taken as one without end: too busy rather than too free."""


def occurrences(
    rule: Rule, start: datetime, low: datetime, high: datetime, over: Callable[[datetime], bool]
) -> Iterator[datetime]:
    """Wall times of a rule's occurrences in ``[low, high]`` from ``start`` on, in order.

    ``over`` says of a wall time that it lies after the rule's UNTIL. Where a rule has both UNTIL and COUNT, which it
    must not, the later one ends it. The rule has to have a frequency.
    """
    limits = _filled(rule, start)
    first, last = (_period(rule, start, edge) for edge in (low, high))
    counting = rule.count is not None and last < _COUNTED
    left = rule.count if counting and rule.count is not None else 0
    for number in range(0 if counting else max(first, 0), last + 1):
        for wall in _in_period(rule, limits, start, number):
            if wall < start:
                continue
            until_over = rule.until is None or over(wall)
            if until_over and (left <= 0 if counting else rule.until is not None):
                return
            left -= 1
            if low <= wall <= high:
                yield wall


def _filled(rule: Rule, start: datetime) -> Limits:
    """The rule's limits with what they leave open taken from the start."""
    limits = rule.limits
    if limits.day or limits.month_day or limits.year_day:
        return limits
    given = {name: getattr(limits, name) for name in Limits.__slots__}
    if rule.frequency is Frequency.WEEKLY or (rule.frequency is Frequency.YEARLY and limits.week):
        return Limits(**given | {"day": frozenset({(0, start.weekday())})})
    if rule.frequency is Frequency.MONTHLY or (rule.frequency is Frequency.YEARLY and limits.month):
        return Limits(**given | {"month_day": frozenset({start.day})})
    if rule.frequency is Frequency.YEARLY:
        return Limits(**given | {"month_day": frozenset({start.day}), "month": frozenset({start.month})})
    return limits


def _period(rule: Rule, start: datetime, wall: datetime) -> int:
    """Number of the period of a rule that a wall time lies in, or of the one before where it lies between two."""
    if rule.frequency is Frequency.YEARLY:
        away = wall.year - start.year
    elif rule.frequency is Frequency.MONTHLY:
        away = (wall.year - start.year) * 12 + wall.month - start.month
    else:
        away = wall.toordinal() - _origin(rule, start)
        if rule.frequency is Frequency.WEEKLY:
            away //= 7
    return away // rule.interval


def _origin(rule: Rule, start: datetime) -> int:
    """Ordinal of the day that periods of days and weeks are counted from."""
    into_week = (start.weekday() - rule.week_start) % 7 if rule.frequency is Frequency.WEEKLY else 0
    return start.toordinal() - into_week


def _in_period(rule: Rule, limits: Limits, start: datetime, number: int) -> list[datetime]:
    """Every occurrence in one period, in order, from before the start too."""
    days = [day for day in _days(rule, limits, start, number) if _fits(day, rule, limits)]
    times = [time(*parts) for parts in limits.times(start.hour, start.minute, start.second)]
    walls = [datetime.combine(day, at) for day in days for at in times]
    if not limits.position:
        return walls
    count = len(walls)
    places = sorted({place - 1 if place > 0 else count + place for place in limits.position})
    return [walls[place] for place in places if 0 <= place < count]


def _days(rule: Rule, limits: Limits, start: datetime, number: int) -> Iterator[date]:
    """Days of one period, those that the limits of month and day of the month allow where a period is that long."""
    step = number * rule.interval
    if rule.frequency is Frequency.YEARLY:
        year = start.year + step
        months = sorted(limits.month) if limits.month else range(1, 13)
        spans = [(year, month) for month in months]
    elif rule.frequency is Frequency.MONTHLY:
        year, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        spans = [(year, month + 1)]
    else:
        origin = _origin(rule, start) + step * (7 if rule.frequency is Frequency.WEEKLY else 1)
        yield from (date.fromordinal(origin + n) for n in range(7 if rule.frequency is Frequency.WEEKLY else 1))
        return
    for year, month in spans:
        length = monthrange(year, month)[1]
        wanted = {day if day > 0 else length + 1 + day for day in limits.month_day} or range(1, length + 1)
        yield from (date(year, month, day) for day in sorted(wanted) if 1 <= day <= length)


def _fits(day: date, rule: Rule, limits: Limits) -> bool:
    if limits.month and day.month not in limits.month:
        return False
    if limits.month_day and not _counted(day.day, monthrange(day.year, day.month)[1], limits.month_day):
        return False
    if limits.day and not _fits_weekday(day, rule, limits):
        return False
    if limits.year_day and not _counted(day.timetuple().tm_yday, _year_length(day.year), limits.year_day):
        return False
    return not limits.week or _counted(*_week(day, rule.week_start), limits.week)


def _counted(position: int, length: int, wanted: frozenset[int]) -> bool:
    """Whether a position is asked for, counted from the front or, below zero, from the end."""
    return position in wanted or position - length - 1 in wanted


def _fits_weekday(day: date, rule: Rule, limits: Limits) -> bool:
    """Whether the weekday is asked for: any of it, or the n-th of the month or year."""
    weekday = day.weekday()
    wanted = {ordinal for ordinal, of in limits.day if of == weekday}
    if not wanted:
        return False
    if 0 in wanted or limits.week or rule.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
        return True  # an ordinal means nothing here, so it is not obeyed
    if rule.frequency is Frequency.YEARLY and not limits.month:
        position, length = day.timetuple().tm_yday, _year_length(day.year)
    else:
        position, length = day.day, monthrange(day.year, day.month)[1]
    return (position + 6) // 7 in wanted or -((length - position + 7) // 7) in wanted


def _year_length(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def _week(day: date, week_start: int) -> tuple[int, int]:
    """Number of a day's week and how many its year has; week 1 is the first with four days in the year."""
    opening = day - timedelta(days=(day.weekday() - week_start) % 7)
    year = (opening + timedelta(days=3)).year
    first, following = _first_week(year, week_start), _first_week(year + 1, week_start)
    return (opening - first).days // 7 + 1, (following - first).days // 7


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)
