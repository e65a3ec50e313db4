"""A store of each kind, as fixtures: what asks for one is tested on every database.

A test for one of them says which: @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flowlang.stores import Store
from tests.engine_cases.sums import wrong_sums
from tests.stores import opening


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[opening.Database]:
    with opening.database(request, request.param) as found:
        yield found


@pytest.fixture
def store(database: opening.Database) -> Iterator[Store]:
    """After each test its sums are right."""
    found = database.open()
    yield found
    assert wrong_sums(found) == []
