"""Arrivals say which e-mail address they give their contact, for it is found by that."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"

_MANY = 1_000
_ARRIVALS = sa.table(
    "arrivals", *map(sa.column, ("seq", "type", "data", "status", "email")),
)  # fmt: skip


def upgrade() -> None:
    """Look into what is still to be applied."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("arrivals", sa.Column("email", text))
    connection, c, after = op.get_bind(), _ARRIVALS.c, -1
    change = sa.update(_ARRIVALS).where(c.seq == sa.bindparam("key"))
    change = change.values(email=sa.bindparam("given"))
    waiting = sa.select(c.seq, c.type, c.data).where(
        c.status == "pending", c.type.in_(("contact", "set", "clear"))
    )
    asked = waiting.where(c.seq > sa.bindparam("after")).order_by(c.seq).limit(_MANY)
    while rows := connection.execute(asked, {"after": after}).all():
        found = [(row.seq, _given(row.type, json.loads(row.data))) for row in rows]
        given = [{"key": seq, "given": email} for seq, email in found if email is not None]
        if given:
            connection.execute(change, given)
        after = rows[-1].seq
    gives = sa.text("status = 'pending' and email is not null")
    op.create_index(
        "arrivals_email", "arrivals", ["email"],
        sqlite_where=gives, postgresql_where=gives, postgresql_using="hash",
    )  # fmt: skip


def _given(kind: str, data: dict[str, Any]) -> str | None:
    fields = data.get("fields", {}) if kind == "contact" else {data["field"]: data.get("value")}
    if "email" not in fields:
        return None
    return str(fields["email"] or "").removesuffix("[NO MAILING]").strip().lower()
