"""How many attempts of an effect ended in an answer that makes no sense; of those from before, none that counts.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column."""
    op.add_column("intents", sa.Column("odd", sa.Integer, nullable=False, server_default="0"))
