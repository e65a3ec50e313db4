"""What contacts share, out of a store: looked up as it is needed where it may be large.

Free codes are fetched as they are used; the Robinson list is asked for the addresses at hand.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import SupportsIndex

from flowlang.check.names import Config
from flowlang.contact import Contact, Letter, Run, usable_address
from flowlang.effects import CallReply
from flowlang.engine.beside import SHARE, Alone, Peers
from flowlang.engine.calling import Call
from flowlang.engine.commons import as_process
from flowlang.engine.processes import Identity, Process
from flowlang.engine.state import States
from flowlang.engine.world import Pool, World
from flowlang.program.program import Program
from flowlang.speech import tr
from flowlang.stores.rows import RunRow, Shared, Stock
from flowlang.stores.store import Store, StoreError


class FreeCodes(deque[str]):
    """The free codes of a list, in the order of import, fetched as they are used.

    `peers` take codes of the list, too; those that are fetched are kept from them.
    """

    def __init__(self, store: Store, name: str, left: int, peers: Peers | None) -> None:
        super().__init__()
        self._store = store
        self._name = name
        self._after = 0
        self._peers = peers
        self.left = left

    def __len__(self) -> int:
        return self.left

    def __bool__(self) -> bool:
        return self.left > 0

    def __getitem__(self, place: SupportsIndex) -> str:  # type: ignore[override] # the first one is all that is asked
        self._fetch()
        return super().__getitem__(place)

    def popleft(self) -> str:
        self._fetch()
        self.left -= 1
        return super().popleft()

    def _fetch(self) -> None:
        if not super().__len__() and self.left:
            beside = self._peers is not None
            if self._peers is not None:
                self._peers.lower(("codes", self._name), self.left)
            found = self._store.free_codes(self._name, self._after, SHARE, claim=beside)
            if not found and beside:
                raise Alone
            if not found:
                raise StoreError(
                    tr('codes of the list "{name}" are counted, but not there', name=self._name)
                )
            self._after = found[-1][0]
            self.extend(code for _, code in found)


class StoredPool(Pool):
    """A coupon list in the store."""

    def __init__(
        self, store: Store, name: str, stock: Stock, now: datetime, peers: Peers | None
    ) -> None:
        self.codes = FreeCodes(store, name, stock.free, peers)
        super().__init__(free=self.codes, used=stock.used)
        self._store = store
        self._name = name
        self._now = now

    def add(self, codes: tuple[str, ...]) -> int:
        new = self._store.import_codes(self._name, codes, self._now)
        self.codes.left += new
        return new


class Robinson(set[str]):
    """The Robinson list: known for the addresses that were asked for beforehand, else looked up."""

    def __init__(self, store: Store, expected: Iterable[str]) -> None:
        self._store = store
        self._asked = {one.casefold() for one in expected}
        super().__init__(store.barred(self._asked))

    def __bool__(self) -> bool:
        return True

    def __contains__(self, address: object) -> bool:
        if address not in self._asked and isinstance(address, str):
            self._asked.add(address)
            self.update(self._store.barred([address]))
        return super().__contains__(address)


def addresses_of(contacts: Iterable[Contact], config: Config) -> Iterator[str]:
    """Every address that something may go to."""
    names = ("email", "mobile", *config.channels.values())
    for contact in contacts:
        for name in names:
            value = contact.fields.get(name)
            if isinstance(value, str):
                yield usable_address(value)[0]


class BatchWorld(World):
    """A world whose coupon lists are in a store; `peers` change it meanwhile, if any are beside.

    Those who are not at hand are read by `states`, as many at a time as `size` says.
    """

    def __init__(
        self,
        program: Program,
        store: Store,
        shared: Shared,
        now: datetime,
        peers: Peers | None = None,
        states: States | None = None,
        size: int = SHARE,
    ) -> None:
        super().__init__(program, writes_letters=True, letters_wait=True)
        self.store = store
        self.peers = peers
        self._states = states
        self._size = size
        self._known = shared.processes
        self.stock = shared.stock
        self.moment = now
        self.entries: dict[str, int] = {}
        """How many entries the histories of the contacts at hand have."""
        self._queued: dict[str, list[Letter]] | None = None
        """Letters of earlier stretches that are not out; not asked for as long as none is taken
        back.
        """

    def entries_of(self, contact: str) -> int:
        return self.entries.get(contact, 0)

    def answer(self, call: Call) -> CallReply:
        self.pause = True  # what took long is saved by itself
        return super().answer(call)

    def queue(self, contact: str) -> list[Letter]:
        if self._queued is None:
            self._queued = defaultdict(list)
            parts = {part for one in self.contacts.values() for part in one.merged_from}
            for row in self.store.outgoing(self.contacts.keys() | parts):
                self._queued[row.letter.contact].append(row.letter)
                if row.status == "handing over":
                    self.handed_over.add(row.letter.id)
        back = {one.id for one, _ in self.taken_back}
        earlier = [one for one in self._queued.get(contact, ()) if one.id not in back]
        return earlier + super().queue(contact)

    def process(self, identity: Identity, now: datetime) -> Process:
        if self.processes.find(identity) is None:
            for row in self.store.processes(among=[identity]):
                self._known.append(row)
                return self.processes.add(as_process(row))
        return super().process(identity, now)

    def pool(self, name: str) -> Pool:
        found = self.pools.get(name)
        if found is None:
            stock = self.stock.get(name, Stock(0, 0))
            found = self.pools[name] = StoredPool(self.store, name, stock, self.moment, self.peers)
        return found

    def nears(self, what: Hashable, left: int) -> None:
        if self.peers is not None:
            self.peers.lower(what, left)

    def waiting(self, message: str) -> list[tuple[Contact, Run]]:
        if self.peers is not None:
            raise Alone  # who waits for a halted message stands in one queue
        return super().waiting(message)

    def each_waiting(self, message: str) -> Iterator[tuple[Contact, Run]]:
        """So many at a time: they may be more than memory holds."""
        if self._states is None or self.peers is not None:
            yield from super().each_waiting(message)
            return
        found, after = False, 0
        while rows := self.store.halted(message, self._size, after):
            after = rows[-1].began
            some = list(self._standing(self._states, rows))
            if self.robinson:
                these = (contact for contact, _ in some)
                self.robinson = Robinson(self.store, addresses_of(these, self.program.config))
            yield from some
            found = found or bool(some)
        if not found:
            self.halted.pop(message, None)
            self.go_on(message)

    def _standing(self, states: States, rows: list[RunRow]) -> Iterator[tuple[Contact, Run]]:
        """Contacts and runs that are halted, as they are at hand, else as they are stored."""
        away = {row.contact for row in rows} - self.contacts.keys()
        there = {row.id: states.read(row.state)[0] for row in self.store.contacts(away)}
        for row in rows:
            contact = self.contacts.get(row.contact) or there.get(row.contact)
            run = contact.runs.get((row.campaign, row.key)) if contact is not None else None
            if contact is not None and run is not None and run.status == "halted":
                yield contact, run
