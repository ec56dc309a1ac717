"""What a backup must bring back, whichever database it came from or goes to; ``tests/store`` runs this for each."""

from __future__ import annotations

import gzip
import hashlib
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agent.core.gap import Gap
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.journal import Entry
from agent.store import (
    agenda,
    backup,
    calendars,
    claims,
    events,
    grant_mails,
    grants,
    intents,
    journal,
    links,
    marks,
    meetings,
    recovery,
    relationships,
    schema,
)
from agent.store.engine import Store, open_store
from agent.store.errors import BadBackup, StoreBusy
from agent.store.events import Delivered
from agent.store.grants import Sealed
from agent.store.restore import examine, restore
from tests.factories import NOW, meeting, span

LATER = NOW + timedelta(days=1)
LEASE = timedelta(minutes=5)


def quietly(_done: int, _all: int) -> None:
    """Nobody watches."""


def mail(kind: MailKind, hours: int) -> Intent:
    at = NOW + timedelta(hours=hours)
    return Intent("pair-1", 1, 0, IntentKind.SEND_MAIL, "mentor-1", at, kind)


def filled(store: Store) -> None:
    """A programme in the middle of its work: a claim held, an effect begun, two mails waiting."""
    with store.begin() as tx:
        relationships.synchronise(tx, {"pair-1": "terms", "päir-2": "terms"}, NOW)
        relationships.claim(tx, NOW, LEASE, 1)
        meetings.put(tx, "pair-1", ["mentor-1", "mentee-1"], meeting(span("2027-03-10 09:00")), 5, 10)
        events.put(tx, "uid", "mentor-1", Delivered(2, span("2027-03-10 09:00"), "/a.ics", '"7"'))
        begun = Intent("pair-1", 1, 0, IntentKind.WRITE_EVENT, "mentor-1", NOW)
        intents.add(tx, [begun, mail(MailKind.INVITATION, 2), mail(MailKind.AGENDA, 48)], NOW)
        tx.execute(schema.intents.update().where(schema.intents.c.key == begun.key).values(status=intents.DOING))
        journal.write(tx, [Entry(NOW, "booked", "pair-1", 1, detail={"start": "2027-03-10T09:00Z"}), Entry(NOW, "x")])
        calendars.put_token(tx, "mentor-1", 0, "token")
        marks.put(tx, "roster", "digest")
        grants.give(tx, "mentor-1", "google", Sealed("sealed account", "sealed token", frozenset(), frozenset()), NOW)
        links.add(tx, "token", "mentor-1", links.GRANT, NOW, LATER)
        grant_mails.invite(tx, "mentor-1", NOW)


def rows(store: Store) -> dict[str, list[list[Any]]]:
    """Every row as the database keeps it."""
    with store.look() as tx:
        everything = {name: sa.select(sa.text("*")).select_from(sa.table(name)) for name in schema.metadata.tables}
        return {name: [list(row) for row in tx.execute(query)] for name, query in everything.items()}


