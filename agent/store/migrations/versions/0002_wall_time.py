"""The time on the wall at which a meeting was agreed, and the release of the zone rules that it was read by.

A meeting from before has none, and gets one when it is next looked at.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column("meetings", sa.Column("wall_zone", sa.Text))
    op.add_column("meetings", sa.Column("wall_minute", sa.BigInteger))
    op.add_column("meetings", sa.Column("zone_rules", sa.Text))
