"""The tables, as SQLAlchemy knows them; the migrations make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime as microseconds since the epoch: the same number, and the same order, on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002
        """Refuse a naive datetime: it would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Give it back aware, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


def storable(text: str | None) -> str | None:
    """Give what somebody outside said as every database takes it: without NUL, and without halves of characters."""
    return None if text is None else text.replace("\0", "").encode("utf-8", "replace").decode()


metadata = sa.MetaData()

HELD = sa.text("lease_until IS NOT NULL")
"""Few rows at a time: an index of all would be the worst way to find the next of those who are not held."""

relationships = sa.Table(
    "relationships",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("wake_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("troubles", sa.Integer, nullable=False),
    sa.Column("trouble", sa.Text),
    sa.Column("shard", sa.Integer, nullable=False, server_default="0"),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_until", Instant),
    sa.Column("restored_at", Instant),
    sa.Index("relationships_by_wake_at", "wake_at", "id"),
    sa.Index("relationships_by_shard", "shard", "wake_at"),
    sa.Index("relationships_by_lease", "lease_until", sqlite_where=HELD, postgresql_where=HELD),
    sa.Index("relationships_by_restore", "restored_at"),
)

meetings = sa.Table(
    "meetings",
    metadata,
    sa.Column("relationship", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("medium", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("due", Instant, nullable=False),
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("after", sa.Integer, nullable=False),
    sa.Column("wall_zone", sa.Text),
    sa.Column("wall_minute", sa.BigInteger),
    sa.Column("zone_rules", sa.Text),
    sa.Index("meetings_by_end", "status", "end"),
)

attendance = sa.Table(
    "attendance",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("relationship", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["relationship", "number"], ["meetings.relationship", "meetings.number"]),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("uid", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("href", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("calendar", sa.Text),
)

intents = sa.Table(
    "intents",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("relationship", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("mail", sa.Text),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("expires", Instant),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lost", sa.Integer, nullable=False),
    sa.Column("evidence", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("shard", sa.Integer, nullable=False, server_default="0"),
    sa.Column("odd", sa.Integer, nullable=False, server_default="0"),
    sa.Index("intents_by_status", "status", "not_before"),
    sa.Index("intents_in_turn", "status", "priority", "not_before", "number", "revision", "key"),
    sa.Index("intents_by_lease", "status", "lease_until"),
    sa.Index("intents_by_meeting", "relationship", "number"),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("relationship", sa.Text),
    sa.Column("number", sa.Integer),
    sa.Column("person", sa.Text),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("journal_by_relationship", "relationship", "id"),
)

calendars = sa.Table(
    "calendars",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text),
    sa.Column("read_at", Instant),
    sa.Column("dropped", sa.Integer, nullable=False),
    sa.Column("trouble", sa.Text),
    sa.Column("trouble_since", Instant),
    sa.Column("ask_at", Instant),
    sa.Column("shard", sa.Integer, nullable=False, server_default="0"),
    sa.Index("calendars_by_ask_at", "ask_at"),
)

engagements = sa.Table(
    "engagements",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)

quotas = sa.Table(
    "quotas",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("tokens", sa.Float, nullable=False),
    sa.Column("counted_at", Instant, nullable=False),
    sa.Column("closed_until", Instant),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("account", sa.Text),
    sa.Column("secret", sa.Text),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("granted", sa.Text, nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("used_at", Instant, nullable=False),
    sa.Column("renewed_at", Instant, nullable=False),
    sa.Column("failed_at", Instant),
    sa.Column("reported_at", Instant),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Index("links_by_person", "person"),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("memory", sa.Text, nullable=False),
    sa.Column("expires", Instant, nullable=False),
)

grant_mails = sa.Table(
    "grant_mails",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("provider", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lost", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Index("grant_mails_by_status", "status", "not_before"),
    sa.Index("grant_mails_by_person", "person"),
)
