"""What a store holds and how the engine keeps up, as metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Lock

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flowlang.engine.overview import RUN_STATUSES, runs
from flowlang.figures.messages import of_counters
from flowlang.stores.rows import Shared, Tally
from flowlang.stores.store import Store

KEPT = 5.0
"""Seconds for which an answer serves again, however many ask."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of a store; `clock` gives seconds that never go back.

    All are gauges: a send that is taken back is counted no longer, and a counter may not go down.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Collector(store, now))
        self._text = b""
        self._until = clock() - 1
        self._lock = Lock()

    def text(self) -> bytes:
        """All of them, in the text format of Prometheus.  Raises StoreError."""
        with self._lock:
            if self._clock() >= self._until:
                self._text = generate_latest(self._registry)
                self._until = self._clock() + KEPT
            return self._text


class _Collector(Collector):
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: to know the names, the store would have to be asked at the start."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        by_step = self._store.standing()
        shared, tally = self._store.shared(), self._store.tally()
        yield from self._messages(shared)
        yield self._lag()
        yield from _amounts(shared, tally)
        standing = _family("runs", "Runs of a campaign, by where they stand.", "campaign", "status")
        for campaign, counts in sorted(runs(by_step, shared.counters).items()):
            for status in RUN_STATUSES:
                standing.add_metric([campaign, status], counts[status])
        yield standing

    def _messages(self, shared: Shared) -> Iterator[GaugeMetricFamily]:
        sent = _family("messages_sent", "Messages that were handed over.", "message")
        queued = _family("messages_queued", "Messages that are to be handed over.", "message")
        unknown = _family("messages_unknown", "Messages of unknown fate.", "message")
        failed = _family("messages_failed", "Messages that could not be handed over.", "message")
        skipped = _family("messages_skipped", "Sends that were skipped.", "message", "reason")
        halted = _family("messages_halted", "Contacts who wait at a halted send.", "message")
        found = of_counters(self._store, shared)
        for family, counts in ((queued, found.queued), (unknown, found.unknown)):
            for name, count in counts.items():
                family.add_metric([name], count)
        for name, count in found.sent.items():
            sent.add_metric([name], count)
            failed.add_metric([name], found.failed[name])
        for name, reasons in found.skipped.items():
            for why, count in reasons.items():
                skipped.add_metric([name, why], count)
        for name, count in shared.halted.items():
            halted.add_metric([name], count)
        yield from (sent, queued, unknown, failed, skipped, halted)

    def _lag(self) -> GaugeMetricFamily:
        """How late the engine is: since when the first contact is due, or the first arrival."""
        now = self._now()
        due = [one.due for one in self._store.due(now, 1)]
        arrived = [one.at for one in self._store.arrivals("pending", 1, now)]
        first = min((one for one in (*due, *arrived) if one is not None), default=now)
        lag = _family("due_lag_seconds", "For how long the first thing to be done has been due.")
        lag.add_metric([], max(0.0, (now - first).total_seconds()))
        return lag


def _amounts(shared: Shared, tally: Tally) -> Iterator[GaugeMetricFamily]:
    contacts = _family("contacts", "Contacts, without those that were deleted.")
    contacts.add_metric([], tally.contacts)
    arrivals = _family("arrivals_pending", "Arrivals that the engine has yet to apply.")
    arrivals.add_metric([], tally.arrivals)
    letters = _family("letters", "Letters, by how far they are.", "status")
    for status, count in tally.letters.items():
        letters.add_metric([status], count)
    left = _family("coupons_left", "Free codes of a coupon list.", "list")
    used = _family("coupons_used", "Codes of a coupon list that went out.", "list")
    for name, stock in sorted(shared.stock.items()):
        left.add_metric([name], stock.free)
        used.add_metric([name], stock.used)
    yield from (contacts, arrivals, letters, left, used)


def _family(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"flow_{name}", said, labels=labels)
