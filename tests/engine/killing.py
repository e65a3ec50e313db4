"""A store at whose writes the process ends."""

from __future__ import annotations

import pytest

from flowlang.stores import Store
from flowlang.stores.rows import Changes


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
