"""How far a process has got on stands among its progress alone; and a contact knows how long its
history is, also where a note was not counted.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "8"
down_revision = "7"

_COLUMNS = ("done", "failed", "skipped")
_PROCESSES = sa.table("processes", sa.column("number"), *map(sa.column, _COLUMNS))
_ADD = sa.text(
    "insert into progress (process, slot, what, amount) values (:process, 0, :what, :amount)"
    " on conflict (process, slot, what) do update set amount = progress.amount + excluded.amount"
)


def upgrade() -> None:
    """Add what the columns have counted to what has been counted since version 5."""
    connection = op.get_bind()
    for number, done, failed, skipped in connection.execute(sa.select(_PROCESSES)).all():
        found = {"done": done, "failed": failed}
        found |= {f"skipped: {why}": count for why, count in json.loads(skipped).items()}
        rows = [
            {"process": number, "what": what, "amount": amount}
            for what, amount in found.items()
            if amount
        ]
        if rows:
            connection.execute(_ADD, rows)
    for name in _COLUMNS:
        op.drop_column("processes", name)
    op.execute(
        "update contacts set entries = (select max(seq) from history where contact = contacts.id)"
        " where entries < (select max(seq) from history where contact = contacts.id)"
    )
