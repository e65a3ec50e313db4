"""Why, asked from outside a session: of a contact of a store."""

from __future__ import annotations

from typing import NamedTuple

from flowlang.engine.tracing import Decision
from flowlang.repl.asking import Asking
from flowlang.repl.beginning import FromStore, taken
from flowlang.repl.script import Wrong
from flowlang.repl.stage import Loaded, Stage
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row
from flowlang.stores.store import Store


class Nobody(Exception):
    """There is no such contact; the message says so, for a person."""


class Reason(NamedTuple):
    """Why something was decided, or why not."""

    told: Told
    waiting: bool
    """More has arrived for the contact, which the engine has yet to apply."""


def why(store: Store, loaded: Loaded, contact: str, name: str = "") -> Reason:
    """Why a message or a campaign came to a contact (its id or e-mail address), or why not; without
    a name, why the last decision was made.

    Raises Nobody, Wrong where there is no answer, and StoreError.
    """
    found = taken(store, loaded, contact)
    if isinstance(found, str):
        raise Nobody(found)
    stage = Stage(loaded, found)
    asking = Asking(loaded.program, stage.scene(()), found.contact)
    answer = asking.named(name) if name else asking.last()
    return Reason([*answer, *_parting(loaded, found)], found.pending)


def in_words(wrong: Wrong) -> str:
    """Why there is no answer, in one line."""
    return f"{wrong.message}; {wrong.hint}" if wrong.hint else wrong.message


def _parting(loaded: Loaded, found: FromStore) -> Told:
    """Where the history and the program of today part, if they do."""
    if found.parted is None:
        return []
    return [
        row(),
        row("From here on the program of today goes another way than the history, and conditions"
            " are told as they are today:"),
        Teller(loaded.program).head(Decision(found.parted)),
    ]  # fmt: skip
