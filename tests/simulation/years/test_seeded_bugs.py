"""Bugs planted in the loop, its claims and its keys: the judges of simulated years see every one of them."""

# ruff: noqa: ARG005  a bug takes the arguments of what it breaks

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from agent.core import decide as deciding
from agent.core import draft, upkeep
from agent.core.intents import MailKind
from agent.core.observation import PersonObserved
from agent.mail import compose, invite
from agent.services import consider, deliver, notice, observe, record, send_mail, take_out, word_mail, write_event
from agent.services.programme import Programme
from agent.services.verdicts import Done
from agent.simulation.years import enrolment, year
from agent.simulation.years.history import Act, Fault, Kill
from agent.store import calendars, claims, intents, journal, relationships
from agent.store.schema import intents as rows
from tests.simulation.years.scenes import DAY, HOUR, PEOPLE, START, broken, played

Patch = pytest.MonkeyPatch
MOVED = Act(START + 9 * HOUR, "mentor-1", "move", DAY)
DECLINED = Act(START + 10 * HOUR, "mentor-1", "decline")
DELETED = Act(START + 10 * HOUR, "mentee-1", "delete")
LOST_WRITE = Fault(START, "mentee-1", "write", "lost-after")
LOST_MAILS = tuple(Fault(START, "mentee-1", "mail", "lost-after") for _ in range(4))
NIGHTS = {"messages": {"hours": "10:00-11:00"}}


class Blind:
    """A calendar in which nothing is ever found."""

    def __init__(self, calendar: Any) -> None:
        self._calendar = calendar

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calendar, name)

    def find(self, _uid: str) -> None:
        return


def writes_blindly(patch: Patch) -> None:
    real = Programme.booking_calendar
    patch.setattr(Programme, "booking_calendar", lambda self, person: Blind(real(self, person)))


def writes_at_night(patch: Patch) -> None:
    patch.setattr(send_mail, "_hours", lambda recipient, intent, now: None)
    patch.setattr(draft, "next_open", lambda person, moment: moment)


def sends_for_ever(patch: Patch) -> None:
    patch.setattr(send_mail, "ATTEMPTS_LOST", 99)


def forgets_lost_answers(patch: Patch) -> None:
    kept = claims.postponed
    patch.setattr(claims, "postponed", lambda c, at, why, lost=False: kept(c, at, why))


def tells_what_was(patch: Patch) -> None:
    patch.setattr(deliver, "relevant", lambda intent, state, now: True)
    patch.setattr(intents, "withdraw", lambda *_args, **_more: 0)


def announces_another_hour(patch: Patch) -> None:
    real = invite.invitation
    patch.setattr(write_event, "invitation", lambda *args: _later(real(*args)))


def _later(wanted: Any) -> Any:
    span = wanted.span
    return replace(wanted, span=type(span)(span.start + 60, span.end + 60))


def knows_no_boundaries(patch: Patch) -> None:
    _enrolled(patch, lambda person: replace(person, boundaries=()))


def mixes_up_zones(patch: Patch) -> None:
    _enrolled(patch, lambda person: replace(person, zone="Europe/Athens"))


def _enrolled(patch: Patch, change: Callable[[Any], Any]) -> None:
    real = enrolment.enrol

    def enrol(*args: Any) -> Any:
        found = real(*args)
        people = {name: change(person) for name, person in found.people.items()}
        bonds = {
            name: replace(bond, mentor=people[bond.mentor.id], mentees=tuple(people[each.id] for each in bond.mentees))
            for name, bond in found.relationships.items()
        }
        return replace(found, people=people, relationships=bonds)

    patch.setattr(year, "enrol", enrol)


def meets_twice_a_week(patch: Patch) -> None:
    real = upkeep._close

    def close(state: Any, meeting: Any, found: Any, drafted: Any) -> Any:
        return replace(real(state, meeting, found, drafted), due=drafted.now)

    patch.setattr(upkeep, "_close", close)


def takes_late_for_gone(patch: Patch) -> None:
    patch.setattr(intents, "outstanding_writes", lambda *_args: frozenset())
    patch.setattr(observe.Observer, "_event", lambda *known: PersonObserved(delivered=known[-2].span))


