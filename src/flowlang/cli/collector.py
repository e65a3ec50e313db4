"""The cyclic collector of Python, out of the way where it finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Work that makes a great many objects and no garbage in cycles: spare the search for it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
