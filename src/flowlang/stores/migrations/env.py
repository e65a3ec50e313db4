"""Run by Alembic: the steps, on the connection and in the transaction that are handed over."""

from __future__ import annotations

from alembic import context

from flowlang.stores import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    version_table=schema.version_of.name,
)
context.run_migrations()