def hears_nothing(patch: Patch) -> None:
    patch.setattr(notice, "take_note", lambda *_args: False)


def wakes_nobody(patch: Patch) -> None:
    patch.setattr(relationships, "wake", lambda *_args: None)


def sleeps_for_good(patch: Patch) -> None:
    real = relationships.save
    patch.setattr(relationships, "save", lambda tx, name, version, state, wake: real(tx, name, version, state, None))
    patch.setattr(relationships, "wake_lost", lambda *_args: 0)


def leaves_events_behind(patch: Patch) -> None:
    patch.setattr(take_out, "remove", lambda calendar, uid: True)


def keeps_its_journal_short(patch: Patch) -> None:
    real = journal.write
    patch.setattr(journal, "write", lambda tx, entries: real(tx, [e for e in entries if e.event != "event-written"]))


def says_it_has_sent(patch: Patch) -> None:
    patch.setattr(deliver, "send_mail", lambda *args: Done("250", {"kind": args[3].intent.mail or ""}))


def says_it_has_written(patch: Patch) -> None:
    patch.setattr(deliver, "write_event", lambda *_args: Done("there"))


def never_follows_up(patch: Patch) -> None:
    _without(patch, MailKind.FOLLOW_UP)


def invites_nobody(patch: Patch) -> None:
    _without(patch, MailKind.INVITATION)


def cancels_in_silence(patch: Patch) -> None:
    _without(patch, MailKind.CANCELLED)


def moves_in_silence(patch: Patch) -> None:
    _without(patch, MailKind.MOVED)


def _without(patch: Patch, kind: MailKind) -> None:
    real = intents.add
    patch.setattr(intents, "add", lambda tx, new, now: real(tx, [each for each in new if each.mail is not kind], now))


def takes_lost_for_failed(patch: Patch) -> None:
    real = deliver._after_error
    patch.setattr(deliver, "OutcomeUnknown", type("Never", (Exception,), {}))
    patch.setattr(deliver, "_worth_another_try", lambda claimed, error: False)
    patch.setattr(deliver, "_after_error", real)


def drops_what_was_begun(patch: Patch) -> None:
    def release(tx: Any, now: Any) -> int:
        mine = rows.c.status == intents.DOING
        tx.execute(rows.update().where(mine).values(status=intents.DONE, lease_until=None))
        return 0

    patch.setattr(claims, "release", release)


def gives_no_reason(patch: Patch) -> None:
    patch.setattr(deciding, "reasons", lambda found, grid: ())


def stumbles(patch: Patch) -> None:
    def fail(*_args: Any) -> None:
        raise ZeroDivisionError

    patch.setattr(consider, "prove", fail)


def forgets_the_revision(patch: Patch) -> None:
    from agent.core import intents as kinds

    real = kinds.intent_key
    patch.setattr(kinds, "intent_key", lambda name, number, revision, *more: real(name, number, 0, *more))


def mixes_up_meetings(patch: Patch) -> None:
    for module in (invite, write_event, observe, record):
        patch.setattr(module, "meeting_uid", lambda name, number: f"one-for-all-of-{name}@attune")


def withdraws_everything(patch: Patch) -> None:
    patch.setattr(deliver, "relevant", lambda intent, state, now: False)


def asks_no_calendar(patch: Patch) -> None:
    patch.setattr(calendars, "claim", lambda *_args: [])


def reads_the_garbled_as_empty(patch: Patch) -> None:
    from agent.core.observation import Reading
    from agent.simulation.years.diary import Diary
    from connectors.errors import ConnectorError

    real = Diary.read

    def read(self: Diary, *args: Any) -> Reading:
        try:
            return real(self, *args)
        except ConnectorError:
            return Reading()

    patch.setattr(Diary, "read", read)


def words_are_old(patch: Patch) -> None:
    patch.setattr(word_mail, "_told", lambda programme, intent: True)
    real = compose.compose_invitation
    patch.setattr(
        compose,
        "compose_invitation",
        lambda renderer, letter, meeting: real(renderer, letter, replace(meeting, span=_back(meeting.span))),
    )


