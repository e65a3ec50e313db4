"""The tables: one schema for every database.

Every table that grows with the contacts has the contact in its key, so that it can be spread over
many machines by it.  What contacts share is small: lists of codes, processes, counters, values.

Moments are whole microseconds since 1970-01-01 UTC, which every database compares alike.  So are
texts: byte by byte, whatever language the database was made for.

Who changes this file raises VERSION and writes the way there (`migrations`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy import Text as AnyText

VERSION = 11
"""Of the tables: an older store is brought to it, one of a newer program is refused."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_COUNTED = BigInteger().with_variant(Integer, "sqlite")
"""Numbers that the database gives; SQLite does so for this type alone."""

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Compared and sorted byte by byte, as SQLite does by itself."""

metadata = MetaData()

version_of = Table(
    "flow_version", MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="flow_version_pkc"),
)  # fmt: skip
"""Says which version the tables have, and that they are ours.  It is Alembic's, under our name."""

contacts = Table(
    "contacts", metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("email", Text),
    Column("zone", Text, nullable=False),
    Column("due", BigInteger),
    Column("began", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Index("contacts_number", "number"),
    Index("contacts_email", "email", postgresql_using="hash"),  # of any length
    Index("contacts_due", "due", "began"),
)  # fmt: skip

runs = Table(
    "runs", metadata,
    Column("contact", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    PrimaryKeyConstraint("contact", "campaign", "key"),
    Index("runs_standing", "campaign", "status", "step"),
    Index("runs_at_sends", "status", "message", "began"),
)  # fmt: skip

_GIVES = "status = 'pending' and email is not null"
arrivals = Table(
    "arrivals", metadata,
    Column("seq", _COUNTED, primary_key=True, autoincrement=True),
    Column("id", Text),
    Column("contact", Text),
    Column("at", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("email", Text),
    UniqueConstraint("id"),
    Index("arrivals_status", "status", "at", "seq"),
    Index("arrivals_contact", "contact", "status"),
    Index(
        "arrivals_email", "email", sqlite_where=text(_GIVES), postgresql_where=text(_GIVES),
        postgresql_using="hash",  # of any length
    ),
)  # fmt: skip

history = Table(
    "history", metadata,
    Column("contact", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("because", Text, nullable=False),
    PrimaryKeyConstraint("contact", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip

letters = Table(
    "letters", metadata,
    Column("id", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("channel", Text, nullable=False, server_default=""),
    Column("rated", Boolean, nullable=False, server_default=false()),
    Column("recalled", Text, nullable=False, server_default=""),
    Index("letters_queue", "status", "channel", "since", "at", "place"),
    Index("letters_contact", "contact"),
    Index("letters_place", "place"),
)  # fmt: skip

codes = Table(
    "codes", metadata,
    Column("list", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("imported", BigInteger, nullable=False),
    Column("contact", Text),
    Column("message", Text),
    Column("at", BigInteger),
    PrimaryKeyConstraint("list", "code"),
    Index(
        "codes_free", "list", "position",
        sqlite_where=text("contact is null"), postgresql_where=text("contact is null"),
    ),
)  # fmt: skip

processes = Table(
    "processes", metadata,
    Column("number", _COUNTED, primary_key=True, autoincrement=True),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("audience", BigInteger),
    Column("because", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("since", BigInteger),
    Column("started", BigInteger),
    Column("ended", BigInteger),
    UniqueConstraint("type", "name", "by", "key"),
    Index("processes_status", "status"),
)  # fmt: skip

progress = Table(
    "progress", metadata,
    Column("process", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("process", "slot", "what"),
)  # fmt: skip
"""How far processes have got on: each worker counts in a slot of its own, so
that none waits for another, and all slots add up.
"""

notices = Table(
    "notices", metadata,
    Column("number", _COUNTED, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("text", Text, nullable=False),
)  # fmt: skip

trials = Table(
    "trials", metadata,
    Column("contact", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("branch", Integer, nullable=False),
    Column("counted", Boolean, nullable=False),
    PrimaryKeyConstraint("contact", "campaign", "step", "member"),
)  # fmt: skip

robinson = Table("robinson", metadata, Column("address", Text, primary_key=True))

counters = Table(
    "counters", metadata,
    Column("name", Text, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", "slot"),
)  # fmt: skip
"""In slots, as the progress of processes is."""

shared = Table(
    "shared", metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)  # fmt: skip

programs = Table(
    "programs", metadata,
    Column("number", _COUNTED, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
)  # fmt: skip

BLOCK = 1_000_000
"""How many numbers are given at once."""
blocks = {
    name: Sequence(f"{name}_block", increment=BLOCK, data_type=BigInteger, metadata=metadata)
    for name in ("ticks", "contacts")
}
"""What gives numbers to workers who do not wait for each other, in databases that have it."""


IMPORTED, USED = "codes imported\x1f", "codes used\x1f"
"""Before the name of a coupon list: how the counters of its codes are called.  They are kept by
the writes, for a list may have millions of codes, and how it stands is asked all the time.
"""


def stamp(moment: datetime) -> int:
    """A moment as it is stored."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stamp: int) -> datetime:
    """A stored moment."""
    return _EPOCH + timedelta(microseconds=stamp)
