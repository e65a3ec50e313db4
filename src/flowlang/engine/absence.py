"""A store that cannot be used for a while, as the person who runs a program is told of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from flowlang.engine.kept import number_of
from flowlang.speech import Text, tr
from flowlang.stores.store import StoreError

TOLD_AGAIN = (60.0, 300.0, 900.0, 3600.0)
"""Seconds after which the same is told again; the last ones for ever."""
QUIET = 5.0
"""Seconds without a failure after which it is over: on a full disk one can still read."""


class Absence:
    """Tells it at once, then with growing pauses, and once when it is over; what is new at once.

    `tell` takes a line, `clock` gives seconds that never go back, and `words` says what is wrong
    and what is done about it.  Several threads may use it.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        clock: Callable[[], float],
        words: Callable[[StoreError], Text],
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._words = words
        self._lock = Lock()
        self._since = self._last = 0.0
        self._told: dict[str, tuple[float, int]] = {}
        """When each reason was told last, and how often, since it cannot be used."""

    def failed(self, failure: StoreError) -> None:
        """It cannot be used now."""
        now, words = self._clock(), self._words(failure)
        with self._lock:
            if not self._told:
                self._since = now
            self._last = now
            told, times = self._told.get(words, (now, 0))
            if times and now - told < TOLD_AGAIN[min(times, len(TOLD_AGAIN)) - 1]:
                return
            self._told[words] = now, times + 1
        span = _span(now - self._since)
        self._tell(tr("{words}, for {span} now", words=words, span=span) if times else words)

    def over(self) -> None:
        """It can be used; that is told where it could not."""
        now = self._clock()
        with self._lock:
            if not self._told or now - self._last < QUIET:
                return
            self._told.clear()
        span = _span(now - self._since)
        self._tell(tr("the store can be used again, after {span}", span=span))


def _span(seconds: float) -> Text:
    """A length of time in its largest unit, rounded."""
    for noun, length in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return number_of(noun, round(seconds / length))
    return number_of("second", round(seconds))
