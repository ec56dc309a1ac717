"""What several workers need of one another: leases of relationships, limits of providers, and when to ask a calendar.

Revision ID: 0003
Revises: 0002
"""

from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHARDS = 64


def upgrade() -> None:
    """Add columns and tables; give every relationship its shard, and have every calendar asked at once."""
    op.add_column("relationships", sa.Column("shard", sa.Integer, nullable=False, server_default="0"))
    op.add_column("relationships", sa.Column("epoch", sa.Integer, nullable=False, server_default="0"))
    op.add_column("relationships", sa.Column("lease_until", sa.BigInteger))
    op.add_column("relationships", sa.Column("restored_at", sa.BigInteger))
    op.create_index("relationships_by_shard", "relationships", ["shard", "wake_at"])
    held = sa.text("lease_until IS NOT NULL")
    op.create_index(
        "relationships_by_lease", "relationships", ["lease_until"], sqlite_where=held, postgresql_where=held
    )
    op.create_index("relationships_by_restore", "relationships", ["restored_at"])
    op.add_column("intents", sa.Column("shard", sa.Integer, nullable=False, server_default="0"))
    op.create_index("intents_in_turn", "intents", ["status", "priority", "not_before", "number", "revision", "key"])
    op.create_index("intents_by_lease", "intents", ["status", "lease_until"])
    op.create_index("meetings_by_end", "meetings", ["status", "end"])
    op.add_column("calendars", sa.Column("ask_at", sa.BigInteger))
    op.add_column("calendars", sa.Column("shard", sa.Integer, nullable=False, server_default="0"))
    op.create_index("calendars_by_ask_at", "calendars", ["ask_at"])
    op.create_table(
        "engagements",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "quotas",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("tokens", sa.Float, nullable=False),
        sa.Column("counted_at", sa.BigInteger, nullable=False),
        sa.Column("closed_until", sa.BigInteger),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    _spread()


def _spread() -> None:
    connection = op.get_bind()
    relationships = sa.table("relationships", sa.column("id"), sa.column("shard"))
    intents = sa.table("intents", sa.column("relationship"), sa.column("shard"))
    calendars = sa.table("calendars", sa.column("person"), sa.column("shard"), sa.column("ask_at"))
    for name in connection.scalars(sa.select(relationships.c.id)).all():
        shard = crc32(name.encode()) % SHARDS
        connection.execute(relationships.update().where(relationships.c.id == name).values(shard=shard))
        connection.execute(intents.update().where(intents.c.relationship == name).values(shard=shard))
    for person in connection.scalars(sa.select(calendars.c.person).distinct()).all():
        spread = {"shard": crc32(person.encode()) % SHARDS, "ask_at": 0}
        connection.execute(calendars.update().where(calendars.c.person == person).values(spread))
