"""What several workers at once must not do to a contact."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowlang.engine.worker import Worker
from flowlang.stores import Store, open_store
from tests.engine.test_beside import JOURNEY, Crew, begin, codes_of, without_codes
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, played, told
from tests.engine_cases.sums import wrong_sums
from tests.full_size import size

MANY = size(800, 10_000)
CODES = size(20_000, 40_000)


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Store]:
    store = open_store(postgresql_url, Path())
    yield store
    store.close()


def test_eight_workers_with_all_due_in_one_second_do_each_step_once(
    store: Store, postgresql_url: str
) -> None:
    """mautic#2215, #3669, #2004."""
    people = [f"p{number:04}" for number in range(MANY)]
    story = [person(0, name, score=number % 101) for number, name in enumerate(people)]
    story += [came(1, name, "tag", tag="signup") for name in people]
    codes = came(0, None, "import coupons", list="A", codes=tuple(f"A{n}" for n in range(CODES)))
    store.import_codes("A", list(codes[3]["codes"]), START)
    begin(store, JOURNEY)
    feed(store, story)
    crew = Crew(postgresql_url, JOURNEY, workers=8, batch=25)
    crew.run(START + 300 * HOUR)
    expected = played(compiled(JOURNEY), [codes, *story], 300)
    assert without_codes(told(store, people)) == without_codes(expected)
    letters = Counter(
        (row.letter.contact, row.letter.message) for row in store.letters(["queued"], 10 * MANY)
    )
    assert set(letters.values()) == {1}
    found = codes_of(store, people)
    assert len(found) == len(set(found))
    assert sum(bool(one["beside"]) for one in crew.stretches) > 1
    assert wrong_sums(store) == []


def test_of_a_thousand_who_need_one_of_700_codes_the_others_halt(
    store: Store, postgresql_url: str
) -> None:
    """teamforus/Forus#2277, mc-magento2#121, eventyay#204."""
    text = JOURNEY.replace('show "none left"', "halt")
    people = [f"p{number:04}" for number in range(1_000)]
    store.import_codes("A", [f"A{number}" for number in range(700)], START)
    begin(store, text)
    feed(store, [person(0, name, "signup", score=99) for name in people])
    Crew(postgresql_url, text, workers=8, batch=100).run(START + 26 * HOUR)
    found = codes_of(store, people)
    assert len(found) == len(set(found)) == 700
    assert store.shared().stock["A"] == (0, 700)
    assert len(store.halted("offer")) == 300
    assert wrong_sums(store) == []


def test_what_arrives_while_a_worker_holds_the_contact_is_handled_after_it(
    store: Store, postgresql_url: str
) -> None:
    """mautic#9797."""
    begin(store, JOURNEY)
    feed(store, [person(0, "anna", score=1), person(0, "ben", score=1)])
    Worker(compiled(JOURNEY), store).run(START)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        other = open_store(postgresql_url, Path())
        with other.transaction(beside=True):
            assert other.claim(["anna"]) == {"anna"}
            held.set()
            release.wait()
        other.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        feed(store, [came(1, name, "tag", tag="go") for name in ("anna", "ben")])
        feed(store, [came(2, "anna", "untag", tag="go")])
        worker = Worker(compiled(JOURNEY), store)
        worker.run(START + 3 * HOUR)
        assert [entry.what for entry in told(store, ["ben"])["ben"]] == ["created", "tagged"]
        assert [entry.what for entry in told(store, ["anna"])["anna"]] == ["created"]
    finally:
        release.set()
        holder.join()
    worker.run(START + 3 * HOUR)
    after = [entry.what for entry in told(store, ["anna"])["anna"]]
    assert after == ["created", "tagged", "untagged"]


def test_a_worker_that_dies_frees_the_code_it_has_taken(
    store: Store, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Braze: codes used by messages that failed."""
    store.import_codes("A", ["A1", "A2"], START)
    begin(store, JOURNEY)
    feed(store, [person(0, "anna", score=99), came(1, "anna", "tag", tag="signup")])
    dying = open_store(postgresql_url, Path())
    save = dying.save

    def die(changes: object) -> None:
        save(changes)  # type: ignore[arg-type] # what the worker gives
        raise KeyboardInterrupt

    worker = Worker(compiled(JOURNEY), dying)
    worker.run(START + 1 * HOUR)
    monkeypatch.setattr(dying, "save", die)
    with pytest.raises(KeyboardInterrupt):
        worker.run(START + 48 * HOUR)
    dying.close()
    assert store.shared().stock["A"].free == 2
    Worker(compiled(JOURNEY), store).run(START + 48 * HOUR)
    assert codes_of(store, ["anna"]) == ["A1"]
    assert [(row.letter.message, row.letter.codes) for row in store.letters(["queued"], 9)] == [
        ("welcome", ()), ("offer", (("A", "A1"),))
    ]  # fmt: skip
