"""A database for one test, in which a store is opened again and again, as after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flowlang.stores import Store, open_store


class Database:
    """By its address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: list[Store] = []

    def open(self) -> Store:
        """Its store, over a connection of its own; closed at the end of the test at the latest."""
        store = open_store(self.url, Path())
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()


@contextmanager
def database(request: pytest.FixtureRequest, scheme: str) -> Iterator[Database]:
    """What a fixture `database` gives for a scheme."""
    if scheme == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('tmp_path')}/state.db"
    else:
        url = request.getfixturevalue("postgresql_url")
    found = Database(url)
    try:
        yield found
    finally:
        found.close()
