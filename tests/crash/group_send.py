"""Workers that are killed in the midst of one send to many.

python -m tests.crash.group_send --contacts 5000 --kills 20
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flowlang import workspace
from flowlang.config import Settings
from flowlang.engine.admission import as_text
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores import Store
from flowlang.stores.rows import ArrivalRow
from tests.crash.killing import Trial
from tests.engine.applied import begin
from tests.engine_cases.sums import wrong_sums

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=1)

PROGRAM = """
message "News"
  kind marketing
  channel email
  subject "News"
  body "News"

automation "All"
  send "News" to everyone
"""


def program() -> Program:
    """One message to everyone."""
    found = workspace.load_text(PROGRAM, settings=Settings(unsubscribe_url="https://example.com/u"))
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable


def prepare(store: Store, contacts: int) -> None:
    """Contacts of whom every tenth has not agreed, and the wish to send to all."""
    begin(store, program(), START)
    rows = [
        ArrivalRow(START, f"c{number:05}", "contact", as_text({
            "fields": {"email": f"c{number}@example.com"}, "consent": {"email": number % 10 != 0},
        }))
        for number in range(contacts)
    ]  # fmt: skip
    store.append(rows)
    at = START + timedelta(hours=1)
    store.append([ArrivalRow(at, None, "run automation", as_text({"automation": "All"}))])


def audit(store: Store, contacts: int) -> Iterator[str]:
    """What is wrong after all went through it."""
    (process,) = (one for one in store.processes() if one.type == "group send")
    past = process.done + process.failed + sum(process.skipped.values())
    if (process.audience, past) != (contacts, contacts):
        yield f"through with {past} of {process.audience}"
    if process.status != "finished":
        yield f"the send is {process.status}"
    if process.skipped != {"no consent": contacts // 10}:
        yield f"skipped: {process.skipped}"
    letters = [row.letter.contact for row in store.letters(["queued"], 2 * contacts)]
    twice = [one for one, count in Counter(letters).items() if count > 1]
    if twice:
        yield f"twice in the queue: {twice[:3]}"
    yield from wrong_sums(store)
    if len(letters) != process.done:
        yield f"{len(letters)} letters, {process.done} done"


def work(store: Store) -> None:
    """What each worker does."""
    Worker(program(), store, batch=100).run(END)


if __name__ == "__main__":
    trial = Trial(prepare, work, audit, contacts=5_000, kills=20, workers=1, pause=0.3)
    sys.exit(trial.by_hand(__doc__))
