from __future__ import annotations

from pathlib import Path

from flowlang.stores import Store, open_store
from tests.stores.contract import StoreContract


class TestSqliteInMemory(StoreContract):
    """There is one connection to it, and so one store."""

    def connect(self, folder: Path) -> Store:
        return self.opened[0] if self.opened else open_store("sqlite:///:memory:", folder)
