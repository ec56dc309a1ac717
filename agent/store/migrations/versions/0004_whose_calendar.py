"""Which calendar each of our events was written into; of those from before that nobody has said it yet.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; whoever is at work next fills it in."""
    op.add_column("events", sa.Column("calendar", sa.Text))
