"""What all tests share: fixtures, hypothesis profiles, and what keeps a run of them short."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.cli.machine import machine
from tests.postgresql import IN_MEMORY, postgresql, postgresql_url

__all__ = ["machine", "postgresql", "postgresql_url"]  # fixtures for all

# Suites that several test files import explain a failed assert as the test files do.
pytest.register_assert_rewrite("tests.stores.contract", "tests.delivery.contract")

# What the programs under test keep for the next time is not to fill the cache of whoever runs this.
os.environ.setdefault(
    "FLOW_CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "flowlang")
)

# The programs under test are started hundreds of times: they are compiled at the first, also where
# the environment says otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What tests write is in memory where that can be had, and programs may be started there: a store in
# a file waits for the disk at each commit, and no test pulls the plug.
if IN_MEMORY and not os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", IN_MEMORY)

# No deadline anywhere: a slow machine is no bug.  In CI the same examples every time, so that a
# red run can be repeated; elsewhere new ones each time, which is how new bugs are found.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_collection_finish() -> None:
    """What thousands of tests were collected as stays, and the collector looks at it no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
