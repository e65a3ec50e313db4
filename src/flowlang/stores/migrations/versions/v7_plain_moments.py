"""A contact's own moments are kept as plain text; those among the values of a campaign stay marked
as what they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"

_MANY = 1_000
_CONTACTS = sa.table("contacts", sa.column("id"), sa.column("state"))


def upgrade() -> None:
    """Write every contact anew."""
    connection, ident = op.get_bind(), _CONTACTS.c.id
    change = sa.update(_CONTACTS).where(ident == sa.bindparam("key"))
    after: list[Any] = []
    while True:
        # From the first one on: an id may be empty.
        asked = sa.select(_CONTACTS).where(*after).order_by(ident).limit(_MANY)
        rows = connection.execute(asked).all()
        if not rows:
            return
        given = [{"key": row.id, "state": _anew(row.state)} for row in rows]
        connection.execute(change.values(state=sa.bindparam("state")), given)
        after = [ident > rows[-1].id]


def _anew(text: str) -> str:
    data = json.loads(text)
    for holder, key in _places(data):
        marked = holder[key]
        if isinstance(marked, dict):
            holder[key] = marked["v"].replace("+00:00", "Z")
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _places(data: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where moments stand, each as what holds it and its key there."""
    yield from ((data, key) for key in ("clock",) if key in data)
    tags = data.get("tags", {})
    yield from ((tags, name) for name in tags)
    for name in ("codes", "elsewhere"):
        yield from ((pair, 1) for pair in data.get(name, {}).values())
    for happened in data.get("events", {}).values():
        yield from ((one, 0) for one in happened)
    for sent in data.get("messages", ()):
        yield sent, "at"
        for name in ("opened", "clicked"):
            yield from ((pair, 0) for pair in sent.get(name, ()))
    yield from ((measure, "until") for measure in data.get("measures", ()))
    for run in data.get("runs", ()):
        names = ("since", "due", "started", "last_run")
        yield from ((run, name) for name in names if name in run)
