"""What people have granted, the links by which they do, consents that were begun, and the mails about all that.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add four tables. Of tokens and verifiers they hold what was sealed, of links and states only digests."""
    op.create_table(
        "grants",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("secret", sa.Text),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("granted", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("renewed_at", sa.BigInteger, nullable=False),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("reported_at", sa.BigInteger),
    )
    op.create_table(
        "links",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("links_by_person", "links", ["person"])
    op.create_table(
        "consents",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("memory", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "grant_mails",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("provider", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lost", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("grant_mails_by_status", "grant_mails", ["status", "not_before"])
    op.create_index("grant_mails_by_person", "grant_mails", ["person"])
