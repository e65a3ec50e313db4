"""Codes are counted as they come and go, for a list may have millions of them."""

from __future__ import annotations

from alembic import op

revision = "4"
down_revision = "3"

_IMPORTED, _USED = "codes imported\x1f", "codes used\x1f"


def upgrade() -> None:
    """Count those that are there."""
    op.execute(f"""
        insert into counters (name, amount)
        select '{_IMPORTED}' || list, count(*) from codes group by list
        union all
        select '{_USED}' || list, count(contact) from codes group by list
    """)  # noqa: S608 - names of ours
