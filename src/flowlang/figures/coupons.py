"""The coupon lists: codes imported, used and free, and how often a text stood in for one."""

from __future__ import annotations

from flowlang.engine.commons import by_kind
from flowlang.figures.source import Source
from flowlang.stores.rows import Stock
from flowlang.tables.table import Batches, Column

NAME = "coupons"
TIMED = False


def columns(source: Source) -> tuple[Column, ...]:
    """What is counted of a list."""
    return tuple(map(Column, ("list", "imported", "used", "free", "text instead")))


def rows(source: Source) -> Batches:
    """One row a list: those that are declared, then others that codes were imported into."""
    shared = source.store.shared()
    instead = by_kind(shared.counters)["fallback"]
    declared = source.program.names.coupons
    yield [
        (name, stock.free + stock.used, stock.used, stock.free, instead[name])
        for name in (*declared, *sorted(shared.stock.keys() - declared.keys()))
        for stock in [shared.stock.get(name, Stock(0, 0))]
    ]
