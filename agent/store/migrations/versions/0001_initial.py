"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and a journal that cannot be rewritten."""
    op.create_table(
        "relationships",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("wake_at", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("troubles", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text),
    )
    op.create_index("relationships_by_wake_at", "relationships", ["wake_at", "id"])
    op.create_table(
        "meetings",
        sa.Column("relationship", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("medium", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("uid", sa.Text, nullable=False, unique=True),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
    )
    op.create_table(
        "attendance",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("relationship", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["relationship", "number"], ["meetings.relationship", "meetings.number"]),
    )
    op.create_table(
        "events",
        sa.Column("uid", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("href", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
    )
    op.create_table(
        "intents",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("relationship", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("mail", sa.Text),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lost", sa.Integer, nullable=False),
        sa.Column("evidence", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("intents_by_status", "intents", ["status", "not_before"])
    op.create_index("intents_by_meeting", "intents", ["relationship", "number"])
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("relationship", sa.Text),
        sa.Column("number", sa.Integer),
        sa.Column("person", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("journal_by_relationship", "journal", ["relationship", "id"])
    op.create_table(
        "calendars",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("read_at", sa.BigInteger),
        sa.Column("dropped", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("trouble_since", sa.BigInteger),
    )
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER journal_refuses_{verb} BEFORE {verb.upper()} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            for verb in ("update", "delete")
        ]
    refuse = "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    call = "EXECUTE FUNCTION journal_is_append_only()"
    return [
        f"CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS {refuse}",
        f"CREATE TRIGGER journal_refuses_changes BEFORE UPDATE OR DELETE ON journal FOR EACH ROW {call}",
        f"CREATE TRIGGER journal_refuses_emptying BEFORE TRUNCATE ON journal FOR EACH STATEMENT {call}",
    ]
