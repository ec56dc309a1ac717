"""Lives of relationships, as acts: what people do, each answered by the sweeps after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.observation import Answer
from agent.core.relationships import Relationship
from agent.core.timespan import DAY, Span, floor_minute
from connectors.errors import OutcomeUnknown, Temporary
from tests import factories
from tests.crash.theatre import Act, Theatre
from tests.services.stage import NOON


@dataclass(frozen=True)
class Life:
    """Who is there at first, and what happens. ``timely`` where a death delays nothing and hastens nothing."""

    acts: tuple[Act, ...]
    cast: Callable[[], Sequence[Relationship]]
    timely: bool = True


def pair() -> list[Relationship]:
    policy = factories.policy(notice=timedelta(hours=24))
    return [factories.pair(policy=policy, starts=NOON + timedelta(days=10))]


def two_pairs_of_one_mentor() -> list[Relationship]:
    (first,) = pair()
    return [first, replace(first, id="pair-2", mentees=(factories.person("mentee-2"),))]


def pair_and_bystanders() -> list[Relationship]:
    mentor, mentee = factories.person("mentor-9"), factories.person("mentee-9")
    return [*pair(), replace(factories.pair(mentor, mentee, paused=True), id="pair-9")]


def nothing(theatre: Theatre) -> None:
    """The programme sees for itself what is due."""


def a_quarter_of_an_hour(theatre: Theatre) -> datetime:
    return theatre.clock.instant + timedelta(minutes=15)


def five_hours_before(theatre: Theatre) -> datetime:
    return theatre.booked().starts_at - timedelta(hours=5)


def held(theatre: Theatre) -> datetime:
    return theatre.booked().ends_at + timedelta(minutes=1)


def follow_up(theatre: Theatre) -> datetime:
    return theatre.clock.instant + timedelta(hours=3)


def declined(theatre: Theatre) -> None:
    theatre.calendars["mentee-1"].answer(theatre.uid(), Answer.DECLINED)


def accepted(theatre: Theatre) -> None:
    theatre.calendars["mentor-1"].answer(theatre.uid(), Answer.ACCEPTED)


def moved(theatre: Theatre) -> None:
    booked = theatre.booked()
    theatre.calendars["mentee-1"].move(theatre.uid(), Span(booked.start + 300, booked.start + 330))


def moved_and_declined(theatre: Theatre) -> None:
    booked = theatre.booked()
    theatre.calendars["mentor-1"].move(theatre.uid(), Span(booked.start + 300, booked.start + 345))
    declined(theatre)


def in_conflict(theatre: Theatre) -> None:
    theatre.calendars["mentor-1"].add_busy(theatre.booked())


def deleted(theatre: Theatre) -> None:
    theatre.calendars["mentor-1"].delete(theatre.uid())


def cancelled(theatre: Theatre) -> None:
    theatre.calendars["mentee-1"].cancel(theatre.uid())


def no_time_at_all(theatre: Theatre) -> None:
    start = floor_minute(NOON)
    theatre.calendars["mentee-1"].add_busy(Span(start, start + 120 * DAY))


def time_again(theatre: Theatre) -> None:
    theatre.calendars["mentee-1"].clear_busy()


def unreadable(theatre: Theatre) -> None:
    theatre.calendars["mentee-1"].faults.fail(Temporary("down"), times=10**6)


def readable(theatre: Theatre) -> None:
    theatre.calendars["mentee-1"].faults.mend()


def answers_get_lost(theatre: Theatre) -> None:
    """A booking takes effect, a mail does not, and nobody hears of either."""
    theatre.calendars["mentee-1"].faults.fail(OutcomeUnknown("cut"), on="create", after=True)
    theatre.sender.faults.fail(OutcomeUnknown("cut"), on="send", after=False)


def parted(theatre: Theatre) -> None:
    """The pair is taken out of the files."""
    theatre.relationships, theatre.terms = theatre.relationships[1:], "without them"


def another_mentee(theatre: Theatre) -> None:
    first, *others = theatre.relationships
    theatre.relationships, theatre.terms = [replace(first, mentees=others[0].mentees), *others], "another mentee"


def a_month_of_downtime(theatre: Theatre) -> None:
    theatre.clock.instant += timedelta(days=30)


LIVES = {
    "books, is held and followed up": Life((nothing, accepted, five_hours_before, held, follow_up), pair),
    "is declined and moved": Life((nothing, declined, five_hours_before, held), pair),
    "is moved by hand": Life((nothing, moved, five_hours_before, held), pair),
    "is moved by one and declined by the other": Life((nothing, moved_and_declined, a_quarter_of_an_hour), pair),
    "gets into conflict": Life((nothing, in_conflict, five_hours_before), pair),
    "gets into conflict too late": Life((nothing, five_hours_before, in_conflict, held, follow_up), pair),
    "is deleted by hand": Life((nothing, deleted, five_hours_before), pair),
    "is cancelled by hand": Life((nothing, five_hours_before, cancelled, a_quarter_of_an_hour), pair),
    "finds no time, and later some": Life((no_time_at_all, a_quarter_of_an_hour, time_again), pair),
    "waits for a calendar": Life((unreadable, a_quarter_of_an_hour, readable), pair),
    "loses answers": Life((answers_get_lost, a_quarter_of_an_hour, declined), pair, timely=False),
    "parts company": Life((nothing, parted, a_quarter_of_an_hour), pair_and_bystanders),
    "gets another mentee": Life((nothing, another_mentee, a_quarter_of_an_hour), pair_and_bystanders),
    "sleeps for a month": Life((nothing, a_month_of_downtime, a_quarter_of_an_hour), pair),
    "shares a mentor": Life((nothing, declined, a_quarter_of_an_hour), two_pairs_of_one_mentor),
}
