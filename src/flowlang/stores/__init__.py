"""WHAT LASTS: contacts, arrivals, history, codes and letters, in a database.

`store` says what every store does and `schema` in which tables; each store is a module named as the
scheme of its URL (`sqlite:///state.db` is `sqlite`).  A store knows rows and text: what they mean
is the engine's to say.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.stores.store import Store, StoreAway, StoreError

_SHARED = frozenset((
    "arrivals", "bell", "bulk", "failures", "json_rows", "letters", "migrations", "reading", "rows",
    "schema", "sql", "store", "tables", "writing",
))  # fmt: skip
"""Modules of this folder that are no store."""


def schemes() -> list[str]:
    """The URL schemes that there is a store for."""
    return sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name not in _SHARED)


def open_store(url: str, base: Path, *, make: bool = True) -> Store:
    """The store at a URL; relative paths begin at `base`.  Where there is none, `make` one.

    Raises StoreError, in words for a person, for an unknown scheme and where it cannot be opened;
    StoreAway where its server is not there.
    """
    scheme = check_scheme(url)
    store: Store = import_module(f"{__name__}.{scheme}").connect(url, base, make=make)
    return store


def check_scheme(url: str) -> str:
    """The scheme of a URL.  Raises StoreError where there is no store for it."""
    scheme, separator, _ = url.partition(":")
    if not separator:
        raise StoreError(tr('"{url}" is no address of a store; sqlite:///state.db is one', url=url))
    known = schemes()
    if scheme not in known:
        raise StoreError(
            tr(
                '"{url}": there is no store `{scheme}`; {hint}',
                url=url, scheme=scheme, hint=did_you_mean(scheme, known),
            )
        )  # fmt: skip
    return scheme


__all__ = ["Store", "StoreAway", "StoreError", "check_scheme", "open_store", "schemes"]
