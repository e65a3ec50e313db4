from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.stores import Store, open_store
from tests.stores.contract import StoreContract


class TestPostgresql(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, postgresql_url: str) -> None:
        self.url = postgresql_url

    def connect(self, folder: Path) -> Store:
        return open_store(self.url, folder)
