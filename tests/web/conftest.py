"""The client that most tests of the API ask with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.client import Client, asking


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with asking(tmp_path) as found:
        yield found
