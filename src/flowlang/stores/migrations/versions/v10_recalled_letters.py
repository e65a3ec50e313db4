"""A letter that is taken back while it is handed over knows it, should it come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """Nothing was noted of such letters before."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("letters", sa.Column("recalled", text, nullable=False, server_default=""))
