"""Group sends over a store: who gets one, who halts, and how it ends."""

from __future__ import annotations

from collections import Counter

import pytest

from flowlang.engine.arrivals import Refused
from flowlang.engine.handover import Handover
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from flowlang.stores.rows import ProcessRow
from tests.engine.automating import (
    HOUR,
    START,
    Refusing,
    came,
    compiled,
    feed,
    notices,
    person,
    run,
)


def group_sends(store: Store, name: str = "Gift") -> list[ProcessRow]:
    return [one for one in store.processes() if (one.type, one.name) == ("group send", name)]


GIFTS = """
contact
  score number

coupons "gift"
  when empty halt

message "Gift"
  kind service
  channel email
  subject "A gift"
  body "{{ coupon('gift') }}"

automation "All"
  send "Gift" to everyone
  notify inbox "on their way"

automation "Enough only"
  send "Gift" to everyone, otherwise stop
  notify inbox "never said"

automation "Afterwards"
  on send finished "Gift"
  notify inbox "{{ event.sent }} sent, {{ event.skipped }} skipped"
"""


def crowd(store: Store, size: int) -> list[str]:
    names = [f"c{number}" for number in range(size)]
    feed(store, [person(0, name) for name in names])
    return names


def given_codes(store: Store) -> list[tuple[str, str]]:
    """Whom the codes of all letters went to, in the order in which they went out."""
    return [
        (row.letter.contact, code)
        for row in store.letters(["queued"], 99_999)
        for _, code in row.letter.codes
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # for it takes long
def test_a_large_group_send_halts_and_goes_on_with_nobody_twice_and_nobody_left_out(
    store: Store,
) -> None:
    size = 5_000
    program, names = compiled(GIFTS), crowd(store, size)
    store.import_codes("gift", [f"A{number}" for number in range(3_000)], START)
    feed(store, [came(1, None, "run automation", automation="All")])
    run(program, store, 2)
    assert ('"Gift" to 5,000: missing 2,000 codes in "gift"') in [
        text for _, _, text in notices(store)
    ]
    process = group_sends(store)[0]
    assert (process.status, process.done, process.audience) == ("halted", 3_000, size)
    worker = Worker(program, store)
    with pytest.raises(Refused, match='missing 2,000 codes in "gift"'):
        worker.may_resume("Gift", START + 3 * HOUR)
    feed(store, [came(3, None, "resume", message="Gift")])
    assert [why for _, why in run(program, store, 3).refused] == ['missing 2,000 codes in "gift"']
    store.import_codes("gift", [f"B{number}" for number in range(2_000)], START)
    feed(store, [came(4, None, "resume", message="Gift")])
    run(program, store, 5)
    process = group_sends(store)[0]
    assert (process.status, process.done, process.audience) == ("finished", size, size)
    codes = given_codes(store)
    assert len({contact for contact, _ in codes}) == len({code for _, code in codes}) == size
    of = dict(codes)
    assert [of[name] for name in names] == [
        *(f"A{number}" for number in range(3_000)), *(f"B{number}" for number in range(2_000))
    ]  # fmt: skip
    assert notices(store)[-1][2] == "5000 sent, 0 skipped"


def test_a_group_send_whose_list_is_too_small_is_refused_where_it_says_so(store: Store) -> None:
    program = compiled(GIFTS)
    crowd(store, 5)
    store.import_codes("gift", ["A"], START)
    feed(store, [came(1, None, "run automation", automation="Enough only")])
    run(program, store, 2)
    process = group_sends(store)[0]
    assert (process.status, process.because) == ("failed", 'missing 4 codes in "gift"')
    assert store.letters(["queued"], 9) == []
    assert all("never said" not in text for _, _, text in notices(store))
    assert store.history("")[-1].entry.what == "finished"


def test_two_group_sends_that_drain_one_list_never_share_a_code(store: Store) -> None:
    program = compiled(GIFTS.replace("to everyone\n", "to everyone spread over 2 hours\n"))
    crowd(store, 40)
    store.import_codes("gift", [f"A{number}" for number in range(60)], START)
    feed(store, [came(1, None, "run automation", automation="All")])
    feed(store, [came(1.5, None, "run automation", automation="All")])
    run(program, store, 9, batch=7)
    codes = given_codes(store)
    assert len(codes) == len({code for _, code in codes}) == 60
    halted = [one.status for one in group_sends(store)]
    assert halted == ["halted", "halted"] or Counter(halted)["halted"] == 1
    assert sum(one.done for one in group_sends(store)) == 60


@pytest.mark.parametrize("what", ["delete", "block"])
def test_done_skipped_and_failed_are_the_audience_whatever_happens_meanwhile(
    store: Store, what: str
) -> None:
    program = compiled(GIFTS.replace("to everyone\n", "to everyone spread over 4 hours\n"))
    crowd(store, 4)
    store.import_codes("gift", ["A", "B", "C", "D"], START)
    feed(store, [came(1, None, "run automation", automation="All"), came(2, "c2", what)])
    feed(store, [came(2.5, "c9", "contact", fields={"email": "c9@example.com"}, tags=())])
    run(program, store, 9, batch=2)
    process = group_sends(store)[0]
    assert (process.status, process.audience, process.done) == ("finished", 4, 3)
    assert sum(process.skipped.values()) == 1
    assert notices(store)[-1][2] == "3 sent, 1 skipped"


def test_a_letter_that_is_refused_for_good_counts_as_failed(store: Store) -> None:
    program = compiled(GIFTS)
    crowd(store, 3)
    store.import_codes("gift", ["A", "B", "C"], START)
    feed(store, [came(1, None, "run automation", automation="All")])
    run(program, store, 2)
    Handover(store, Refusing(), lambda: START + 2 * HOUR).run()
    process = group_sends(store)[0]
    assert (process.done, process.failed, process.audience) == (2, 1, 3)


def test_merged_contacts_get_it_once_and_both_are_counted(store: Store) -> None:
    program = compiled(GIFTS.replace("to everyone\n", "to everyone spread over 4 hours\n"))
    crowd(store, 4)
    store.import_codes("gift", ["A", "B", "C", "D"], START)
    feed(store, [came(1, None, "run automation", automation="All")])
    feed(store, [came(1.5, "c3", "merge", into="c2"), came(2.5, "c0", "merge", into="c2")])
    run(program, store, 9, batch=2)
    process = group_sends(store)[0]
    assert (process.status, process.audience, process.done) == ("finished", 4, 2)
    assert process.skipped == {"merged": 2}
    assert [contact for contact, _ in given_codes(store)] == ["c0", "c1"]


def test_who_is_through_keeps_no_run_of_a_group_send_whatever_else_they_wait_for(
    store: Store,
) -> None:
    waiting = 'campaign "Long"\n  start when tagged "go"\n  wait 300 days\n  tag "end"\n'
    program = compiled(f"{GIFTS}\n{waiting}")
    names = crowd(store, 3)
    feed(store, [came(0.5, name, "tag", tag="go") for name in names])
    store.import_codes("gift", ["A", "B"], START)
    feed(store, [came(1, None, "run automation", automation="All")])
    run(program, store, 2)
    statuses = Counter(
        (row[0] == "Long", row[1]) for row in store.standing() for _ in range(row[3])
    )
    assert statuses == {(True, "waiting"): 3, (False, "halted"): 1}
    store.import_codes("gift", ["C"], START)
    feed(store, [came(3, None, "resume", message="Gift")])
    run(program, store, 4)
    assert [row[:2] + row[3:] for row in store.standing()] == [("Long", "waiting", 3)]
    assert group_sends(store)[0].status == "finished"
