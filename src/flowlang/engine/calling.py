"""Calls to the web: what one is called by, and how a worker makes it without keeping others out.

Test and simulation answer a call at once, and so does a worker, as far as a step can see: the
answer is there when the step goes on.  But to wait for an answer takes as long as the other side
likes, and a store must not be closed to all others meanwhile.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flowlang.effects import CallReply

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects
    from flowlang.stores.store import Store

_CALLS = "calls"
"""Among the counters of a run: how many calls it has begun in this round."""


@dataclass(frozen=True, slots=True)
class Call:
    """One try of a call."""

    url: str
    values: dict[str, Any]
    contact: str
    """The id; empty for the system."""
    key: str
    """The same for each try of one call, and another one for each other call."""
    tries: int = 0
    """How many there were before this one."""


class Answers(Protocol):
    """Who answers calls to the web."""

    def __call__(self, url: str, values: dict[str, Any], contact: str, key: str) -> CallReply: ...


def new_key(do: RunEffects) -> str:
    """A name for a call that the run at hand begins now: 32 hex digits.

    It hangs on nothing but how far the run has come.  So a call that is begun anew after a kill has
    the same name, whatever has come in since; and the next one has another, also in a loop.
    """
    run = do.run
    number = run.counters[_CALLS] = run.counters.get(_CALLS, 0) + 1
    started = run.started.isoformat()  # one who was deleted and comes again begins at 1.1, too
    what = (do.contact.id, run.campaign, run.key, run.label, started, do.step_id, str(number))
    return hashlib.sha256("\0".join(what).encode()).hexdigest()[:32]


class Wanted(Exception):
    """A call has to be made before a stretch can go on; nothing of the stretch may be saved."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.url)
        self.call = call


class AnswersAtHand:
    """Has calls answered over a store, each try once, however often its stretch is begun.

    Where a store has many writers beside each other, a call is made in the midst of a transaction:
    who is claimed by it is nobody else's meanwhile, and the others go on.  Where it has one, the
    stretch is given up (Wanted), the call is made outside of any transaction, by one engine at a
    time, and the stretch is begun again, with the answer at hand.
    """

    def __init__(self, answers: Answers | None, store: Store) -> None:
        self._answers = answers
        self._store = store
        self._made: dict[tuple[str, int], CallReply] = {}
        self._used: set[tuple[str, int]] = set()
        self._turn = ExitStack()
        self._mine = False
        """It is this engine's turn to make calls outside of a transaction."""

    def __call__(self, call: Call) -> CallReply:
        """What a call is answered; where nobody answers, it succeeds without an answer.

        Raises Wanted where it cannot be made now.
        """
        if self._answers is None:
            return CallReply("answered", {})
        name = (call.key, call.tries)
        if name not in self._made:
            if not self._store.many:
                raise Wanted(call)
            self._make(call)
            self._store.at_work()  # the server ends a transaction in which nothing happens
        self._used.add(name)
        return self._made[name]

    def _make(self, call: Call) -> None:
        """Make a call, and keep its answer until what used it is saved."""
        assert self._answers is not None
        reply = self._answers(call.url, call.values, call.contact, call.key)
        self._made[call.key, call.tries] = reply

    def outside(self, call: Call) -> bool:
        """Make a call that was Wanted, between two tries of a stretch; False where another engine
        makes calls now: it does what is to be done.
        """
        if self._mine:
            self._make(call)
        else:  # first the stretch is begun anew: the call may have been made by now
            self._mine = self._turn.enter_context(self._store.calling())
        return self._mine

    def begun(self) -> None:
        """A stretch begins, perhaps anew."""
        self._used.clear()

    def saved(self) -> None:
        """The stretch was saved: what it used is not asked for again."""
        for name in self._used:
            del self._made[name]
        self._used.clear()

    def forget(self) -> None:
        """All is done: nobody asks for the answers that are left."""
        self._made.clear()

    def release(self) -> None:
        """Others may make calls outside of a transaction."""
        self._turn.close()
        self._mine = False
