"""What every database must do for us; ``tests/store`` runs this once for each."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.journal import Entry
from agent.core.people import Medium
from agent.core.relationships import Ledger, Meeting, MeetingStatus, State, meeting_uid
from agent.core.timespan import Span
from agent.core.walltime import Wall
from agent.store import (
    agenda,
    calendars,
    claims,
    engagements,
    events,
    intents,
    journal,
    marks,
    meetings,
    migrate,
    quotas,
    relationships,
    schema,
    state_json,
)
from agent.store.calendars import Health
from agent.store.engine import Store, open_store
from agent.store.errors import SchemaTooNew, Stale, StoreBusy, StoreUnavailable
from agent.store.events import Delivered
from agent.store.quotas import Rate
from agent.store.shards import SHARDS, Shards, shard_of
from tests.factories import NOW, meeting, span

LEASE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
EVENT = Delivered(2, span("2027-03-10 09:00"), "/mentor-1/work/a.ics", '"7"')

NAMES = st.sampled_from(("mentor-1", "mentee-1", "møntee-2"))
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 10**8), st.integers(1, 10**4))
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
POINTS = st.dictionaries(NAMES, st.floats(0, 1e6))
MEETINGS = st.builds(
    Meeting,
    st.integers(1, 999),
    SPANS,
    st.sampled_from(Medium),
    MOMENTS,
    st.integers(0, 99),
    st.sampled_from(MeetingStatus),
    POINTS,
    st.none() | NAMES,
    st.lists(SPANS, max_size=3).map(tuple),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.builds(Wall, st.sampled_from(("Europe/Lisbon", "Gone/Nowhere")), st.integers(0, 10**8), st.text()),
    st.booleans(),
)
STATES = st.builds(
    State,
    st.integers(0, 999),
    st.none() | MOMENTS,
    st.none() | MEETINGS,
    st.none() | MEETINGS,
    st.builds(Ledger, POINTS, st.integers(0, 10**8)),
    st.integers(0, 999),
    st.lists(st.integers(0, 10**8), max_size=4).map(tuple),
)


def write(person: str = "mentor-1", number: int = 1, revision: int = 0, at: datetime = NOW) -> Intent:
    return Intent("pair-1", number, revision, IntentKind.WRITE_EVENT, person, at)


def mail(kind: MailKind = MailKind.AGENDA, number: int = 1, revision: int = 0, at: datetime = NOW) -> Intent:
    return Intent("pair-1", number, revision, IntentKind.SEND_MAIL, "mentor-1", at, kind, at + HOUR)


def due(tx: sa.Connection, now: datetime = NOW, limit: int = 9) -> list[str]:
    """Names of those that are due, held by nobody afterwards."""
    held = relationships.claim(tx, now, LEASE, limit)
    relationships.let_go(tx, [each.name for each in held])
    return [each.name for each in held]


def next_wake(tx: sa.Connection, shards: Shards = None) -> datetime | None:
    """When a relationship is next due, or its claim over."""
    found = agenda.read(tx, shards)
    return min((moment for moment in (found.wake, found.lease) if moment), default=None)


def next_due(tx: sa.Connection, shards: Shards = None) -> datetime | None:
    """When an intent is next due, or its claim over."""
    found = agenda.read(tx, shards)
    return min((moment for moment in (found.begun, *found.waiting) if moment), default=None)


class StoreContract:
    """Inherit it and give a ``url`` fixture: the address of an empty database."""

    dialect = ""

    # The schema

    def test_it_is_made_from_nothing_and_once(self, url: str) -> None:
        store = open_store(url)
        with store.begin() as tx:
            assert migrate.revision(tx) is None
        for _ in range(2):
            store.upgrade()
        with store.begin() as tx:
            assert migrate.revision(tx) == "0006"
            assert set(sa.inspect(tx).get_table_names()) == {*schema.metadata.tables, "alembic_version"}
        assert store.ping().startswith(f"{self.dialect} ")
        assert store.ping().endswith(", schema 0006")
        store.close()

    def test_the_migrations_make_what_the_tables_say(self, store: Store) -> None:
        with store.begin() as tx:
            for table in schema.metadata.sorted_tables:
                made = {column["name"]: column for column in sa.inspect(tx).get_columns(table.name)}
                assert {c.name: bool(c.nullable) for c in table.columns} == {n: c["nullable"] for n, c in made.items()}
                indexes = {index["name"] for index in sa.inspect(tx).get_indexes(table.name)}
                assert {index.name for index in table.indexes} <= indexes

    def test_what_was_booked_before_wall_time_was_kept_is_still_booked(self, url: str) -> None:
        store = open_store(url)
        with store.begin() as tx:
            _migrate(tx, "0001")
            first = {"relationship": "pair-1", "number": 1, "revision": 2, "uid": "uid", "due": NOW}
            columns = {"start": 100, "end": 145, "medium": "video", "status": "booked", "before": 5, "after": 10}
            old = sa.table(
                "meetings", *(sa.column(c.name, c.type) for c in schema.meetings.columns if c.name in first | columns)
            )
            tx.execute(old.insert().values(**first, **columns))
        store.upgrade()
        with store.begin() as tx:
            assert migrate.revision(tx) == "0006"
            found = meetings.find(tx, "pair-1", 1)
            assert found == Meeting(1, Span(100, 145), Medium.VIDEO, NOW, revision=2)
            meetings.put(tx, "pair-1", ["mentor-1"], replace(found, wall=Wall("Europe/Lisbon", 160)), 5, 10)
            again = meetings.find(tx, "pair-1", 1)
            assert again is not None
            assert again.wall == Wall("Europe/Lisbon", 160)
        store.close()

    def test_what_was_written_before_it_was_kept_where_is_where_its_owner_books_now(self, url: str) -> None:
        store = open_store(url)
        with store.begin() as tx:
            _migrate(tx, "0003")
            old = {"sequence": 2, "start": 100, "end": 145, "href": "/a.ics", "etag": "7"}
            columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("uid", "person", *old)]
            copies = [{"uid": "uid", "person": person, **old} for person in ("mentor-1", "mentee-1")]
            tx.execute(sa.table("events", *columns).insert(), copies)
        store.upgrade()
        with store.begin() as tx:
            assert events.get(tx, "uid", "mentor-1") == Delivered(2, Span(100, 145), "/a.ics", "7", None)
            events.place(tx, {"mentor-1": "work", "mentee-1": None})
            events.place(tx, {"mentor-1": "other", "mentee-1": None})
            placed = [events.get(tx, "uid", person) for person in ("mentor-1", "mentee-1")]
            assert [copy.calendar for copy in placed if copy] == ["work", None]
        store.close()

    def test_it_is_empty_until_somebody_makes_tables(self, url: str) -> None:
        store = open_store(url)
        assert store.is_empty()
        store.upgrade()
        assert not store.is_empty()
        store.close()

    def test_what_no_database_takes_is_kept_without_that(self, store: Store) -> None:
        """A mail server's acceptance line, or a change token, may hold anything."""
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            claims.settle(tx, [claims.finished(self._claim(tx), NOW, "250 \0ok \udc80")])
            calendars.put_token(tx, "mentor-1", 0, "token\0 7")
            kept = calendars.get(tx, "mentor-1", 0)
            assert kept is not None
            assert kept.token == "token 7"
            assert tx.scalar(sa.select(schema.intents.c.evidence)) == "250 ok ?"

    def test_a_schema_from_the_future_is_refused(self, store: Store) -> None:
        with store.begin() as tx:
            tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(SchemaTooNew, match="schema 9999, made by a newer Attune"):
            store.upgrade()

    def test_a_missing_schema_is_our_mistake_or_the_databases_and_never_silence(self, url: str) -> None:
        store = open_store(url)
        with pytest.raises((StoreUnavailable, sa.exc.ProgrammingError)), store.begin() as tx:
            due(tx)
        store.close()

    # Transactions

    def test_an_exception_undoes_the_whole_transaction(self, store: Store) -> None:
        def half_done() -> None:
            with store.begin() as tx:
                relationships.synchronise(tx, {"pair-1": "terms"}, NOW)
                intents.add(tx, [write()], NOW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            half_done()
        with store.begin() as tx:
            assert relationships.find(tx, "pair-1") is None
            assert intents.counts(tx) == {}

    def test_only_one_process_is_at_work(self, store: Store, url: str) -> None:
        """A second agent on the same store would do everything twice."""
        with store.exclusive():
            assert _other_process(url) == "busy"
            second = open_store(url)
            with pytest.raises(StoreBusy, match="another attune"), second.exclusive():
                pass
            second.close()
        assert _other_process(url) == "alone"

    def test_a_naive_datetime_is_never_stored(self, store: Store) -> None:
        with pytest.raises(sa.exc.StatementError, match="naive"), store.begin() as tx:
            journal.write(tx, [Entry(datetime(2027, 3, 1), "booked")])  # noqa: DTZ001

    def test_an_instant_comes_back_aware_and_in_utc_to_the_microsecond(self, store: Store) -> None:
        odd = datetime(2027, 3, 1, 9, 0, 0, 123456, timezone(timedelta(hours=5, minutes=30)))
        with store.begin() as tx:
            journal.write(tx, [Entry(odd, "booked")])
            (entry,) = journal.read(tx)
        assert entry.at == odd
        assert entry.at.utcoffset() == timedelta()

    # Relationships

    def test_the_roster_is_taken_in_and_whoever_is_new_or_changed_is_due(self, store: Store) -> None:
        with store.begin() as tx:
            assert relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW) == ["pair-1", "pair-2"]
            for name in ("pair-1", "pair-2"):
                relationships.save(tx, name, 0, State(), NOW + 9 * HOUR)
            assert relationships.synchronise(tx, {"pair-1": "a", "pair-2": "c"}, NOW) == ["pair-2"]
            assert due(tx) == ["pair-2"]
            assert next_wake(tx) == NOW

    def test_one_that_is_no_longer_named_sleeps_and_keeps_its_past(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            relationships.save(tx, "pair-1", 0, State(number=7), NOW)
            assert relationships.synchronise(tx, {}, NOW) == ["pair-1"]
            assert relationships.synchronise(tx, {}, NOW) == []
            relationships.wake(tx, ["pair-1"], NOW)
            assert due(tx) == []
            assert next_wake(tx) is None
            assert relationships.synchronise(tx, {"pair-1": "a"}, NOW) == ["pair-1"]
            assert relationships.load(tx, "pair-1").state.number == 7
            assert due(tx) == ["pair-1"]

    def test_a_roster_longer_than_one_statement_is_taken_in_whole(self, store: Store) -> None:
        many = {f"pair-{number}": "a" for number in range(1203)}
        others = {name: "b" if number % 2 else "a" for number, name in enumerate(many)}
        del others["pair-7"]
        with store.begin() as tx:
            assert relationships.synchronise(tx, many, NOW) == list(many)
            calendars.synchronise(tx, dict.fromkeys(many, 1), NOW)
        with store.begin() as tx:
            changed = [name for name, terms in others.items() if terms == "b"]
            assert relationships.synchronise(tx, others, NOW) == [*changed, "pair-7"]
            calendars.synchronise(tx, dict.fromkeys(others, 1), NOW)
        with store.begin() as tx:
            assert relationships.synchronise(tx, others, NOW) == []
            assert len(calendars.claim(tx, NOW, NOW + HOUR, 2000)) == 1202

    def test_the_longest_overdue_comes_first(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b", "pair-3": "c"}, NOW)
            relationships.save(tx, "pair-1", 0, State(), NOW - HOUR)
            relationships.save(tx, "pair-2", 0, State(), NOW - 2 * HOUR)
            relationships.save(tx, "pair-3", 0, State(), None)
            assert due(tx) == ["pair-2", "pair-1"]
            assert due(tx, limit=1) == ["pair-2"]
            assert due(tx, NOW - 3 * HOUR) == []

    def test_waking_never_puts_off(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW)
            relationships.save(tx, "pair-2", 0, State(), None)
            relationships.wake(tx, ["pair-1", "pair-2", "nobody"], NOW + HOUR)
            assert relationships.load(tx, "pair-1").wake_at == NOW
            assert relationships.load(tx, "pair-2").wake_at == NOW + HOUR

    def test_a_decision_on_what_is_no_longer_so_is_not_recorded(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            relationships.save(tx, "pair-1", 0, State(number=1), NOW)
        with pytest.raises(Stale), store.begin() as tx:
            relationships.save(tx, "pair-1", 0, State(number=2), NOW)
        with store.begin() as tx:
            found = relationships.load(tx, "pair-1")
        assert (found.state.number, found.version) == (1, 1)

    def test_a_decision_by_terms_that_have_changed_meanwhile_is_not_recorded(self, store: Store) -> None:
        """Another worker has taken in the new files, and wants it looked at by them."""
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            (held,) = relationships.claim(tx, NOW, LEASE, 9)
            relationships.synchronise(tx, {"pair-1": "b"}, NOW)
            with pytest.raises(Stale):
                relationships.save(tx, "pair-1", held.stored.version, State(), NOW + 9 * HOUR)
            assert relationships.load(tx, "pair-1").wake_at == NOW

    def test_one_that_was_set_aside_rests_until_then_and_says_why(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            relationships.set_aside(tx, "pair-1", "ValueError", NOW + HOUR)
            found = relationships.load(tx, "pair-1")
            assert (found.wake_at, found.trouble, found.version) == (NOW + HOUR, "ValueError", 1)
            assert relationships.troubled(tx) == [("pair-1", "ValueError")]
            relationships.save(tx, "pair-1", 1, State(), None)
            assert relationships.load(tx, "pair-1").trouble is None
            assert relationships.troubled(tx) == []

    def test_one_without_a_row_is_not_found(self, store: Store) -> None:
        with store.begin() as tx:
            assert relationships.find(tx, "pair-1") is None
            with pytest.raises(LookupError, match="pair-1"):
                relationships.load(tx, "pair-1")

    def test_a_state_comes_back_as_it_was(self, store: Store) -> None:
        @settings(max_examples=40)
        @given(STATES)
        def comes_back(state: State) -> None:
            with store.begin() as tx:
                version = relationships.load(tx, "pair-1").version
                relationships.save(tx, "pair-1", version, state, state.due)
                found = relationships.load(tx, "pair-1")
            assert (found.state, found.wake_at, found.version) == (state, state.due, version + 1)
            assert state_json.dump(found.state) == state_json.dump(state)

        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
        comes_back()

    def test_one_that_is_held_is_nobody_elses_until_it_is_let_go(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW)
            first, second = relationships.claim(tx, NOW, LEASE, 9)
            assert [(each.name, each.epoch) for each in (first, second)] == [("pair-1", 1), ("pair-2", 1)]
            assert relationships.claim(tx, NOW, LEASE, 9) == []
            assert relationships.hold(tx, ["pair-1", "nobody"], NOW, LEASE) == []
            assert next_wake(tx) == NOW + LEASE
            relationships.let_go(tx, ["pair-1"])
            assert [each.name for each in relationships.hold(tx, ["pair-1"], NOW, LEASE)] == ["pair-1"]

    def test_whoever_was_too_slow_no_longer_holds_it(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            (slow,) = relationships.claim(tx, NOW, LEASE, 9)
            assert relationships.still_held(tx, [slow]) == {"pair-1"}
            relationships.renew(tx, [slow], NOW + 2 * LEASE)
            assert relationships.claim(tx, NOW + LEASE, LEASE, 9) == []
            (quick,) = relationships.claim(tx, NOW + 2 * LEASE, LEASE, 9)
            assert quick.epoch == 2
            assert relationships.still_held(tx, [quick]) == {"pair-1"}
            assert relationships.still_held(tx, [slow]) == frozenset()
            relationships.renew(tx, [slow], NOW + 9 * HOUR)
            assert next_wake(tx) == NOW + 3 * LEASE

    def test_a_lease_of_a_clock_that_was_put_back_holds_nothing(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW - 48 * HOUR)
            intents.add(tx, [write(at=NOW - 48 * HOUR)], NOW)
            self._claim(tx)
            relationships.claim(tx, NOW, LEASE, 9)
            assert self._claims(tx, NOW - 24 * HOUR)
            assert due(tx, NOW - 24 * HOUR) == ["pair-1"]

    def test_what_a_dead_process_held_is_freed(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            (dead,) = relationships.claim(tx, NOW, LEASE, 9)
            relationships.release(tx)
            assert relationships.still_held(tx, [dead]) == frozenset()
            assert due(tx) == ["pair-1"]

    def test_some_shards_are_worked_on_and_the_others_are_not(self, store: Store) -> None:
        mine, others = {shard_of("pair-1")}, frozenset(range(SHARDS)) - {shard_of("pair-1")}
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            intents.add(tx, [write()], NOW)
            calendars.synchronise(tx, {"pair-1": 1}, NOW)
            assert relationships.claim(tx, NOW, LEASE, 9, others) == []
            assert claims.due(tx, NOW, 9, others) == []
            assert calendars.claim(tx, NOW, NOW + HOUR, 9, others) == []
            assert next_wake(tx, others) is next_due(tx, others) is None
            assert agenda.read(tx, others).first is None
            intents.add(tx, [replace(write(), relationship="pair-2")], NOW)
            assert [each.intent.relationship for each in claims.due(tx, NOW, 9, others)] == ["pair-2"]
            assert (next_wake(tx, mine), next_due(tx, mine)) == (NOW, NOW)
            assert len(claims.due(tx, NOW, 9, mine)) == len(relationships.claim(tx, NOW, LEASE, 9, mine)) == 1
            assert calendars.claim(tx, NOW, NOW + HOUR, 9, mine) == [("pair-1", 0)]

    def test_a_state_that_nobody_can_read_is_marked_and_no_exception(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            tx.execute(schema.relationships.update().values(state="{"))
            (held,) = relationships.claim(tx, NOW, LEASE, 9)
            assert (held.stored.broken, held.stored.state) == (True, State())

    def test_whoever_has_lost_the_moment_to_be_looked_at_is_found(self, store: Store) -> None:
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW)
            relationships.synchronise(tx, {"pair-1": "a"}, NOW)
            relationships.save(tx, "pair-1", 0, State(), None)
            assert relationships.wake_lost(tx, NOW + HOUR) == 1
            assert next_wake(tx) == NOW + HOUR

    def test_the_agenda_says_what_there_is_to_do_now(self, store: Store) -> None:
        with store.begin() as tx:
            assert agenda.read(tx).first is None
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW)
            intents.add(tx, [write(at=NOW + HOUR)], NOW)
            calendars.synchronise(tx, {"pair-1": 1}, NOW + 2 * HOUR)
            found = agenda.read(tx)
            assert (found.work, found.first) == (NOW, NOW)
            assert (found.asking(NOW), found.deciding(NOW), found.carrying(NOW)) == (False, True, ())
            relationships.claim(tx, NOW, LEASE, 9)
            assert not agenda.read(tx).deciding(NOW + LEASE / 2)
            assert agenda.read(tx).deciding(NOW + LEASE)
            assert agenda.read(tx).deciding(NOW - 48 * HOUR), "a lease of a clock that has since been put back"
            assert agenda.read(tx).carrying(NOW + HOUR) == ((0, "pending"),)
            assert agenda.read(tx).asking(NOW + 2 * HOUR)

    # Engagements, quotas and marks

    def test_two_who_saw_the_same_bookings_cannot_both_add_to_them(self, store: Store) -> None:
        for expected in (0, 1):
            with store.begin() as tx:
                seen = engagements.versions(tx, ["mentor-1", "mentee-1"])
                assert seen == {"mentor-1": expected, "mentee-1": expected}
                engagements.change(tx, seen)
            with pytest.raises(Stale, match="mentor-1"), store.begin() as tx:
                engagements.change(tx, {"mentor-1": expected})

    def test_calls_are_allowed_until_there_are_none_left_and_come_back_with_time(self, store: Store) -> None:
        rate = Rate(60)
        with store.begin() as tx:
            assert [quotas.take(tx, "server", rate, 20, NOW) for _ in range(3)] == [None] * 3
            wait = quotas.take(tx, "server", rate, 20, NOW)
            assert wait is not None
            assert timedelta(seconds=20) <= wait < timedelta(seconds=21)
            assert quotas.take(tx, "another", rate, 20, NOW) is None
            assert quotas.take(tx, "server", rate, 20, NOW + wait) is None
            assert quotas.take(tx, "server", rate, 20, NOW + wait) is not None

    def test_more_is_never_saved_up_than_for_a_minute(self, store: Store) -> None:
        rate = Rate(60)
        with store.begin() as tx:
            quotas.take(tx, "server", rate, 20, NOW)
            assert [quotas.take(tx, "server", rate, 30, NOW + 9 * HOUR) for _ in range(2)] == [None] * 2
            assert quotas.take(tx, "server", rate, 1, NOW + 9 * HOUR) is not None

    def test_a_pause_that_a_provider_asks_for_is_kept_by_all(self, store: Store) -> None:
        rate = Rate(60)
        with store.begin() as tx:
            quotas.close(tx, "server", rate, NOW + HOUR, NOW)
            quotas.close(tx, "server", rate, NOW + HOUR / 2, NOW)
            assert quotas.take(tx, "server", rate, 1, NOW) == HOUR
            assert quotas.take(tx, "server", rate, 1, NOW + HOUR) is None
            quotas.close(tx, "server", rate, NOW + timedelta(days=9), NOW)
            assert quotas.take(tx, "server", rate, 1, NOW) == quotas.LONGEST

    def test_a_clock_that_was_put_back_closes_nothing(self, store: Store) -> None:
        rate = Rate(60)
        with store.begin() as tx:
            for _ in range(3):
                quotas.take(tx, "server", rate, 20, NOW)
            quotas.close(tx, "server", rate, NOW + HOUR, NOW)
            assert quotas.take(tx, "server", rate, 20, NOW - timedelta(days=1)) is None

    def test_a_mark_is_put_and_replaced(self, store: Store) -> None:
        with store.begin() as tx:
            assert marks.get(tx, "roster") is None
            for value in ("a", "b"):
                marks.put(tx, "roster", value)
                assert (marks.get(tx, "roster"), marks.every(tx)) == (value, {"roster": value})

    # Meetings

    def test_a_persons_meetings_are_seen_from_every_relationship(self, store: Store) -> None:
        first, second = meeting(span("2027-03-10 09:00")), meeting(span("2027-03-09 09:00"))
        with store.begin() as tx:
            meetings.put(tx, "pair-1", ["mentor-1", "mentee-1"], first, 5, 10)
            meetings.put(tx, "circle-1", ["mentor-1", "mentee-2"], second, 0, 15)
            whole = Span(second.span.start, first.span.end)
            everybody = meetings.of_people(tx, ["mentor-1", "mentee-2", "mentee-3"], whole)
            found = everybody["mentor-1"]
            assert [(m.relationship, m.span, m.before, m.after) for m in found] == [
                ("circle-1", second.span, 0, 15),
                ("pair-1", first.span, 5, 10),
            ]
            assert [m.relationship for m in everybody["mentee-2"]] == ["circle-1"]
            assert everybody["mentee-3"] == []
            touching = Span(second.span.end, first.span.start)
            assert meetings.of_people(tx, ["mentor-1"], touching)["mentor-1"] == []

    def test_a_moved_meeting_keeps_its_uid_and_a_cancelled_one_frees_its_time(self, store: Store) -> None:
        before, after = meeting(span("2027-03-10 09:00")), meeting(span("2027-03-11 09:00"), revision=1)
        week = Span(before.span.start, after.span.end)
        with store.begin() as tx:
            for version in (before, after):
                meetings.put(tx, "pair-1", ["mentor-1", "mentee-1"], version, 5, 10)
            (found,) = meetings.of_people(tx, ["mentee-1"], week)["mentee-1"]
            assert (found.span, found.uid) == (after.span, meeting_uid("pair-1", 1))
            cancelled = replace(after, status=MeetingStatus.CANCELLED)
            meetings.put(tx, "pair-1", ["mentor-1", "mentee-1"], cancelled, 5, 10)
            assert meetings.of_people(tx, ["mentee-1"], week)["mentee-1"] == []
            assert meetings.uids_of(tx, ["mentee-1"], after.span.end - 1)["mentee-1"] == {meeting_uid("pair-1", 1)}
            assert meetings.uids_of(tx, ["mentee-1"], after.span.end)["mentee-1"] == frozenset()

    def test_a_held_meeting_still_counts_and_is_found_by_its_number(self, store: Store) -> None:
        held = meeting(span("2027-03-10 09:00"), status=MeetingStatus.HELD, revision=2)
        with store.begin() as tx:
            meetings.put(tx, "pair-1", ["mentor-1"], held, 5, 10)
            (found,) = meetings.of_people(tx, ["mentor-1"], held.span)["mentor-1"]
            assert found.status is MeetingStatus.HELD
            assert meetings.find(tx, "pair-1", 1) == held
            assert meetings.find(tx, "pair-1", 2) is None

    # Events and calendars

    def test_an_event_is_kept_renewed_and_forgotten(self, store: Store) -> None:
        with store.begin() as tx:
            assert events.get(tx, "uid", "mentor-1") is None
            for version in (replace(EVENT, etag=""), EVENT):
                events.put(tx, "uid", "mentor-1", version)
            assert events.get(tx, "uid", "mentor-1") == EVENT
            assert events.get(tx, "uid", "mentee-1") is None
            events.forget(tx, "uid", "mentor-1")
            assert events.get(tx, "uid", "mentor-1") is None

    def test_a_calendars_trouble_is_dated_from_its_beginning_and_ends_with_a_reading(self, store: Store) -> None:
        """What its token said goes with the trouble, since whoever was woken for that could not read it."""
        with store.begin() as tx:
            assert calendars.get(tx, "mentor-1", 0) is None
            calendars.put_token(tx, "mentor-1", 0, "token-7")
            calendars.put_token(tx, "mentor-1", 1, "token-8")
            well = calendars.of_people(tx, ["mentor-1"])["mentor-1", 0]
            ill = well.after_trouble(NOW, "Temporary").after_trouble(NOW + HOUR, "Rejected")
            calendars.put_health(tx, [ill])
            assert calendars.unreadable(tx) == [Health("mentor-1", 0, None, None, 0, "Rejected", NOW)]
            calendars.put_health(tx, [ill.after_reading(NOW + 2 * HOUR, 3)])
            assert calendars.get(tx, "mentor-1", 0) == Health("mentor-1", 0, None, NOW + 2 * HOUR, 3, None, None)
            assert calendars.unreadable(tx) == []

    def test_what_is_told_of_a_calendar_that_is_gone_does_not_bring_it_back(self, store: Store) -> None:
        with store.begin() as tx:
            calendars.put_health(tx, [Health("mentor-1", 0, None, NOW, 0, None, None)])
            assert calendars.get(tx, "mentor-1", 0) is None

    def test_calendars_are_asked_in_turn_and_again_later(self, store: Store) -> None:
        with store.begin() as tx:
            calendars.synchronise(tx, {"mentor-1": 2, "mentee-1": 1}, NOW)
            assert calendars.claim(tx, NOW, NOW + HOUR, 2) == [("mentee-1", 0), ("mentor-1", 0)]
            assert calendars.claim(tx, NOW, NOW + HOUR, 2) == [("mentor-1", 1)]
            assert calendars.claim(tx, NOW, NOW + HOUR, 2) == []
            assert agenda.read(tx).ask == NOW + HOUR
            calendars.ask_again(tx, "mentor-1", 1, NOW + HOUR / 2)
            assert agenda.read(tx).ask == NOW + HOUR / 2
            calendars.ask_all(tx, NOW)
            assert len(calendars.claim(tx, NOW, NOW + HOUR, 9)) == 3

    def test_a_calendar_that_is_gone_is_forgotten_and_the_others_keep_what_is_known(self, store: Store) -> None:
        with store.begin() as tx:
            calendars.synchronise(tx, {"mentor-1": 2, "mentee-1": 1}, NOW)
            calendars.put_token(tx, "mentor-1", 0, "token-7")
            calendars.synchronise(tx, {"mentor-1": 1}, NOW + HOUR)
            kept = calendars.get(tx, "mentor-1", 0)
            assert kept is not None
            assert kept.token == "token-7"
            assert calendars.get(tx, "mentor-1", 1) is calendars.get(tx, "mentee-1", 0) is None

    # The journal

    def test_the_journal_is_read_in_the_order_it_was_written(self, store: Store) -> None:
        lines = [
            Entry(NOW, "booked", "pair-1", 1, None, {"start": "2027-03-10T09:00Z"}),
            Entry(NOW - HOUR, "mail-sent", "pair-2", 3, "møntee-2", {"lost": 1, "odd": 0.5, "yes": True, "none": None}),
            Entry(NOW, "started"),
        ]
        with store.begin() as tx:
            journal.write(tx, lines)
            assert journal.read(tx) == lines
            assert journal.read(tx, relationship="pair-2") == lines[1:2]

    @pytest.mark.parametrize("change", ["UPDATE journal SET event = 'nothing'", "DELETE FROM journal"])
    def test_the_journal_cannot_be_rewritten_even_by_hand(self, store: Store, change: str) -> None:
        with store.begin() as tx:
            journal.write(tx, [Entry(NOW, "booked")])
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.begin() as tx:
            tx.exec_driver_sql(change)
        with store.begin() as tx:
            assert [entry.event for entry in journal.read(tx)] == ["booked"]

    # Intents

    def test_an_intent_is_recorded_once_however_often_it_is_decided(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [mail(), mail(at=NOW + HOUR)], NOW)
            intents.add(tx, [mail()], NOW + HOUR)
            claimed = self._claim(tx)
            assert claimed.intent == mail()
            assert self._claims(tx, NOW + 2 * HOUR) == [replace(claimed, epoch=2, attempts=2, lost=1)]

    def test_what_now_is_is_said_before_what_goes_with_it(self, store: Store) -> None:
        """Cancelled before the invitation to what follows, and an agenda never before its invitation."""
        said = [
            mail(MailKind.CANCELLED, number=1, revision=1),
            mail(MailKind.INVITATION, number=2),
            mail(MailKind.AGENDA, number=2),
        ]
        with store.begin() as tx:
            intents.add(tx, said[::-1], NOW)
            assert self._claim_all(tx) == said

    def test_calendars_come_before_mails_and_what_was_due_first_before_the_rest(self, store: Store) -> None:
        agenda, late = mail(at=NOW - 2 * HOUR), write("mentee-1", at=NOW)
        early = write("mentor-1", at=NOW - HOUR)
        with store.begin() as tx:
            intents.add(tx, [agenda, late, early, write("nobody-yet", at=NOW + HOUR)], NOW)
            assert next_due(tx) == NOW - 2 * HOUR
            assert self._claim_all(tx) == [early, late, agenda]
            assert next_due(tx) == NOW + LEASE

    def test_two_claimers_never_get_the_same_one(self, store: Store, url: str) -> None:
        """Two processes on one store would otherwise invite everybody twice."""
        with store.begin() as tx:
            intents.add(tx, [write(f"person-{n}") for n in range(20)], NOW)
        taken: list[str] = []

        def work() -> None:
            own = open_store(url)
            while True:
                with own.begin() as tx:
                    claimed = self._claims(tx, NOW)
                if not claimed:
                    break
                taken.extend(each.intent.person for each in claimed)
            own.close()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(taken) == sorted(f"person-{n}" for n in range(20))

    def test_of_one_relationship_one_effect_is_due_and_none_while_it_is_held(self, store: Store) -> None:
        """Whoever holds it does what it needs, one thing after the other."""
        other = replace(write(), relationship="pair-2")
        with store.begin() as tx:
            relationships.synchronise(tx, {"pair-1": "a", "pair-2": "b"}, NOW)
            intents.add(tx, [write(at=NOW - HOUR), write("mentee-1"), other], NOW)
            assert sorted(each.intent.relationship for each in claims.due(tx, NOW, 9)) == ["pair-1", "pair-2"]
            relationships.hold(tx, ["pair-1"], NOW, LEASE)
            assert [each.intent for each in claims.due(tx, NOW, 1)] == [other]
            assert len(claims.due(tx, NOW + LEASE, 9)) == 2

    def test_done_is_done(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            assert intents.outstanding_writes(tx, "pair-1", 1) == {"mentor-1"}
            claimed = self._claim(tx)
            assert (claimed.attempts, claimed.uncertain) == (1, False)
            assert intents.outstanding_writes(tx, "pair-1", 1) == {"mentor-1"}
            claims.settle(tx, [claims.finished(claimed, NOW, "201 Created")])
            assert intents.outstanding_writes(tx, "pair-1", 1) == frozenset()
            intents.add(tx, [write()], NOW)
            assert not self._claims(tx, NOW + 9 * HOUR)
            assert intents.counts(tx) == {"done": 1}
            assert next_due(tx) is None

    def test_whoever_lost_the_claim_cannot_write_back(self, store: Store) -> None:
        """The lease ran out, somebody else took over; the first one wakes up and must not be believed."""
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            first = self._claim(tx)
            second = self._claim(tx, NOW + LEASE)
            assert (second.epoch, second.attempts, second.lost, second.uncertain) == (2, 2, 1, True)
        for outcome in (claims.finished, claims.failed, claims.postponed, claims.withdrawn):
            with pytest.raises(Stale), store.begin() as tx:
                claims.settle(tx, [outcome(first, NOW, "201 Created")])
        with store.begin() as tx:
            claims.settle(tx, [claims.finished(second, NOW, "201 Created")])
            with pytest.raises(Stale):
                claims.settle(tx, [claims.finished(second, NOW, "201 Created")])

    def test_a_lease_holds_until_it_ends(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            self._claim(tx)
            assert not self._claims(tx, NOW + LEASE - timedelta(microseconds=1))
            assert self._claims(tx, NOW + LEASE)

    def test_what_is_put_off_comes_back_then_and_remembers_whether_it_may_have_happened(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW + HOUR, "Temporary")])
            assert not self._claims(tx, NOW)
            again = self._claim(tx, NOW + HOUR)
            assert (again.attempts, again.uncertain) == (2, False)
            claims.settle(tx, [claims.postponed(again, NOW + 2 * HOUR, "OutcomeUnknown", lost=True)])
            assert intents.counts(tx) == {"unknown": 1}
            assert self._claim(tx, NOW + 2 * HOUR).uncertain

    def test_answers_that_make_no_sense_are_counted_apart_and_anew_once_somebody_asks_again(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW, "ConsentRevoked")])
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW, "Unreadable", odd=True)])
            third = self._claim(tx)
            assert (third.attempts, third.odd) == (3, 1)
            claims.settle(tx, [claims.failed(third, NOW, "Unreadable")])
            intents.retry(tx, write().key, NOW)
            assert self._claim(tx).odd == 0

    def test_what_a_dead_process_had_begun_is_freed_as_unknown(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write(), write("mentee-1")], NOW)
            self._claim(tx)
            assert claims.release(tx, NOW) == 1
            assert claims.release(tx, NOW) == 0
            again = [self._claim(tx), self._claim(tx)]
            assert sorted((c.attempts, c.lost) for c in again) == [(1, 0), (2, 1)]

    def test_what_was_superseded_is_taken_back_unless_it_has_begun(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write(), write("mentee-1"), write(revision=1), write(number=2)], NOW)
            begun = self._claim(tx)
            assert intents.withdraw(tx, "pair-1", 1, NOW, before_revision=1) == 1
            left = self._claim_all(tx)
            assert [(i.number, i.revision) for i in sorted(left, key=lambda i: i.number)] == [(1, 1), (2, 0)]
            claims.settle(tx, [claims.withdrawn(begun, NOW, "superseded")])
            assert intents.counts(tx) == {"doing": 2, "withdrawn": 2}

    def test_what_failed_is_set_aside_until_somebody_asks_for_it(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            claims.settle(tx, [claims.failed(self._claim(tx), NOW, "Rejected")])
            assert [(t.key, t.problem) for t in intents.troubled(tx)] == [(write().key, "Rejected")]
            assert not self._claims(tx, NOW + HOUR)
            intents.retry(tx, write().key, NOW + HOUR)
            assert intents.troubled(tx) == []
            assert self._claim(tx, NOW + HOUR).attempts == 2

    def test_who_was_mailed_or_may_have_been_is_known(self, store: Store) -> None:
        """A cancellation goes only to whoever may know of the meeting."""
        kinds = [MailKind.INVITATION, MailKind.MOVED]

        def knows(number: int = 1, person: str = "mentor-1", before_revision: int = 1) -> bool:
            with store.begin() as tx:
                return intents.mailed(tx, "pair-1", number, person, kinds, before_revision=before_revision)

        with store.begin() as tx:
            intents.add(tx, [mail(MailKind.AGENDA)], NOW)
            claims.settle(tx, [claims.finished(self._claim(tx), NOW, "250")])
            intents.add(tx, [mail(MailKind.INVITATION)], NOW)
        assert not knows()
        with store.begin() as tx:
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW, "OutcomeUnknown", lost=True)])
        assert knows()
        assert not knows(number=2)
        assert not knows(person="mentee-1")
        assert not knows(before_revision=0)

    def test_what_was_withdrawn_unheard_is_taken_up_when_it_is_decided_again(self, store: Store) -> None:
        """A conflict that went, and came back, is told after all; what somebody may have heard is not told again."""
        with store.begin() as tx:
            said = [mail(MailKind.INVITATION), mail(MailKind.AGENDA)]
            intents.add(tx, said, NOW)
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW, "OutcomeUnknown", lost=True)])
            for _ in range(2):
                claims.settle(tx, [claims.withdrawn(self._claim(tx), NOW, "superseded")])
            intents.add(tx, said, NOW)
            assert intents.counts(tx) == {"pending": 1, "withdrawn": 1}
            assert self._claim(tx).intent.mail is MailKind.AGENDA
            assert not self._claims(tx, NOW)

    def test_a_write_whose_answer_was_lost_is_remembered(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [write()], NOW)
            assert not intents.lost_write(tx, "pair-1", 1, "mentor-1")
            claims.settle(tx, [claims.postponed(self._claim(tx), NOW, "OutcomeUnknown", lost=True)])
            claims.settle(tx, [claims.finished(self._claim(tx), NOW, "found")])
            assert intents.lost_write(tx, "pair-1", 1, "mentor-1")
            assert not intents.lost_write(tx, "pair-1", 1, "mentee-1")

    def test_an_intent_that_makes_no_sense_is_set_aside_and_stops_nothing(self, store: Store) -> None:
        with store.begin() as tx:
            intents.add(tx, [mail(), write("mentee-1")], NOW)
            tx.execute(schema.intents.update().where(schema.intents.c.key == mail().key).values(mail="a song"))
            assert self._claim_all(tx) == [write("mentee-1")]
            assert self._claims(tx, NOW) == []
            assert [(t.key, t.problem) for t in intents.troubled(tx)] == [(mail().key, "unreadable")]

    @staticmethod
    def _claims(tx: sa.Connection, now: datetime) -> list[claims.Claimed]:
        return claims.claim(tx, claims.due(tx, now, 1), now, LEASE)

    def _claim(self, tx: sa.Connection, now: datetime = NOW) -> claims.Claimed:
        (claimed,) = self._claims(tx, now)
        return claimed

    def _claim_all(self, tx: sa.Connection) -> list[Intent]:
        found: list[Intent] = []
        while claimed := self._claims(tx, NOW):
            found += [each.intent for each in claimed]
        return found


def _migrate(tx: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = tx
    command.upgrade(config, revision)


OTHER_PROCESS = """
import sys
from agent.store.engine import open_store
from agent.store.errors import StoreBusy
try:
    with open_store(sys.argv[1]).exclusive():
        print("alone")
except StoreBusy:
    print("busy")
"""


def _other_process(url: str) -> str:
    done = subprocess.run([sys.executable, "-c", OTHER_PROCESS, url], capture_output=True, text=True, check=True)
    return done.stdout.strip()
