"""From the queue to a delivery: each letter is handed over once, or a person is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flowlang.cli.delivering import are_late
from flowlang.contact import Letter
from flowlang.delivery.delivery import LEASE, Outcome
from flowlang.delivery.kinds.outbox import Outbox
from flowlang.delivery.settings import Rate
from flowlang.engine.claimant import is_gone, me
from flowlang.engine.fates import BACK_OFF
from flowlang.engine.handover import Handover
from flowlang.engine.outages import waiting
from flowlang.engine.rates import only_so_many
from flowlang.stores import Store, StoreError
from flowlang.stores.rows import Changes, LetterFate, LetterStatus, ProcessRow
from flowlang.stores.store import StoreUnsure
from tests.engine.handing import DAY, HOUR, MINUTE, SECOND, Clock, Scripted, deliver, more
from tests.engine.killing import lose_commit
from tests.stores.contract import LETTER, NOON
from tests.stores.opening import Database


@pytest.fixture
def store(database: Database) -> Store:
    found = database.open()
    found.save(Changes(letters=[LETTER, SECOND]))
    return found


def test_each_letter_is_handed_over_once(store: Store, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert deliver(store, outbox).delivered == {"Offer": 2}
    assert deliver(store, outbox).delivered == {}
    assert len(list((tmp_path / "outbox").iterdir())) == 2


@pytest.mark.parametrize("at_once", [1, 7])
def test_the_longest_waiting_go_first_one_at_a_time_or_many_at_once(
    store: Store, at_once: int
) -> None:
    more(store, 20)
    delivery = Scripted(at_once=at_once)
    deliver(store, delivery)
    assert delivery.got == [*(f"example.com {number:03}" for number in range(20)), "l1", "l2"]


def test_letters_of_one_moment_go_in_the_order_in_which_they_were_queued(store: Store) -> None:
    deliver(store, Scripted())
    for batch in ("zyx", "cba"):
        store.save(Changes(letters=[replace(LETTER, id=name) for name in batch]))
    delivery = Scripted()
    deliver(store, delivery)
    assert delivery.got == list("zyxcba")


def test_what_stops_it_leaves_the_rest_in_the_queue(store: Store) -> None:
    delivery = Scripted()
    done = Handover(store, delivery, lambda: NOON).run(lambda: len(delivery.got) == 1)
    assert (done.left, delivery.got) == (True, ["l1"])
    assert [row.letter.id for row in store.letters(["queued"], 9)] == ["l2"]
    assert deliver(store, delivery).delivered == {"Offer": 1}


# ------------------------------------------------------------------ tried again


def test_what_may_be_taken_later_is_tried_again_with_growing_pauses(store: Store) -> None:
    now, pauses = NOON, []
    delivery = Scripted("delivered", *["retry"] * 20)
    while store.letters(["queued"], 9):
        deliver(store, delivery, now)
        waiting = store.letters(["queued"], 9)
        if waiting:
            pauses.append((waiting[0].since - now).total_seconds())
            assert deliver(store, delivery, waiting[0].since - timedelta(seconds=1)).idle
            now = waiting[0].since
    assert pauses == [*BACK_OFF, *[BACK_OFF[-1]] * (len(pauses) - len(BACK_OFF))]
    assert 2 * DAY - timedelta(hours=6) < now - NOON <= 2 * DAY
    (lost,) = store.letters(["failed"], 9)
    assert lost.reason == f"given up after {len(pauses) + 1} tries: because"
    assert "ben@example.com" in store.notices(9)[0].text


def test_after_what_time_it_is_given_up_can_be_said(store: Store) -> None:
    delivery = Scripted(*["retry"] * 9)
    deliver(store, delivery, NOON, give_up_after=MINUTE)
    done = deliver(store, delivery, NOON + MINUTE, give_up_after=MINUTE)
    assert len(done.failed) == 2


def test_the_other_side_may_ask_for_a_longer_pause(store: Store) -> None:
    later = Outcome("", "retry", "slow down", after=timedelta(hours=2))
    deliver(store, Scripted(later))
    (row,) = store.letters(["queued"], 9)
    assert (row.since, row.reason) == (NOON + timedelta(hours=2), "slow down")


# ------------------------------------------------------------------ refused


def test_what_fails_is_told_to_a_person(store: Store) -> None:
    done = deliver(store, Scripted("failed", "delivered"))
    assert done.failed == ['"Offer" to anna@example.com: failed, because']
    assert [one.text for one in store.notices(9)] == done.failed


def test_an_address_where_nobody_is_becomes_an_event_of_the_contact_once(store: Store) -> None:
    done = deliver(store, Scripted("bounced", "delivered"))
    assert (done.bounced, done.failed, store.notices(9)) == (1, [], [])
    (row,) = store.arrivals("pending", 9)
    assert (row.type, row.contact, row.at, row.id) == ("bounced", "anna", NOON, "bounced:l1")
    assert json.loads(row.data) == {
        "message": "Offer",
        "channel": "email",
        "address": "anna@example.com",
    }
    store.mark_letters([LetterFate("l1", "queued", NOON)])
    deliver(store, Scripted("bounced"))
    assert len(store.arrivals("pending", 9)) == 1


def test_a_notice_to_a_person_who_is_not_there_stands_in_the_inbox(store: Store) -> None:
    store.save(
        Changes(letters=[replace(LETTER, id="n", contact="", message="", text="Low: 3 codes")])
    )
    deliver(store, Scripted("delivered", "delivered", "bounced"))
    assert store.arrivals("pending", 9) == []
    assert store.notices(9)[0].text.startswith('the notice "Low: 3 codes" to anna@example.com')


# ------------------------------------------------------------------ nobody can tell


def test_an_unknown_outcome_is_not_repeated_unless_duplicates_are_allowed(store: Store) -> None:
    delivery = Scripted("unknown", "unknown", "delivered")
    assert deliver(store, delivery).unknown == 2
    assert deliver(store, delivery, NOON + LEASE).delivered == {}
    assert delivery.got == ["l1", "l2"]
    assert "anna@example.com: unknown, because" in store.notices(9)[0].text


@pytest.mark.parametrize("how", ["allowed", "repeatable"])
def test_an_unknown_outcome_is_tried_again_where_that_does_no_harm(store: Store, how: str) -> None:
    delivery = Scripted("unknown", "unknown", repeatable=how == "repeatable")
    duplicates = "allow" if how == "allowed" else "avoid"
    assert deliver(store, delivery, duplicates=duplicates).unknown == 0
    assert deliver(store, delivery, NOON + MINUTE, duplicates=duplicates).delivered == {"Offer": 2}
    assert store.notices(9) == []


def test_of_a_delivery_that_breaks_off_nobody_can_tell_what_it_did(store: Store) -> None:
    done = deliver(store, Scripted("broken", "delivered"))
    assert (done.unknown, done.delivered) == (1, {"Offer": 1})
    assert "LookupError" in store.notices(9)[0].text


@pytest.mark.parametrize(("duplicates", "again"), [("avoid", []), ("allow", ["l1"])])
def test_who_is_killed_while_handing_over_leaves_one_letter_of_unknown_fate(
    store: Store, duplicates: str, again: list[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        deliver(store, Scripted("killed"))
    delivery = Scripted()
    deliver(store, delivery, NOON + LEASE / 2, duplicates=duplicates)
    assert delivery.got == ["l2"], "its process may still be at it"
    deliver(store, delivery, NOON + LEASE, duplicates=duplicates)
    assert delivery.got == ["l2", *again]
    told = [one.text for one in store.notices(9)]
    assert len(told) == (not again)
    assert all(text.startswith('"Offer" to anna@example.com: unknown') for text in told)


def test_of_an_abandoned_letter_one_tells_however_many_begin_at_once(database: Database) -> None:
    stores = [database.open() for _ in range(3)]
    more(stores[0], 100)
    stores[0].claim_letters(NOON, 100, "someone")
    with ThreadPoolExecutor(len(stores)) as threads:
        done = list(threads.map(lambda one: deliver(one, Scripted(), NOON + LEASE), stores))
    assert sum(one.unknown for one in done) == 100
    assert len(stores[0].notices(999)) == 100


def test_a_process_that_has_ended_is_known_to_be_gone_at_once(store: Store) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from flowlang.engine.claimant import me; print(me())"],
        capture_output=True, check=True, text=True,
    ).stdout.strip()  # fmt: skip
    store.claim_letters(NOON, 1, ended)
    delivery = Scripted()
    deliver(store, delivery)
    assert delivery.got == ["l2"]
    assert [row.letter.id for row in store.letters(["unknown"], 9)] == ["l1"]


def test_a_process_is_gone_only_where_that_is_certain() -> None:
    boot, number, started = me().split(" ")
    assert not is_gone(me())
    assert not is_gone(f"another-machine {number} {started}")
    assert not is_gone("a process")
    assert not is_gone("")
    assert not is_gone("x y z")
    assert is_gone(f"{boot} {number} {int(started) + 1}"), "its number went to another one"
    assert not is_gone(f"{boot} {os.getppid()} {_started(os.getppid())}")


def _started(number: int) -> str:
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]


def test_a_delivery_that_may_be_repeated_takes_up_what_was_left(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        deliver(store, Scripted("killed", at_once=100, repeatable=True))
    delivery = Scripted(repeatable=True)
    assert deliver(store, delivery, NOON + LEASE).delivered == {"Offer": 2}


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # whose file can be moved
def test_an_outcome_that_could_not_be_noted_is_noted_later(
    store: Store, tmp_path: Path, applied: bool
) -> None:
    """Also where another version was `applied` meanwhile, and with it perhaps another delivery."""
    file, aside = tmp_path / "state.db", tmp_path / "aside.db"

    class Thief(Scripted):
        """While it hands over the first letter, the file of the store goes away."""

        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            if not self.got:
                store.close()
                file.rename(aside)
                file.mkdir()
            return super().hand_over(letters)

    delivery = Thief()
    handover = Handover(store, delivery, lambda: NOON)
    with pytest.raises(StoreError):
        handover.run()
    file.rmdir()
    aside.rename(file)
    if applied:
        before, handover = handover, Handover(store, delivery, lambda: NOON)
        handover.take_over(before)
    assert sum(handover.run().delivered.values()) == 2
    assert delivery.got == ["l1", "l2"]
    assert {row.status for row in store.letters(["handed over", "unknown"], 9)} == {"handed over"}


@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("answer", ["delivered", "failed", "retry", "unknown", "bounced"])
def test_a_commit_of_which_nobody_knows_counts_once_and_loses_no_letter(
    store: Store, monkeypatch: pytest.MonkeyPatch, answer: str, number: int
) -> None:
    process = ("message send", "Offer", "Shop", "")
    whole = ProcessRow(*process, 0, "running", None, 3, 0, {}, "", "", None, None, None)
    more = [replace(LETTER, id=name, process=process) for name in ("m1", "m2", "m3")]
    deliver(store, Scripted())
    store.save(Changes(letters=more, processes=[whole]))
    delivery = Scripted("delivered", answer)
    handover = Handover(store, delivery, lambda: NOON)
    lose_commit(store, monkeypatch, number)
    with pytest.raises(StoreUnsure):
        handover.run()
    handover.run()
    assert delivery.got == ["m1", "m2", "m3"]
    lost = answer in ("failed", "bounced")
    (found,) = store.processes()
    assert (found.done, found.failed) == ((2, 1) if lost else (3, 0))
    assert len(store.notices(9)) == (answer in ("failed", "unknown"))
    assert len(store.arrivals("pending", 9)) == (answer == "bounced")
    stands = {row.letter.id: row.status for row in store.letters(list(_NAMES.values()), 99)}
    assert [stands[name] for name in ("m1", "m2", "m3")] == [
        "handed over", _NAMES[answer], "handed over",
    ]  # fmt: skip


def test_with_another_version_no_domain_is_written_to_faster(store: Store) -> None:
    more(store, 200)
    sent, before = 0, None
    for _ in range(3):
        handover = Handover(store, Scripted(), lambda: NOON, rate=Rate(60, MINUTE))
        if before is not None:
            handover.take_over(before)
        sent, before = sent + sum(handover.run().delivered.values()), handover
    assert sent <= 60


def test_who_comes_late_with_a_letter_that_did_not_go_has_it_tried_again(
    database: Database,
) -> None:
    store, other, clock = database.open(), database.open(), Clock()
    more(store, 1)

    class Slow(Scripted):
        """Another engine takes the letter for lost meanwhile."""

        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            clock.now += LEASE
            Handover(other, Scripted(), clock).run()
            return super().hand_over(letters)

    Handover(store, Slow("down"), clock).run()
    clock.now += HOUR
    assert sum(Handover(other, Scripted(), clock).run().delivered.values()) == 1
    assert store.letters(["unknown"], 9) == []


_NAMES: dict[str, LetterStatus] = {
    "delivered": "handed over", "failed": "failed", "retry": "queued", "unknown": "unknown",
    "bounced": "failed",
}  # fmt: skip


def test_what_was_taken_for_lost_and_is_found_is_noted_and_another_claim_is_left_alone(
    database: Database,
) -> None:
    store, other = database.open(), database.open()
    more(store, 3)
    late, clock = [], Clock()

    class Frozen(Scripted):
        """It stands still for so long that another process takes its letters up."""

        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            late.append(deliver(other, second, NOON + LEASE, duplicates="allow"))
            return super().hand_over(letters)

    second = Scripted("unknown", at_once=3)
    Handover(store, Frozen("delivered", "failed", "retry", at_once=3), clock).run()
    found = {row.letter.id[-1]: row.status for row in store.letters(list(_NAMES.values()), 9)}
    assert found == {"0": "handed over", "1": "handed over", "2": "handed over"}
    assert sum(late[0].delivered.values()) == 2
    assert store.notices(9) == []


# ------------------------------------------------------------------ so many to a domain


def test_what_is_over_the_rate_of_a_domain_waits_and_the_others_go(store: Store) -> None:
    more(store, 60, "slow.example")
    more(store, 5, "other.example")
    clock, delivery = Clock(), Scripted()
    handover = Handover(store, delivery, clock, rate=Rate(30, MINUTE))
    done = handover.run()
    assert sum(done.delivered.values()) == 5 + 5 + 2
    assert len(done.rated) == 55
    assert {row.tries for row in store.letters(["queued"], 99)} == {0}
    minutes = 0
    while store.letters(["queued"], 99):
        gone = len(delivery.got)
        for _ in range(60):
            clock.now += timedelta(seconds=1)
            handover.run()
        minutes += 1
        assert len(delivery.got) - gone <= 30
    assert minutes == 3
    slow = [one for one in delivery.got if one.startswith("slow")]
    assert slow == [f"slow.example {number:03}" for number in range(60)]


def test_a_domain_is_one_however_it_is_written(store: Store) -> None:
    deliver(store, Scripted())
    domains = ["müller.example", "MÜLLER.example", "xn--mller-kva.example", "Xn--Mller-KVA.Example"]
    letters = [replace(LETTER, id=f"m{at}", address=f"a@{one}") for at, one in enumerate(domains)]
    named = replace(LETTER, id="m4", address="Änne <a@Müller.example>")
    store.save(Changes(letters=[*letters, named, replace(LETTER, id="x", address="a@x.example")]))
    delivery = Scripted()
    done = deliver(store, delivery, rate=Rate(1, MINUTE))
    assert delivery.got == ["m0", "x"]
    assert len(done.rated) == 4
    (told,) = {one.reason for one in store.held_letters(NOON)}
    assert told.endswith("only so many go to xn--mller-kva.example at once")


def test_where_the_rate_is_changed_nobody_waits_by_the_old_one(store: Store) -> None:
    more(store, 40)
    deliver(store, Scripted(), rate=Rate(1, DAY))
    clock, delivery = Clock(), Scripted()
    clock.now += MINUTE
    assert Handover(store, delivery, clock, rate=Rate(1, DAY)).run().idle
    done = Handover(store, delivery, clock, rate=Rate(60, MINUTE)).run()
    assert done.delivered == {"Offer": 10}
    assert deliver(store, delivery, clock.now).delivered == {"Offer": 31}
    assert delivery.got == [*(f"example.com {one:03}" for one in range(1, 40)), "l1", "l2"]


def test_of_two_programs_each_keeps_the_rate_and_all_letters_go_in_time(store: Store) -> None:
    deliver(store, Scripted())
    more(store, 24)
    clock, went = Clock(), []
    both = [Handover(store, Scripted(), clock, rate=Rate(6, MINUTE)) for _ in range(2)]
    while store.letters(["queued"], 1):
        for one in both:
            went += [clock.now] * sum(one.run().delivered.values())
        clock.now += timedelta(seconds=10)
    assert len(went) == 24
    assert clock.now <= NOON + 4 * MINUTE
    assert all(sum(at <= other < at + MINUTE for other in went) <= 12 for at in went)


def test_what_a_server_answers_is_never_taken_for_a_turn(store: Store) -> None:
    says = Outcome("", "retry", only_so_many("example.com"))
    done = deliver(store, Scripted(says))
    assert (done.rated, done.retried) == (set(), {says.reason: 1})
    assert [one.rated for one in waiting(store, NOON)] == [False]
    assert are_late(store, NOON)
    more(store, 9, "slow.example")
    deliver(store, Scripted(), rate=Rate(1, HOUR))
    assert {one.rated for one in waiting(store, NOON)} == {False, True}
    assert not are_late(store, NOON + 2 * MINUTE), "only turns are left"
