"""Several processes that hand over from one queue, on every database."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

from flowlang.stores.rows import Changes
from tests.delivery.postbox import rude
from tests.stores.contract import LETTER, NOON
from tests.stores.opening import Database

LETTERS = 200
WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from flowlang.delivery.kinds.smtp import Smtp
from flowlang.engine.handover import Handover
from flowlang.stores import open_store

url, port = sys.argv[1:]
now = datetime(2027, 1, 1, tzinfo=UTC)
delivery = Smtp("127.0.0.1", int(port), "none", letters_per_connection=7)
Handover(open_store(url, Path()), delivery, lambda: now).run()
"""


def test_each_letter_is_handed_over_once_however_many_processes_do_it(database: Database) -> None:
    store = database.open()
    store.save(
        Changes(
            letters=[
                replace(
                    LETTER,
                    id=f"{number:04}",
                    address=f"c{number:04}@example.com",
                    at=NOON - timedelta(days=1),
                )
                for number in range(LETTERS)
            ]
        )
    )
    with rude() as server:
        calls = [sys.executable, "-c", WORKER, database.url, str(server.port)]
        workers = [subprocess.Popen(calls) for _ in range(4)]
        assert [one.wait(120) for one in workers] == [0] * 4
    to = [body.partition(b"To: ")[2].partition(b"@")[0].decode() for body in server.bodies]
    assert sorted(to) == [f"c{number:04}" for number in range(LETTERS)]
    assert len(store.letters(["handed over"], 999)) == LETTERS
    assert store.notices(9) == []
