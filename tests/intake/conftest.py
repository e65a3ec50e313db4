"""What is handed in is tried on every database."""

from __future__ import annotations

from tests.stores.both import database, store

__all__ = ["database", "store"]
