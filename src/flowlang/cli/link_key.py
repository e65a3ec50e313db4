"""The key that signs the links in letters."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from flowlang.delivery.settings import SHORTEST_SECRET
from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.stores.store import Store

_KEY = "link key"
"""Under this name the store keeps the key that it made."""


def given() -> bytes:
    """The key that FLOW_SECRET is; empty where it is not given.

    Raises UsageError where it could be guessed.
    """
    secret = os.environ.get("FLOW_SECRET", "")
    if secret and len(secret) < SHORTEST_SECRET:
        raise click.UsageError(
            tr(
                "FLOW_SECRET is too short: {least} characters at least, by chance, "
                "such as `openssl rand -hex 32` prints",
                least=SHORTEST_SECRET,
            )
        )
    return secret.encode("utf-8", "surrogateescape")


def of_store(store: Store) -> bytes:
    """The key that signs the links in letters: FLOW_SECRET, else one that the store keeps, so that
    all who open it have the same.  Whoever lets letters go out, or reads their links, takes it.

    Raises UsageError and StoreError.
    """
    if secret := given():
        return secret
    kept = store.value(_KEY)
    if kept is None:
        kept = _made_key(store)
    return bytes.fromhex(json.loads(kept))


def _made_key(store: Store) -> str:
    """The key that another has made meanwhile, else a new one."""
    import secrets

    from flowlang.stores.rows import Changes

    with store.transaction():
        kept = store.value(_KEY)
        if kept is None:
            kept = json.dumps(secrets.token_hex(32))
            store.save(Changes(values={_KEY: kept}))
    return kept
