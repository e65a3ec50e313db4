"""Letters leave in the order in which they were queued, also those of one moment; and the next one
is found at once, however many wait.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Give letters a place; those that wait already have the same one, and go as before."""
    op.add_column("letters", sa.Column("place", sa.BigInteger, nullable=False, server_default="0"))
    op.drop_index("letters_status", "letters")
    op.create_index("letters_status", "letters", ["status", "since", "at", "place"])
    op.create_index("letters_place", "letters", ["place"])
