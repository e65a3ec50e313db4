"""The tokens that programs show to the HTTP API: made once, kept as hashes, each with its scopes.

This module imports nothing of the server, for `flow token` needs none of it.
"""

from __future__ import annotations

import hmac
import json
import math
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock

from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.stores.rows import Changes
from flowlang.stores.store import Store

SCOPES = {
    "events:write": tr("send events"),
    "contacts:read": tr("look at contacts, their histories and reasons"),
    "contacts:write": tr("import contacts and delete them"),
    "coupons:read": tr("see how many codes are left"),
    "coupons:write": tr("add codes"),
    "processes:read": tr("look at processes"),
    "processes:write": tr("pause, resume and cancel them"),
    "notices:read": tr("read the inbox"),
    "metrics": tr("read the metrics"),
}
"""What a token may be for, and what that is."""
PREFIX = "flow_"
"""By which people, and programs that look for secrets in texts, know a token for one."""
MAX_TOKENS = 1_000
KEPT = 1.0
"""Seconds after which the tokens are read again: for so long one that was revoked still serves."""
KEPT_FROM_STRANGERS = 0.05
"""Seconds after which they are read again for a token that is not among them: it may be new."""

_STORED = "api tokens"
"""Under this name the store keeps them."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")


class BadToken(ValueError):
    """It cannot be made or taken away; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token."""

    name: str
    """Who it was given to: a program, a person."""
    hash: str
    """SHA-256, in hex.  A slow hash such as Argon2 is for what people think up: nobody can try all
    the 256 bits of chance that a token has, and each request would pay for it.
    """
    scopes: tuple[str, ...]
    made: str
    """The moment, in ISO 8601."""


def make(store: Store, name: str, scopes: Collection[str], now: datetime) -> str:
    """A new token, which is kept nowhere but by who gets it.  Raises BadToken and StoreError."""
    if not _NAME.fullmatch(name):
        raise BadToken(tr("a name has letters, digits, `.`, `_` and `-`, 64 of them at most"))
    if not scopes:
        raise BadToken(tr("a token needs a scope: {scopes}", scopes=", ".join(SCOPES)))
    for scope in scopes:
        if scope not in SCOPES:
            hint = did_you_mean(scope, list(SCOPES), tr("scope"))
            raise BadToken(tr("there is no scope `{scope}`; {hint}", scope=scope, hint=hint))
    secret = PREFIX + secrets.token_urlsafe(32)
    kept = tuple(one for one in SCOPES if one in scopes)
    with store.transaction():
        known = tokens(store)
        if any(one.name == name for one in known):
            raise BadToken(tr('there is a token "{name}" already; revoke it first', name=name))
        if len(known) >= MAX_TOKENS:
            raise BadToken(
                tr("there are {count:,} tokens already; revoke some first", count=MAX_TOKENS)
            )
        _keep(store, [*known, Token(name, _hash(secret), kept, now.isoformat())])
    return secret


def tokens(store: Store) -> list[Token]:
    """Those that are valid, in the order in which they were made.  Raises StoreError."""
    text = store.value(_STORED)
    rows = json.loads(text) if text else []
    return [
        Token(row["name"], row["hash"], tuple(row["scopes"]), row["made"]) for row in rows
    ]  # fmt: skip


def revoke(store: Store, name: str) -> None:
    """Take a token away.

    Raises BadToken where there is none of that name, and StoreError.
    """
    with store.transaction():
        known = tokens(store)
        left = [one for one in known if one.name != name]
        if len(left) == len(known):
            hint = did_you_mean(
                name, [one.name for one in known], tr("token"), all_at="flow token list"
            )
            raise BadToken(tr('there is no token "{name}"; {hint}', name=name, hint=hint))
        _keep(store, left)


class Doorkeeper:
    """Knows the tokens of a store; `clock` gives seconds that never go back.

    The store is asked seldom: not for each request, and not for each of those who guess.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._known: list[Token] = []
        self._read = -math.inf
        self._lock = Lock()

    def find(self, secret: str) -> Token | None:
        """The token that someone shows, None where it is none of ours.  Raises StoreError."""
        if not _TOKEN.fullmatch(secret):
            return None
        shown = _hash(secret)
        with self._lock:
            for age in (KEPT, KEPT_FROM_STRANGERS):
                if self._clock() - self._read >= age:
                    self._known, self._read = tokens(self._store), self._clock()
                if found := _matching(self._known, shown):
                    return found
        return None


def _matching(known: list[Token], shown: str) -> Token | None:
    found = None
    for one in known:  # all of them, so that the time taken tells nothing
        if hmac.compare_digest(one.hash, shown):
            found = one
    return found


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _keep(store: Store, known: list[Token]) -> None:
    rows = [
        {"name": one.name, "hash": one.hash, "scopes": list(one.scopes), "made": one.made}
        for one in known
    ]
    store.save(Changes(values={_STORED: json.dumps(rows) if rows else ""}))
