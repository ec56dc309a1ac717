"""What every database must count alike; ``tests/store`` runs this once for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agent.core.relationships import State
from agent.store import gauges, grants, schema, state_json
from agent.store.engine import Store
from agent.store.grants import Sealed
from tests.factories import NOW

HOUR = timedelta(hours=1)


class GaugesContract:
    """Inherit it and give a ``url`` fixture: the address of an empty database."""

    def test_a_new_programme_stands_at_nothing(self, store: Store) -> None:
        found = read(store)
        assert set(found["attune_relationships"]) == {"due", "asleep", "ended"}
        assert {value for values in found.values() for value in values.values()} == {0}

    def test_relationships_are_counted_by_when_they_are_looked_at_next(self, store: Store) -> None:
        """Somebody has to see that the most overdue one is an hour late, whatever the others do."""
        with store.begin() as tx:
            for name, wake_at in {"a": NOW - HOUR, "b": NOW, "c": NOW + HOUR, "d": NOW + HOUR, "e": None}.items():
                tx.execute(schema.relationships.insert().values(_relationship(name, wake_at)))
        found = read(store)
        assert found["attune_relationships"] == {"due": 2, "asleep": 2, "ended": 1}
        assert found["attune_relationships_late_seconds"] == {"": 3600}

    def test_those_set_aside_are_counted_until_they_leave_the_programme(self, store: Store) -> None:
        with store.begin() as tx:
            aside = {"trouble": "KeyError", "troubles": 1}
            tx.execute(schema.relationships.insert().values(_relationship("a", NOW + HOUR) | aside))
            tx.execute(schema.relationships.insert().values(_relationship("b", None) | aside | {"terms": ""}))
        assert read(store)["attune_relationships_set_aside"] == {"": 1}

    def test_intents_are_counted_by_state_and_the_age_of_the_oldest(self, store: Store) -> None:
        with store.begin() as tx:
            tx.execute(schema.intents.insert().values(_intent("waiting", "pending", not_before=NOW + HOUR)))
            tx.execute(schema.intents.insert().values(_intent("due", "pending", not_before=NOW - 2 * HOUR)))
            for age, status in ((3, "unknown"), (5, "unknown"), (1, "doing"), (7, "failed"), (9, "done")):
                looked_up = {"not_before": NOW + HOUR, "recorded_at": NOW - age * HOUR}
                tx.execute(schema.intents.insert().values(_intent(f"{status}-{age}", status, **looked_up)))
        found = read(store)
        assert found["attune_intents"] == {"waiting": 1, "due": 1, "doing": 1, "unknown": 2, "failed": 1}
        hours = {state: age / 3600 for state, age in found["attune_intents_age_seconds"].items()}
        assert hours == {"due": 2, "doing": 1, "unknown": 5, "failed": 7}

    def test_calendars_that_cannot_be_read_are_counted(self, store: Store) -> None:
        with store.begin() as tx:
            for person, hours in (("a", 1), ("b", 4), ("c", None)):
                trouble = {"trouble": "Missing", "trouble_since": NOW - hours * HOUR} if hours else {}
                row = {"person": person, "position": 0, "dropped": 0, "shard": 0}
                tx.execute(schema.calendars.insert().values(row | trouble))
        found = read(store)
        assert found["attune_calendars_unreadable"] == {"": 2}
        assert found["attune_calendars_unreadable_seconds"] == {"": 4 * 3600}

    def test_grants_whose_owner_has_to_agree_again_are_counted(self, store: Store) -> None:
        with store.begin() as tx:
            for person, hours in (("a", 1), ("b", 4), ("c", None)):
                grants.give(tx, person, "google", Sealed("", "", frozenset(), frozenset()), NOW)
                if hours:
                    grants.break_off(tx, person, "google", 1, NOW - hours * HOUR)
        found = read(store)
        assert found["attune_grants_broken"] == {"": 2}
        assert found["attune_grants_broken_seconds"] == {"": 4 * 3600}

    def test_a_clock_that_went_back_makes_nothing_younger_than_now(self, store: Store) -> None:
        with store.begin() as tx:
            tx.execute(schema.intents.insert().values(_intent("a", "unknown", recorded_at=NOW + HOUR)))
        assert read(store)["attune_intents_age_seconds"]["unknown"] == 0


def read(store: Store) -> dict[str, dict[str, float]]:
    with store.look() as tx:
        return {gauge.name: dict(gauge.values) for gauge in gauges.read(tx, NOW)}


def _relationship(name: str, wake_at: datetime | None) -> dict[str, Any]:
    row = {"id": name, "terms": "terms", "state": state_json.dump(State()), "version": 0, "troubles": 0, "shard": 0}
    return {**row, "wake_at": wake_at}


def _intent(key: str, status: str, **values: Any) -> dict[str, Any]:
    about = {"key": key, "relationship": "pair-1", "number": 1, "revision": 0, "kind": "write-event", "person": "a"}
    counts = {"priority": 0, "epoch": 0, "attempts": 0, "lost": 0, "shard": 0}
    return {**about, **counts, "status": status, "not_before": NOW, "recorded_at": NOW, **values}
