"""A store at whose writes the process ends, or the connection to the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flowlang.stores import Store
from flowlang.stores.rows import Changes
from flowlang.stores.store import StoreUnsure


class Killed(Exception):
    """Stands for the end of the process."""


def kill_at_save(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool
) -> None:
    """Let the process end at the save with this number, from 1: before it, or `after` it."""
    save, left = store.save, number

    def dying(changes: Changes) -> None:
        nonlocal left
        left -= 1
        if left or after:
            save(changes)
        if not left:
            raise Killed

    monkeypatch.setattr(store, "save", dying)


def lose_commit(store: Store, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the connection be lost within a commit, that of the transaction with this number, from
    1, which is done nevertheless.
    """
    transaction, left = store.transaction, number

    @contextmanager
    def losing(*, beside: bool = False, apart: bool = False) -> Iterator[None]:
        nonlocal left
        left -= 1
        with transaction(beside=beside, apart=apart):
            yield
        if not left:
            raise StoreUnsure("the connection was lost while it saved")

    monkeypatch.setattr(store, "transaction", losing)
