"""What all tests share: hypothesis profiles and assertion messages in shared test modules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.cli.machine import machine
from tests.postgresql import postgresql, postgresql_url

__all__ = ["machine", "postgresql", "postgresql_url"]  # fixtures for all

# Suites that several test files import explain a failed assert as the test files do.
pytest.register_assert_rewrite("tests.stores.contract", "tests.delivery.contract")

# What the programs under test keep for the next time is not to fill the cache of whoever runs this.
os.environ.setdefault(
    "FLOW_CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "flowlang")
)

# No deadline anywhere: a slow machine is no bug.  In CI the same examples every time, so that a
# red run can be repeated; elsewhere new ones each time, which is how new bugs are found.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
