"""What a store holds and how the engine keeps up, as metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flowlang.engine.overview import RUN_STATUSES, runs
from flowlang.figures.messages import of_counters
from flowlang.program.program import Program
from flowlang.stores.rows import LetterStatus, Shared, Stock, Tally
from flowlang.web.service import Service

KEPT = 5.0
"""Seconds for which an answer serves again, however many ask."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of what is served.

    All are gauges: a send that is taken back is counted no longer, and a counter may not go down.
    What is declared has its metrics from the start, and nothing has happened: zero.
    """

    def __init__(self, service: Service) -> None:
        self._clock = service.clock
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Collector(service))
        self._text = b""
        self._until = self._clock() - 1
        self._lock = Lock()

    def text(self) -> bytes:
        """All of them, in the text format of Prometheus.  Raises StoreError."""
        with self._lock:
            if self._clock() >= self._until:
                self._text = generate_latest(self._registry)
                self._until = self._clock() + KEPT
            return self._text


class _Collector(Collector):
    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store
        self._now = service.now

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: to know the names, the store would have to be asked at the start."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        program, by_step = self._service.program, self._store.standing()
        shared, tally = self._store.shared(), self._store.tally(self._now())
        yield from self._messages(shared, program)
        yield self._lag()
        yield from _amounts(shared, tally, program)
        standing = _family("runs", "Runs of a campaign, by where they stand.", "campaign", "status")
        found = runs(by_step, shared.counters)
        for campaign in sorted({*found, *(one.name for one in program.campaigns)}):
            for status in RUN_STATUSES:
                standing.add_metric([campaign, status], found[campaign][status])
        yield standing

    def _messages(self, shared: Shared, program: Program) -> Iterator[GaugeMetricFamily]:
        sent = _family("messages_sent", "Messages that were handed over.", "message")
        queued = _family("messages_queued", "Messages that are to be handed over.", "message")
        unknown = _family("messages_unknown", "Messages of unknown fate.", "message")
        failed = _family("messages_failed", "Messages that could not be handed over.", "message")
        skipped = _family("messages_skipped", "Sends that were skipped.", "message", "reason")
        halted = _family("messages_halted", "Contacts who wait at a halted send.", "message")
        found = of_counters(self._store, shared)
        for name in sorted({*program.messages, *found.names, *shared.halted} - {""}):
            sent.add_metric([name], found.sent[name])
            queued.add_metric([name], found.queued[name])
            unknown.add_metric([name], found.unknown[name])
            failed.add_metric([name], found.failed[name])
            halted.add_metric([name], shared.halted.get(name, 0))
            for why, count in found.skipped.get(name, {}).items():
                skipped.add_metric([name, why], count)
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


def _amounts(shared: Shared, tally: Tally, program: Program) -> Iterator[GaugeMetricFamily]:
    contacts = _family("contacts", "Contacts, without those that were deleted.")
    contacts.add_metric([], tally.contacts)
    pending = _family("arrivals_pending", "Arrivals that the engine has yet to apply.")
    pending.add_metric([], tally.arrivals_due)
    scheduled = _family("arrivals_scheduled", "Arrivals whose time has not come.")
    scheduled.add_metric([], tally.arrivals_ahead)
    letters = _family("letters", "Letters, by how far they are.", "status")
    for status in get_args(LetterStatus):
        letters.add_metric([status], tally.letters.get(status, 0))
    left = _family("coupons_left", "Free codes of a coupon list.", "list")
    used = _family("coupons_used", "Codes of a coupon list that went out.", "list")
    for name in sorted({*program.names.coupons, *shared.stock}):
        stock = shared.stock.get(name, Stock(0, 0))
        left.add_metric([name], stock.free)
        used.add_metric([name], stock.used)
    yield from (contacts, pending, scheduled, letters, left, used)


def _family(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"flow_{name}", said, labels=labels)
