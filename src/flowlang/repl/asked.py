"""Why, asked from outside a session: of a contact of a store."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from flowlang.engine import retelling
from flowlang.engine.outages import behind
from flowlang.engine.tracing import Decision
from flowlang.repl.asking import Asking
from flowlang.repl.beginning import FromStore, taken
from flowlang.repl.script import Wrong
from flowlang.repl.stage import Loaded, Stage
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row
from flowlang.speech import ENGLISH, Text, joined, tr
from flowlang.stores.rows import SendingRow
from flowlang.stores.store import Store

_LETTERS = 5
"""So many letters that have not arrived are told of."""


class Nobody(Exception):
    """There is no such contact; the message says so, for a person."""


class Reason(NamedTuple):
    """Why something was decided, or why not."""

    told: Told
    waiting: bool
    """More has arrived for the contact, which the engine has yet to apply."""


def why(
    store: Store, loaded: Loaded, contact: str, name: str = "", language: str = ENGLISH
) -> Reason:
    """Why a message or a campaign came to a contact (its id or e-mail address), or why not; without
    a name, why the last decision was made.

    The words of the history are said in a language.  Raises Nobody, Wrong where there is no
    answer, and StoreError.
    """
    found = taken(store, loaded, contact)
    if isinstance(found, str):
        raise Nobody(found)
    stage = Stage(loaded, found)
    asking = Asking(loaded.program, stage.scene(()), found.contact, found.sendings, language)
    answer = asking.named(name) if name else asking.last()
    letters = _undelivered(store, found.contact, name, language)
    into = tr('"{asked}" was merged into "{contact}"', asked=found.asked, contact=found.contact)
    merged = [row(into), row()] if found.asked else []
    parting = _parting(loaded, found, asking.campaigns(name), language)
    return Reason([*merged, *answer, *letters, *parting], found.pending)


def in_words(wrong: Wrong) -> str:
    """Why there is no answer, in one line."""
    return joined((wrong.message, wrong.hint), "; ") if wrong.hint else wrong.message


def _undelivered(store: Store, contact: str, name: str, language: str) -> Told:
    """What was sent and has not arrived, as far as one knows; of a message, or of all."""
    rows = [
        one
        for one in store.sendings([contact])
        if one.status not in ("handed over", "taken back") and name in ("", one.message)
    ]
    found: Told = []
    held = behind(store) if rows else {}
    for one in rows[-_LETTERS:]:
        reason = one.reason or (held.get(one.channel, "") if one.status == "queued" else "")
        because = f": {retelling.letter(reason, language)}" if reason else ""
        found.append(row(_stands(one), because))
    return [row(), *found] if found else []


def _stands(one: SendingRow) -> Text:
    """How far a letter is."""
    parts = {"message": one.message, "address": one.address}
    match one.status:
        case "queued":
            return tr('waits to go out: "{message}" to {address}', **parts)
        case "handing over":
            return tr('is being handed over: "{message}" to {address}', **parts)
        case "failed":
            return tr('was not delivered: "{message}" to {address}', **parts)
    return tr('may have arrived or not: "{message}" to {address}', **parts)


def _parting(loaded: Loaded, found: FromStore, campaigns: Container[str], language: str) -> Told:
    """Where the history of some campaigns and the program of today part, if they do."""
    parted = [entry for name, entry in found.parted.items() if name in campaigns]
    if not parted:
        return []
    teller = Teller(loaded.program, language=language)
    return [
        row(),
        row(tr(
            "From here on the program of today goes another way than the history, and conditions"
            " are told as they are today:"
        )),
        *(teller.head(Decision(entry)) for entry in parted),
    ]  # fmt: skip
