"""How much room a store takes, and how much memory an engine: bounded, however many there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.store_size import in_a_process
from tests.postgresql import Server

FEW, MANY = 1_000, 3_000
MOST = {"sqlite": 700, "postgresql": 1_400}
"""Bytes for each entry of the history: with the contact, its runs, letters and arrivals."""
MOST_OF_HISTORY = 260
"""The entry alone, with its index."""
MOST_MEMORY = 24 * 2**20
"""By so much may the memory for many be larger than for few."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_neither_bytes_for_an_entry_nor_memory_grow_with_the_contacts(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """mautic#8261: 16.5 million rows of an event log took 205 GiB; mautic#2870: memory bounded."""
    found = []
    for contacts in (FEW, MANY):
        url = f"sqlite:///{tmp_path}/{contacts}.db"
        server: Server | None = None
        if kind == "postgresql":
            server = request.getfixturevalue("postgresql")
            name = server.database(server.template())
            url = server.url(name)
        found.append(in_a_process(url, contacts))
        if server is not None:
            server.drop(name)
    few, many = found
    assert (few["entries"], many["entries"]) == (6 * FEW, 6 * MANY)
    each = [one["bytes"]["all"] / one["entries"] for one in found]
    assert each[1] <= 1.05 * each[0]
    assert max(each) <= MOST[kind]
    if kind == "postgresql":
        assert many["bytes"]["history"] / many["entries"] <= MOST_OF_HISTORY
    assert many["memory"] - few["memory"] <= MOST_MEMORY
