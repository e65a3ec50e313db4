"""The tables as they were when stores began to be kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    _contacts()
    _what_comes_and_goes()
    _what_is_shared()


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", _TEXT, primary_key=True),
        _number("number"),
        sa.Column("email", _TEXT),
        _text("zone"),
        sa.Column("due", sa.BigInteger),
        _number("began"),
        _number("entries"),
        _number("version"),
        sa.Column("deleted", sa.Boolean, nullable=False),
        _text("state"),
    )
    op.create_index("contacts_number", "contacts", ["number"])
    op.create_index("contacts_email", "contacts", ["email"], postgresql_using="hash")
    op.create_index("contacts_due", "contacts", ["due", "began"])
    op.create_table(
        "runs",
        *map(_text, ("contact", "campaign", "key", "status", "step", "version", "message")),
        _number("began"),
        sa.PrimaryKeyConstraint("contact", "campaign", "key"),
    )
    op.create_index("runs_standing", "runs", ["campaign", "status", "step"])
    op.create_index("runs_at_sends", "runs", ["status", "message", "began"])
    op.create_table(
        "history",
        _text("contact"),
        _number("seq"),
        _number("at"),
        _text("campaign"),
        sa.Column("round", sa.Integer, nullable=False),
        _text("step"),
        sa.Column("line", sa.Integer, nullable=False),
        _text("what"),
        _text("because"),
        sa.PrimaryKeyConstraint("contact", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trials",
        *map(_text, ("contact", "campaign", "step", "member")),
        sa.Column("branch", sa.Integer, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("contact", "campaign", "step", "member"),
    )


def _what_comes_and_goes() -> None:
    op.create_table(
        "arrivals",
        sa.Column("seq", _COUNTED, primary_key=True, autoincrement=True),
        sa.Column("id", _TEXT),
        sa.Column("contact", _TEXT),
        _number("at"),
        *map(_text, ("type", "data", "status", "reason")),
        sa.UniqueConstraint("id"),
    )
    op.create_index("arrivals_status", "arrivals", ["status", "at", "seq"])
    op.create_index("arrivals_contact", "arrivals", ["contact", "status"])
    op.create_table(
        "letters",
        sa.Column("id", _TEXT, primary_key=True),
        *map(_text, ("contact", "message", "campaign")),
        _number("at"),
        _text("status"),
        _number("since"),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("reason"),
        _text("data"),
    )
    op.create_index("letters_status", "letters", ["status", "since"])
    op.create_index("letters_contact", "letters", ["contact"])


def _what_is_shared() -> None:
    op.create_table(
        "codes",
        _text("list"),
        _text("code"),
        _number("position"),
        _number("imported"),
        sa.Column("contact", _TEXT),
        sa.Column("message", _TEXT),
        sa.Column("at", sa.BigInteger),
        sa.PrimaryKeyConstraint("list", "code"),
    )
    op.create_index("codes_free", "codes", ["list", "contact", "position"])
    op.create_table(
        "processes",
        sa.Column("number", _COUNTED, primary_key=True, autoincrement=True),
        *map(_text, ("type", "name", "by", "key", "status")),
        sa.Column("audience", sa.BigInteger),
        _number("done"),
        _number("failed"),
        *map(_text, ("skipped", "because", "who")),
        sa.Column("since", sa.BigInteger),
        sa.Column("started", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.UniqueConstraint("type", "name", "by", "key"),
    )
    op.create_index("processes_status", "processes", ["status"])
    op.create_table(
        "notices",
        sa.Column("number", _COUNTED, primary_key=True, autoincrement=True),
        _number("at"),
        _text("who"),
        _text("text"),
    )
    op.create_table("robinson", sa.Column("address", _TEXT, primary_key=True))
    op.create_table("counters", sa.Column("name", _TEXT, primary_key=True), _number("amount"))
    op.create_table("shared", sa.Column("name", _TEXT, primary_key=True), _text("value"))
    op.create_table(
        "programs",
        sa.Column("number", _COUNTED, primary_key=True, autoincrement=True),
        _text("text"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)
