"""What every store does.  All its verbs work on sets: none is called once for each contact."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

from flowlang.contact import Entry
from flowlang.speech import Text, tr
from flowlang.stores.rows import (
    ArrivalRow,
    ArrivalStatus,
    Changes,
    Coming,
    ContactRow,
    HistoryRow,
    LetterFate,
    LetterRow,
    LetterStatus,
    NoticeRow,
    ProcessIdentity,
    ProcessRow,
    RunRow,
    SendingRow,
    Shared,
    Tally,
    TrialRow,
    Waiting,
)


class StoreError(Exception):
    """The store cannot be opened or used now; the message says why, for a person."""


def no_store(place: object) -> Text:
    """That there is none, for a person who only wanted to look."""
    return tr("there is no store at {path}; `flow contacts import` makes one", path=place)


class StoreAway(StoreError):
    """The server of a store is not there, and may come: its address need not be wrong."""


class StoreNewer(StoreError):
    """A newer program has made its tables, or brought them up to date."""


class StoreUnsure(StoreError):
    """The connection was lost within a commit: nobody can tell whether anything was saved."""


class Store(Protocol):
    """Verbs that read, then verbs that write.  Every verb raises StoreError where the database
    fails.

    A verb outside of `transaction` is a transaction of its own.  Threads may share a store: a
    transaction is that of the thread which began it.

    Where several workers may write at the same time, what they do is kept apart so: contacts belong
    to whoever has claimed them; codes and letters likewise; what is counted adds up; and all that
    has one order for all is done by someone who is alone.
    """

    shown: str
    """Its address without secrets, for messages."""
    made: bool
    """It was made as it was opened: there was none."""

    @property
    def many(self) -> bool:
        """Whether several workers may write at the same time, each beside the others."""
        ...

    def transaction(
        self, *, beside: bool = False, apart: bool = False
    ) -> AbstractContextManager[None]:
        """All verbs within it happen together or not at all.

        Nobody else is in one meanwhile; `beside`: nobody but others who are beside; it waits for
        that as long as need be.  `apart`: whoever else is in one; it is for those who only add
        arrivals, codes, notices or processes, which nobody else has at hand.

        A `save` outside of a transaction is one that is beside; the other verbs outside of one wait
        for nobody.  What others have done is seen once they are done with it, and so may differ
        from verb to verb beside others.
        """
        ...

    def at_work(self) -> int:
        """How many transactions are beside each other, this one included.  One that is not counted
        begins later, and counts this one.
        """
        ...

    def claim(self, contacts: Collection[str]) -> set[str]:
        """Those of some contacts, there already or not, that nobody else has at hand: they are
        this transaction's until it ends.  What is read of them after that stays so.
        """
        ...

    def block(self, name: Literal["ticks", "contacts"]) -> int | None:
        """The place before a million numbers that are given to nobody else, ever; None where
        workers are never beside each other.
        """
        ...

    def calling(self) -> AbstractContextManager[bool]:
        """Gives whether it is one's turn to call the web outside of a transaction, and keeps others
        from it until the end: two engines over one store would make the same calls.  It waits for
        nobody.  Where `many` may write, calls are made within a transaction.
        """
        ...

    def clock(self) -> datetime | None:
        """The time by the clock of the store's server; None where there is none of its own."""
        ...

    def wait(self, seconds: float) -> None:
        """Until there may be something new, at most so many seconds: arrivals, something that is
        due, letters, another program.  What has come since this thread's last call counts; its
        first call may return at once.
        """
        ...

    def close(self) -> None:
        """Let go of the database; the store must not be used again."""
        ...

    # ------------------------------------------------------------------ reading

    def contacts(self, ids: Collection[str]) -> list[ContactRow]:
        """Those that are there, deleted ones too, in the order in which they were made."""
        ...

    def walk(self, after: int, limit: int) -> list[ContactRow]:
        """The next contacts in the order in which they were made, deleted ones left out."""
        ...

    def due(self, until: datetime, limit: int, *, claim: bool = False) -> list[ContactRow]:
        """Contacts with something due until then, by when it is due and how long it has waited;
        with `claim`, those that nobody else has at hand, and now they are this transaction's.
        """
        ...

    def coming(
        self, limit: int, until: datetime, after: tuple[datetime, int] | None = None
    ) -> list[Coming]:
        """That arrivals wait, behind a place and up to and including a moment, in their order."""
        ...

    def arrivals(
        self,
        status: ArrivalStatus,
        limit: int,
        until: datetime | None = None,
        contact: str | None = None,
        types: Collection[str] = (),
        among: Collection[str] | None = None,
    ) -> list[ArrivalRow]:
        """Arrivals of a status, up to and including a moment: by time, then as they came; those of
        one contact, of none (the empty id), of some (`among`), or all; of some types, or of any.
        """
        ...

    def addresses_to_come(
        self, emails: Collection[str], contacts: Collection[str]
    ) -> dict[str, str]:
        """The e-mail addresses (lower case, empty for none) that pending arrivals give contacts: to
        those who are given one of these now and then, and to these contacts.
        """
        ...

    def seen(self, ids: Collection[str]) -> set[str]:
        """Which of these ids, given by senders, some arrival has had before."""
        ...

    def find(self, emails: Collection[str]) -> dict[str, list[str]]:
        """The ids of contacts by e-mail address (lower case), those made first in front."""
        ...

    def halted(
        self, message: str | None = None, limit: int | None = None, after: int = 0
    ) -> list[RunRow]:
        """Runs that are halted at a message (at any), those who have waited longest in front;
        those behind a place.
        """
        ...

    def tally(self, now: datetime) -> Tally:
        """How much there is that only counting tells: it takes longer with a larger store."""
        ...

    def standing(self) -> list[tuple[str, str, str, int]]:
        """How many runs are in each campaign, in each status, at each step; those that are held
        wait.
        """
        ...

    def under_way(self) -> list[tuple[str, str, str, int]]:
        """How many runs of each campaign are under way on each version, at each step."""
        ...

    def are_under_way(self, campaigns: Collection[str]) -> set[str]:
        """Of these campaigns, those in which somebody is under way; nobody is counted."""
        ...

    def at_sends(self) -> list[tuple[str, str, str, int]]:
        """How many runs of each campaign stand at the send of each message: `halted`, `waiting`, or
        `held`; those that are held elsewhere stand at no message.
        """
        ...

    def at_group_sends(self, campaigns: Collection[str]) -> list[tuple[str, str, str, int]]:
        """The same of the campaigns of group sends, by message, key and status; none held
        elsewhere.
        """
        ...

    def walk_runs(
        self, campaigns: Collection[str], statuses: Collection[str], after: int, limit: int
    ) -> list[ContactRow]:
        """The next contacts in the order in which they were made, of those who have a run of these
        campaigns in one of these statuses.
        """
        ...

    def waiting_arrivals(self, contacts: Collection[str]) -> dict[str, datetime | None]:
        """Of these contacts, those with pending arrivals; with the moment of the one that makes
        them.
        """
        ...

    def imported(self, contacts: Collection[str]) -> dict[str, str]:
        """By contact, the data of its latest arrival of type `contact`, whatever became of it."""
        ...

    def history(self, contact: str) -> list[HistoryRow]: ...

    def entries(self, contacts: Collection[str], what: Collection[str] = ()) -> list[Entry]:
        """The histories of these contacts, each in order; or only where one of some things
        (`sent`, `skipped`) happened in them.
        """
        ...

    def sendings(self, contacts: Collection[str]) -> list[SendingRow]:
        """What was sent to these contacts, to each in the order of time, and what became of it."""
        ...

    def free_codes(
        self, name: str, after: int, limit: int, *, claim: bool = False
    ) -> list[tuple[int, str]]:
        """The next free codes of a list in the order of import, behind a position; with `claim`,
        those that nobody else has claimed, and nobody else gets them now.
        """
        ...

    def free(self, name: str, limit: int) -> int:
        """How many codes of a list are free, counted up to a limit: those that others have claimed
        are free until they are saved as given.
        """
        ...

    def shared(self) -> Shared:
        """What contacts share; it is small."""
        ...

    def value(self, name: str) -> str | None:
        """One of the values that `shared` gives; None where there is none of that name."""
        ...

    def processes(
        self, *, over: bool = True, among: Collection[ProcessIdentity] | None = None
    ) -> list[ProcessRow]:
        """By number, all or some few; those that are over for good only if asked for."""
        ...

    def program(self, number: int | None = None) -> str | None:
        """The program that was applied last, or as the n-th, as the JSON text that the engine
        wrote.
        """
        ...

    def notices(self, limit: int, after: int = 0) -> list[NoticeRow]:
        """The latest ones behind a number, in the order in which they came."""
        ...

    def latest_sendings(self, page: int) -> Iterator[list[SendingRow]]:
        """What was sent to anyone, so many at a time, what was saved last in front."""
        ...

    def trials(self, contacts: Collection[str]) -> list[TrialRow]: ...

    def zones(self) -> set[str]:
        """The names of time zones that contacts have, none of them empty."""
        ...

    def barred(self, addresses: Collection[str] | None) -> set[str]:
        """Which of these addresses are on the Robinson list; None asks for any one."""
        ...

    def outgoing(self, contacts: Collection[str]) -> list[LetterRow]:
        """The letters to these contacts that are not out yet for all one knows, oldest first: those
        that wait, and those that are being handed over.  Within a transaction they stay so.
        """
        ...

    def letters(self, statuses: Collection[LetterStatus], limit: int) -> list[LetterRow]: ...

    def open_letters(self) -> list[tuple[str, LetterStatus, int]]:
        """How many letters of each message wait (`queued`, `handing over`) or are `unknown`."""
        ...

    def held_letters(self, now: datetime) -> list[Waiting]:
        """Why letters may not be handed over yet, as far as they say so themselves; the most
        frequent reason in front.
        """
        ...

    def queued_channels(self, now: datetime) -> list[str]:
        """The channels of those letters that may be handed over now; asked for once a channel,
        however many letters there are.
        """
        ...

    def queued_letters(self, now: datetime) -> dict[str, int]:
        """How many letters may be handed over now, by channel: all of them are counted."""
        ...

    # ------------------------------------------------------------------ writing

    def save(self, changes: Changes) -> None:
        """Write what a step of the engine did, in one transaction."""
        ...

    def append(self, arrivals: Sequence[ArrivalRow]) -> int:
        """Take arrivals; gives how many were new: those with a known id are left out."""
        ...

    def import_codes(self, name: str, codes: Sequence[str], at: datetime) -> int:
        """Add codes to a list, behind those that are there; gives how many were new."""
        ...

    def import_robinson(self, addresses: Sequence[str]) -> int:
        """Add addresses to the Robinson list; gives how many were new."""
        ...

    def claim_letters(
        self, now: datetime, limit: int, by: str = "", channels: Collection[str] | None = None
    ) -> list[LetterRow]:
        """Take queued letters of some channels, or of any, that may go out now, as they stood, and
        mark them as being handed over by someone: those first that may go for longest, then as they
        were queued.
        """
        ...

    def release_letters(self, channel: str, now: datetime, limit: int) -> int:
        """Queued letters of a channel that wait for their turn may go at once: so many of them, the
        first ones first; gives how many that were.
        """
        ...

    def mark_letters(self, fates: Sequence[LetterFate], by: str | None = None) -> list[LetterFate]:
        """Note what became of letters; gives those of which it was noted, as it was.

        A letter that would be queued again, and was to be taken back meanwhile, is taken back.
        `by` someone who has claimed them: of a letter that is not this one's any more it is noted
        only that it arrived, or was refused, where nobody else has noted either.
        """
        ...