def lines_of(path: Path) -> list[Any]:
    """Every line of a backup."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


class BackupContract:
    """Inherit it and give ``url`` and ``elsewhere``: the addresses of two empty databases."""

    @pytest.fixture
    def taken(self, store: Store, tmp_path: Path) -> Path:
        filled(store)
        path = tmp_path / "programme.backup"
        backup.back_up(store, path, NOW, quietly)
        return path

    def test_it_holds_every_row_once_and_nothing_else(self, store: Store, taken: Path) -> None:
        lines = lines_of(taken)
        there = rows(store)
        assert lines[0]["rows"] == {name: len(found) for name, found in there.items()}
        kept = sorted(map(repr, (line for line in lines if isinstance(line, list))))
        assert kept == sorted(repr(row) for found in there.values() for row in found)
        assert stat.S_IMODE(taken.stat().st_mode) == 0o600
        assert [path.name for path in taken.parent.glob("*.backup*")] == [taken.name]

    def test_it_shows_one_moment_while_others_go_on_writing(self, store: Store, tmp_path: Path) -> None:
        """A backup with half of a decision would be worse than none."""
        filled(store)
        path, told = tmp_path / "a.backup", list[int]()

        def meanwhile(done: int, _all: int) -> None:
            told.append(done)
            if len(told) == 1:
                with store.begin() as tx:
                    relationships.sleep(tx, "pair-1")
                    relationships.synchronise(tx, {"pair-3": "terms"}, NOW)

        header = backup.back_up(store, path, NOW, meanwhile)
        assert header.rows["relationships"] == 2
        assert told[-1] == header.total
        assert "pair-3" not in str(lines_of(path))

    def test_it_comes_back_as_it_was_and_is_looked_up_before_anything_else(
        self, store: Store, taken: Path, elsewhere: str
    ) -> None:
        before = rows(store)
        restore(elsewhere, examine(taken), Gap(NOW, LATER), LATER, force=False, progress=quietly)
        other = open_store(elsewhere)
        after = rows(other)
        for table in ("meetings", "attendance", "events", "engagements", "quotas", "grants", "links", "grant_mails"):
            assert sorted(after[table]) == sorted(before[table])
        assert after["journal"][:-1] == before["journal"]
        with other.begin() as tx:
            assert journal.read(tx)[-1].event == "restored"
            assert journal.read(tx)[-1].detail == {"taken_at": "2027-03-01T00:00Z", "until": "2027-03-02T00:00Z"}
            journal.write(tx, [Entry(LATER, "goes on")])
            assert recovery.of_store(tx) == Gap(NOW, LATER)
            assert recovery.unfinished(tx)
            assert recovery.unfinished(tx, ["pair-1", "nobody"])
            assert not recovery.unfinished(tx, ["nobody"])
            assert claims.due(tx, LATER + timedelta(weeks=9), 9) == []
            assert intents.counts(tx) == {recovery.HELD_BACK: 3}
            health = calendars.get(tx, "mentor-1", 0)
            assert health is not None
            assert health.token is None
            assert agenda.read(tx).ask == LATER
            held = relationships.claim(tx, LATER, LEASE, 9)
            assert {each.name: each.stored.restored_at for each in held} == {"pair-1": LATER, "päir-2": LATER}
        other.close()

    def test_what_was_held_back_goes_on_once_it_was_looked_up(self, taken: Path, elsewhere: str) -> None:
        gap = Gap(NOW, LATER)
        restore(elsewhere, examine(taken), gap, LATER, force=False, progress=quietly)
        store = open_store(elsewhere)
        with store.begin() as tx:
            assert [each.mail for each in recovery.withhold(tx, "pair-1", gap, LATER)] == [MailKind.INVITATION]
            recovery.let_go(tx, "pair-1", gap)
            recovery.finish(tx, "pair-1")
            assert not recovery.unfinished(tx, ["pair-1"])
            assert recovery.unfinished(tx)
        with store.begin() as tx:
            found = {row.mail: (row.status, row.lost) for row in tx.execute(schema.intents.select())}
        assert found == {None: ("unknown", 2), "invitation": ("withdrawn", 1), "agenda": ("pending", 0)}
        store.close()

    def test_a_mail_that_may_have_been_sent_is_not_sent_when_it_is_decided_again(self, store: Store) -> None:
        filled(store)
        follow_up = mail(MailKind.FOLLOW_UP, 3)
        with store.begin() as tx:
            assert recovery.presume_sent(tx, [follow_up, mail(MailKind.AGENDA, 48)], LATER) == [follow_up]
            intents.add(tx, [follow_up], LATER)
            assert intents.mailed(tx, "pair-1", 1, "mentor-1", [MailKind.FOLLOW_UP], before_revision=1)
            assert intents.counts(tx)["withdrawn"] == 1

    def test_a_backup_from_before_a_restore_was_worked_off_leaves_the_longer_gap(
        self, taken: Path, elsewhere: str, tmp_path: Path
    ) -> None:
        restore(elsewhere, examine(taken), Gap(NOW, LATER), LATER, force=False, progress=quietly)
        store, again = open_store(elsewhere), tmp_path / "again.backup"
        backup.back_up(store, again, LATER, quietly)
        store.close()
        much_later = LATER + timedelta(days=1)
        restore(elsewhere, examine(again), Gap(LATER, much_later), much_later, force=True, progress=quietly)
        store = open_store(elsewhere)
        with store.look() as tx:
            assert recovery.of_store(tx) == Gap(NOW, much_later)
        store.close()

    def test_an_older_schema_is_brought_up_to_date(self, taken: Path, elsewhere: str) -> None:
        def older(lines: list[Any]) -> None:
            lines[0]["schema"] = "0002"
            keep = {"meetings", "attendance", "journal"}
            table, wanted = "", list[Any]()
            for line in lines[1:]:
                table = line["table"] if isinstance(line, dict) else table
                wanted += [line] if table in keep else []
            lines[1:] = wanted
            lines[0]["rows"] = {"rows": sum(isinstance(line, list) for line in wanted)}

        restore(elsewhere, examine(altered(taken, older)), Gap(NOW, LATER), LATER, force=False, progress=quietly)
        store = open_store(elsewhere)
        assert store.ping().endswith(f"schema {examine(taken).header.schema}")
        with store.look() as tx:
            assert meetings.booked_for(tx, "pair-1", 1) == ("mentor-1", "mentee-1")
        store.close()

    @pytest.mark.parametrize(
        "harm", ["no zip", "no backup", "cut", "bit", "newer form", "newer schema", "row", "column", "table"]
    )
    def test_a_wrong_file_is_refused_and_nothing_is_changed(
        self, store: Store, taken: Path, url: str, harm: str
    ) -> None:
        wrong = HARMS[harm](taken)
        before, files = rows(store), sorted(taken.parent.iterdir())
        with pytest.raises(BadBackup, match=str(wrong)):
            restore(url, examine(wrong), Gap(NOW, LATER), LATER, force=True, progress=quietly)
        assert rows(store) == before
        assert [each for each in sorted(taken.parent.iterdir()) if not each.name.endswith(".lock")] == [
            each for each in files if not each.name.endswith(".lock")
        ]

    def test_nothing_is_restored_under_somebody_at_work(self, store: Store, taken: Path, url: str) -> None:
        with store.exclusive(), pytest.raises(StoreBusy):
            restore(url, examine(taken), Gap(NOW, LATER), LATER, force=True, progress=quietly)


def altered(taken: Path, change: Any) -> Path:
    """The same backup with something else in it, and a checksum that fits."""
    lines = lines_of(taken)[:-1]
    change(lines)
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    other = taken.with_name("altered.backup")
    other.write_bytes(gzip.compress(text + json.dumps({"sha256": hashlib.sha256(text).hexdigest()}).encode() + b"\n"))
    return other


def _with(content: Any) -> Any:
    def make(taken: Path) -> Path:
        other = taken.with_name("wrong.backup")
        other.write_bytes(content(taken.read_bytes()))
        return other

    return make


def _bit(content: bytes) -> bytes:
    """Turn one bit of the rows, and zip it anew, so that only our own checksum can tell."""
    text = gzip.decompress(content)
    return gzip.compress(
        text.replace(b"terms", b"tErms", 1) if b'"terms"]' in text else text.replace(b"mentor-1", b"mentor-2", 1)
    )


HARMS: dict[str, Any] = {
    "no zip": _with(lambda _: b"Dear diary"),
    "no backup": _with(lambda _: gzip.compress(b'{"format": "another"}\n')),
    "cut": _with(lambda content: content[: len(content) // 2]),
    "bit": _with(_bit),
    "newer form": lambda taken: altered(taken, lambda lines: lines[0].update(version=2)),
    "newer schema": lambda taken: altered(taken, lambda lines: lines[0].update(schema="9999")),
    "row": lambda taken: altered(taken, lambda lines: lines[2].append(1)),
    "column": lambda taken: altered(taken, lambda lines: lines[1]["columns"].append("secret")),
    "table": lambda taken: altered(taken, lambda lines: lines[1].update(table="users")),
}