def _back(span: Any) -> Any:
    return type(span)(span.start - 60, span.end - 60)


@dataclass(frozen=True)
class Seed:
    bug: Callable[[Patch], None]
    caught: str
    acts: tuple[Act, ...] = ()
    faults: tuple[Fault, ...] = ()
    kills: tuple[Kill, ...] = ()
    more: tuple[tuple[str, Any], ...] = ()
    weeks: int = 3


LOOSE = (("loose", ("mentor-1", "mentee-1")),)
NEVER = {**PEOPLE[1], "availability": [{"days": "sun", "from": "08:00", "to": "20:00"}], "boundaries": []}
SEEDS = (
    Seed(writes_blindly, "event twice", faults=(LOST_WRITE,), more=LOOSE),
    Seed(writes_at_night, "mail outside hours"),
    Seed(sends_for_ever, "mail twice", faults=LOST_MAILS),
    Seed(forgets_lost_answers, "mail twice", faults=LOST_MAILS),
    Seed(tells_what_was, "mail not true", acts=(Act(START + 1 * HOUR, "mentor-1", "move", DAY),)),
    Seed(announces_another_hour, "event lost"),
    Seed(knows_no_boundaries, "boundary crossed"),
    Seed(mixes_up_zones, "boundary crossed"),
    Seed(meets_twice_a_week, "booked twice"),
    Seed(takes_late_for_gone, "changed unasked"),
    Seed(hears_nothing, "ignored", acts=(DECLINED,)),
    Seed(wakes_nobody, "ignored", acts=(DECLINED,)),
    Seed(asks_no_calendar, "ignored", acts=(DECLINED,), weeks=2),
    Seed(sleeps_for_good, "left lying"),
    Seed(leaves_events_behind, "event lost", acts=(DELETED,)),
    Seed(keeps_its_journal_short, "effect without line"),
    Seed(says_it_has_sent, "line without effect"),
    Seed(says_it_has_written, "line without effect"),
    Seed(never_follows_up, "mail lost"),
    Seed(invites_nobody, "mail lost"),
    Seed(cancels_in_silence, "mail lost", acts=(Act(START + 10 * HOUR, "mentee-1", "delete"),)),
    Seed(moves_in_silence, "mail lost", acts=(MOVED,)),
    Seed(takes_lost_for_failed, "event lost", faults=(Fault(START, "mentee-1", "write", "lost-before"),)),
    Seed(drops_what_was_begun, "event lost", kills=(Kill(START, 23), Kill(START, 11), Kill(START, 17))),
    Seed(gives_no_reason, "no reason given", more=(("people", (PEOPLE[0], NEVER)),), weeks=2),
    Seed(stumbles, "set aside", weeks=2),
    Seed(forgets_the_revision, "mail lost", acts=(MOVED,)),
    Seed(mixes_up_meetings, "unknown effect"),
    Seed(withdraws_everything, "event lost"),
    Seed(
        reads_the_garbled_as_empty, "changed unasked", faults=(Fault(START + 3 * DAY, "mentor-1", "read", "garbled"),)
    ),
    Seed(words_are_old, "mail not true"),
)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(seed.bug.__name__))
def test_a_planted_bug_is_seen(seed: Seed, monkeypatch: Patch) -> None:
    """Without the bug the history is as promised, so it is the bug that is seen."""
    told = {"weeks": seed.weeks, "acts": seed.acts, "faults": seed.faults, "kills": seed.kills, **dict(seed.more)}
    seed.bug(monkeypatch)
    assert seed.caught in broken(played(**told))


def test_without_a_bug_nothing_is_found() -> None:
    acts = (MOVED, DECLINED, Act(START + 12 * DAY, "mentee-1", "delete"))
    kills = (Kill(START, 7), Kill(START + HOUR, 3), Kill(START + 9 * HOUR, 12))
    assert broken(played(weeks=5, acts=acts, faults=(LOST_WRITE, *LOST_MAILS), kills=kills)) == set()
