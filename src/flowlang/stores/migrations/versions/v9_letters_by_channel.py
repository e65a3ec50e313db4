"""Letters are taken by their channel, so that a way out that is down holds up no others; and which
of them wait for their turn is no matter of words.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"

_MANY = 1_000
_TURN = "it waits for its turn: "
"""What was said of a letter that waited for others to its domain."""
_NAMES = ("id", "channel", "status", "since", "at", "tries", "reason", "rated", "data")
_LETTERS = sa.table("letters", *map(sa.column, _NAMES))
_SHARED = sa.table("shared", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Give letters their channel; those that were held behind a way that was down may go."""
    rated = sa.Column("rated", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("letters", sa.Column("channel", _text(), nullable=False, server_default=""))
    op.add_column("letters", rated)
    connection = op.get_bind()
    _fill_in(connection)
    c = _LETTERS.c
    queued = sa.update(_LETTERS).where(c.status == "queued")
    turn = c.reason.startswith(_TURN, autoescape=True)
    connection.execute(queued.where(turn).values(rated=sa.true()))
    held = queued.where(sa.not_(turn), c.tries == 0, c.since > c.at)
    connection.execute(held.values(since=c.at, reason=""))
    # Of an outage more is known now; where it lasts, that is found out at once.  Results that are
    # to be told are counted.
    old = _SHARED.c.name.in_(("outages", "results"))
    connection.execute(sa.delete(_SHARED).where(old))
    op.drop_index("letters_status", "letters")
    op.create_index("letters_queue", "letters", ["status", "channel", "since", "at", "place"])


def _text() -> Any:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _fill_in(connection: sa.Connection) -> None:
    c = _LETTERS.c
    change = sa.update(_LETTERS).where(c.id == sa.bindparam("key"))
    change = change.values(channel=sa.bindparam("its"))
    after: list[Any] = []
    while True:
        asked = sa.select(c.id, c.data).where(*after).order_by(c.id).limit(_MANY)
        rows = connection.execute(asked).all()
        if not rows:
            return
        given = [{"key": row.id, "its": json.loads(row.data)["channel"]} for row in rows]
        connection.execute(change, given)
        after = [c.id > rows[-1].id]
