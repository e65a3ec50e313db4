"""Halted sends over a store: who goes on, and how much has to be read for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from flowlang.engine.controls import Verb
from flowlang.engine.processes import Identity
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from flowlang.stores.rows import ContactRow
from tests.engine.applied import begin, move
from tests.engine.automating import HOUR, START, came, compiled, feed, person, run

SHOP = """
coupons "few"
  when empty halt

message "Offer"
  kind marketing
  channel email
  subject "{{ coupon('few') }}"
  body "x"
"""
HALTING = SHOP + 'campaign "C"\n  start when tagged "go"\n  send "Offer"\n  tag "end"\n'
WITHOUT = SHOP + 'campaign "C"\n  start when tagged "go"\n  wait 1 day\n  tag "end"\n'
OF_SEND = ["message send", "Offer", "C", ""]


def halted(store: Store, *names: str) -> None:
    """These contacts wait for a code."""
    begin(store, compiled(HALTING), START)
    feed(store, [person(0, name) for name in names])
    feed(store, [came(1, name, "tag", tag="go") for name in names])
    run(compiled(HALTING), store, 2)
    assert store.shared().halted == {"Offer": len(names)}


@pytest.mark.parametrize(
    ("own", "left"), [(" when empty skip", "skipped"), (' when empty show "SORRY"', "sent")]
)
def test_of_empty_lists_holds_what_the_send_says_now(store: Store, own: str, left: str) -> None:
    text = HALTING.replace('send "Offer"', 'send "Offer" when empty halt')
    old, new = compiled(text), compiled(text.replace(" when empty halt\n  tag", f"{own}\n  tag"))
    begin(store, old, START)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(old, store, 2)
    move(store, old, new, START + 3 * HOUR)
    feed(store, [came(4, None, "resume", message="Offer")])
    assert run(new, store, 5).refused == []
    assert left in [row.entry.what for row in store.history("anna")]


@pytest.mark.parametrize("how", [{"message": "Offer"}, {"process": OF_SEND}])
def test_who_stays_on_an_earlier_version_goes_on_by_message_and_by_process(
    store: Store, how: dict[str, Any]
) -> None:
    halted(store, "anna")
    old, new = compiled(HALTING), compiled(WITHOUT)
    move(store, old, new, START + 3 * HOUR, "C: *=stay")
    new = compiled(WITHOUT)
    new.keep(old, "C")
    feed(store, [came(4, None, "import coupons", list="few", codes=["A"])])
    feed(store, [came(5, None, "resume", **how)])
    report = run(new, store, 7)
    assert (report.refused, report.moot) == ([], [])
    assert "sent" in [row.entry.what for row in store.history("anna")]
    assert store.shared().halted == {}


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
@pytest.mark.parametrize("codes", [0, 100])
def test_what_a_person_does_takes_no_more_than_a_batch_to_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch, verb: Verb, codes: int
) -> None:
    names = [f"c{number:02}" for number in range(40)]
    halted(store, *names)
    store.import_robinson(["c07@example.com"])
    read: list[int] = []
    contacts = store.contacts

    def counted(ids: Collection[str]) -> list[ContactRow]:
        rows = contacts(ids)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(store, "contacts", counted)
    worker = Worker(compiled(HALTING), store, batch=5)
    more = [f"A{number}" for number in range(codes)]
    feed(store, [came(3, None, "import coupons", list="few", codes=more)])
    feed(store, [came(4, None, verb, process=OF_SEND)])
    report = worker.run(START + 5 * HOUR)
    assert max(read) <= 5
    done = {"pause": "paused", "cancel": "cancelled", "resume": "running" if codes else "halted"}
    (send,) = store.processes(among=[Identity("message send", "Offer", "C")])
    assert send.status == done[verb]
    if verb == "resume":
        refused = [why for _, why in report.refused]
        assert refused == ([] if codes else ['missing 39 codes in "few"'])
        assert report.sent["Offer"] == (39 if codes else 0)


def test_all_who_wait_are_counted_a_batch_at_a_time_and_in_order(store: Store) -> None:
    names = [f"c{number}" for number in range(9)]
    halted(store, *names)
    worker = Worker(compiled(HALTING), store, batch=2)
    store.import_codes("few", [f"A{number}" for number in range(9)], START)
    assert worker.may_resume("Offer", START + 3 * HOUR) == 9
    feed(store, [came(4, None, "resume", message="Offer")])
    worker.run(START + 5 * HOUR)
    sent = [(row.letter.contact, row.letter.codes) for row in store.letters(["queued"], 99)]
    assert sorted(sent) == [(name, (("few", f"A{at}"),)) for at, name in enumerate(names)]


@pytest.mark.parametrize(
    "data",
    [
        {"process": ["message send"]}, {"process": "Offer"}, {"process": []},
        {"process": ["sending", "Offer", "C", ""]}, {"process": ["message send", 1, "C", ""]},
        {"process": ["message send", "Offer", "C", "", "more"]}, {"process": {"name": "Offer"}},
    ],
)  # fmt: skip
def test_a_process_that_is_none_is_refused_whatever_is_said_of_it(
    store: Store, data: dict[str, Any]
) -> None:
    halted(store, "anna")
    feed(store, [came(3, None, "resume", **data)])
    report = run(compiled(HALTING), store, 4, 5)
    (row,) = store.arrivals("refused", 9)
    assert row.reason == "there is no such process"
    assert report.refused == []
