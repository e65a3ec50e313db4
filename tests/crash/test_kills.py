"""The crash promise: kill workers at any moment, and it is as if nothing had happened.

The long form is `python -m tests.crash.audit`, with --store postgresql as well.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowlang.engine.worker import Worker
from flowlang.stores import open_store
from flowlang.stores.rows import Changes, ClaimedCode, LetterFate
from tests.crash.audit import END, START, audit, prepare, program
from tests.full_size import size

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("store", "workers"), [("sqlite", 1), ("sqlite", 2), ("postgresql", 3)])
def test_killed_workers_lose_nothing_and_double_nothing(store: str, workers: int) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.crash.audit", "--store", store,
            "--contacts", "400", "--kills", "20", "--workers", str(workers), "--seed", "7",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all is as if nothing had happened" in done.stdout
    killed = int(done.stdout.split(": ")[1].split()[0])
    assert killed > 5


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_send_to_many_reaches_all_of_them_once_however_often_it_is_killed(store: str) -> None:
    """knadh/listmonk#3022, #2168."""
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.crash.group_send", "--store", store,
            "--contacts", str(size(1_500, 5_000)), "--kills", str(size(12, 20)),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all is as if nothing had happened" in done.stdout


def test_the_audit_sees_what_is_wrong(tmp_path: Path) -> None:
    store = open_store("sqlite:///state.db", tmp_path)
    prepare(store, 40)
    Worker(program(), store).run(END)
    assert list(audit(store, 40)) == []
    history = store.history("c000002")
    letter = store.letters(["queued"], 1)[0].letter
    free = store.free_codes("early", 0, 1)
    assert not free
    store.save(Changes(history=[history[-1]._replace(seq=len(history) + 1)]))
    store.mark_letters([LetterFate(letter.id, "failed", START)])
    store.import_codes("early", ["LATE"], START)
    store.save(Changes(codes=[ClaimedCode("early", "LATE", "c000001", "offer", START)]))
    found = "\n".join(audit(store, 40))
    assert "c000002: " in found
    assert "letters in the queue" in found
    assert "codes are in histories" in found
    store.close()
