"""The tables of a database: whether they are ours, making them, and bringing older ones up to date.

Alembic does the last, with the steps in `migrations`; it is only imported for that.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flowlang.speech import tr
from flowlang.stores import schema
from flowlang.stores.store import StoreError, StoreNewer

_FIRST = 3
"""The version that the first step of the migrations makes."""


def version(connection: Connection) -> str | None:
    """Of the tables that are there; None where none are ours."""
    if not sa.inspect(connection).has_table(schema.version_of.name):
        return None
    return str(connection.scalar(sa.select(schema.version_of.c.version_num)))


def is_current(version: str, shown: str) -> bool:
    """Whether tables of this version can be used as they are.

    Raises StoreNewer where a newer program has made them, StoreError where one that is too old.
    """
    number = int(version) if version.isdecimal() else schema.VERSION + 1
    if _FIRST <= number <= schema.VERSION:
        return number == schema.VERSION
    said = {"place": shown, "version": version, "first": _FIRST, "last": schema.VERSION}
    if number > _FIRST:
        raise StoreNewer(
            tr(
                "{place}: made by a newer version of flow: its tables have version {version},"
                " and this program knows {first} to {last}",
                **said,
            )
        )
    raise StoreError(
        tr(
            "{place}: made by an older version of flow: its tables have version {version},"
            " and this program knows {first} to {last}",
            **said,
        )
    )


def refuse_other(connection: Connection, shown: str, *, marked: bool = False) -> None:
    """Raises StoreError where a database without tables of ours is not empty, or is `marked` as
    that of another program.
    """
    if marked or sa.inspect(connection).get_table_names():
        raise StoreError(tr("{place}: this database belongs to another program", place=shown))


def make(connection: Connection) -> None:
    """The tables, in an empty database."""
    schema.metadata.create_all(connection)
    mark(connection, schema.VERSION)


def mark(connection: Connection, version: int) -> None:
    """Note which version the tables have."""
    schema.version_of.create(connection)
    connection.execute(sa.insert(schema.version_of), [{"version_num": str(version)}])


def bring_up_to_date(connection: Connection) -> None:
    """Do to older tables what has been done to the schema since, in the transaction under way."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "flowlang.stores:migrations")
    command.upgrade(config, "head")
