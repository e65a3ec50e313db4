"""Every message that was sent or skipped, contact by contact: when, where to, what came of it.

Who was merged into another is part of that one, with all that was sent and skipped before.
What was sent is read from the letters, what was skipped from the histories.  `outcome` is `sent`
(handed over), `queued`, `failed` (refused), `unknown` (nobody can tell), `taken back` or `skipped`.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flowlang.check.names import Message
from flowlang.contact import Contact, Entry, Sent
from flowlang.engine.outages import behind
from flowlang.engine.showing import merged
from flowlang.figures.source import Source
from flowlang.stores.rows import SendingRow
from flowlang.syntax import values
from flowlang.tables.table import Batches, Column, listed

NAME = "sends"
TIMED = True

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_OUTCOMES = {"handed over": "sent", "handing over": "queued"}


class Send(NamedTuple):
    """One row."""

    at: datetime
    contact: str
    message: str
    campaign: str
    channel: str
    address: str
    outcome: str
    reason: str
    codes: tuple[str, ...] = ()
    opened: datetime | None = None
    clicked: datetime | None = None
    returned: tuple[str, ...] = ()

    @property
    def row(self) -> tuple[Any, ...]:
        cells = {"codes": listed(self.codes), "returned": listed(self.returned)}
        return tuple((self._asdict() | cells).values())


def columns(source: Source) -> tuple[Column, ...]:
    """`opened` and `clicked` are the first time; `returned` is what came back (`bounced`)."""
    return tuple(map(Column, Send._fields))


def rows(source: Source) -> Batches:
    """One row a send."""
    for batch in sends(source):
        yield [one.row for one in batch]


def sends(source: Source) -> Iterator[list[Send]]:
    """All sends, contact by contact, in the order in which they happened."""
    held = behind(source.store)
    for contacts in source.contacts():
        matching = {one.id: _Matching(one) for one in contacts}
        order = {one: place for place, one in enumerate(matching)}
        kept = merged(source.store, order) | {one: one for one in order}
        found = []
        for row in source.store.sendings(kept):
            mine = row._replace(contact=kept[row.contact])
            if mine.status == "queued" and not mine.reason:
                mine = mine._replace(reason=held.get(mine.channel, ""))
            found.append(_sent(mine, matching[mine.contact].take(mine)))
        places: dict[tuple[object, ...], int] = {}
        for place, one in enumerate(source.store.entries(kept, ("sent", "skipped"))):
            entry, name = one._replace(contact=kept[one.contact]), _message(one)
            places.setdefault((entry.contact, entry.at, name), place)
            if entry.what == "skipped":
                found.append(_skipped(entry, name, source.program.messages))
        found.sort(
            key=lambda one: (
                order[one.contact], one.at, places.get((one.contact, one.at, one.message), 0)
            )
        )  # fmt: skip
        yield [one for one in found if source.within(one.at)]


class _Matching:
    """Finds what a contact did with a letter: its copies of a message, those sent first in front.

    A letter to another address than the contact's own has none.
    """

    def __init__(self, contact: Contact) -> None:
        self._copies: dict[tuple[object, ...], deque[Sent]] = defaultdict(deque)
        for sent in contact.messages:
            self._copies[sent.message, sent.campaign, sent.at, sent.address].append(sent)

    def take(self, row: SendingRow) -> Sent | None:
        copies = self._copies[row.message, row.campaign, row.at, row.address]
        return copies.popleft() if copies else None


def _sent(row: SendingRow, copy: Sent | None) -> Send:
    send = Send(
        row.at, row.contact, row.message, row.campaign, row.channel, row.address,
        _OUTCOMES.get(row.status, row.status), row.reason, tuple(code for _, code in row.codes),
    )  # fmt: skip
    return send if copy is None else _with_reactions(send, copy)


def _with_reactions(send: Send, copy: Sent) -> Send:
    opened, clicked = ([at for at, _ in found] for found in (copy.opened, copy.clicked))
    return send._replace(
        opened=min(opened, default=None),
        clicked=min(clicked, default=None),
        returned=copy.returned,
    )


def _skipped(entry: Entry, name: str, messages: dict[str, Message]) -> Send:
    message = messages.get(name)
    channel = message.channel if message else ""
    return Send(
        entry.at, entry.contact, name, entry.campaign, channel, "", "skipped", entry.because
    )


def _message(entry: Entry) -> str:
    """The message that a step sends: the first text in it, whatever the language."""
    text = _TEXT.search(entry.step)
    return values.string(text[0]) if text else ""
