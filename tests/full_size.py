"""Tests of what happens under load are small, for they run at every change; with FLOW_TEST_FULL=1
they are as large as what was reported of other systems.
"""

from __future__ import annotations

import os

FULL = os.environ.get("FLOW_TEST_FULL") == "1"


def size(usual: int, full: int) -> int:
    """How many of something a test takes."""
    return full if FULL else usual
