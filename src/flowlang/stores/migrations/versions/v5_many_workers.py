"""Workers write beside each other: each counts in a slot of its own, and all slots add up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Counters and progress in slots; free codes in an index of their own; and sequences."""
    op.execute("create temporary table counters_before as select name, amount from counters")
    op.drop_table("counters")
    op.create_table(
        "counters",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", "slot"),
    )
    op.execute("insert into counters select name, 0, amount from counters_before")
    op.execute("drop table counters_before")
    op.create_table(
        "progress",
        sa.Column("process", sa.BigInteger, nullable=False),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("what", _TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("process", "slot", "what"),
    )
    # Whoever takes a code need not write the index anew.
    op.drop_index("codes_free", "codes")
    free = sa.text("contact is null")
    op.create_index(
        "codes_free", "codes", ["list", "position"], sqlite_where=free, postgresql_where=free
    )
    if op.get_bind().dialect.name == "sqlite":
        # Where the programs before look for the version; it stays at this number.
        op.execute("pragma user_version = 5")
    else:
        for name in ("ticks", "contacts"):
            op.execute(f"create sequence {name}_block as bigint increment by 1000000")
