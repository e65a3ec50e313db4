"""The cyclic collector of Python, out of the way where it finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Work that makes a great many objects to keep and no garbage in cycles: spare the search."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """The same for a part of a work that goes on and on: what it leaves is collected behind it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
