"""How often one may ask: a bucket of tries that fills again with time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MOST = 10_000
"""Names that are remembered: those that have not asked for the longest time are forgotten, and
their bucket is full again."""


class Rate:
    """A bucket for each name.  `clock` gives seconds that never go back."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """How many tries were left, and when."""
        self._lock = Lock()

    def take(self, name: str) -> float:
        """Take one try: 0 where there was one, else the seconds until there is."""
        with self._lock:
            now = self._clock()
            left, since = self._left.get(name, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._per_second)
            wait = 0.0 if left >= 1 else (1 - left) / self._per_second
            self._left[name] = (left if wait else left - 1, now)
            self._left.move_to_end(name)
            if len(self._left) > MOST:
                self._left.popitem(last=False)
        return wait
