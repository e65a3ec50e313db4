"""From the queue to a delivery: each letter is handed over once, or a person is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowlang.contact import Letter
from flowlang.delivery.delivery import LEASE, Delivery, Outcome
from flowlang.delivery.kinds.outbox import Outbox
from flowlang.delivery.settings import Rate
from flowlang.engine.claimant import is_gone, me
from flowlang.engine.delivered import Delivered
from flowlang.engine.fates import BACK_OFF
from flowlang.engine.handover import Handover
from flowlang.engine.outages import LAPSES, LASTS
from flowlang.stores import Store, StoreError
from flowlang.stores.rows import Changes, LetterFate
from tests.stores.contract import LETTER, NOON
from tests.stores.opening import Database

SECOND = replace(LETTER, id="l2", contact="ben", address="ben@example.com")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Scripted(Delivery):
    """A delivery that answers as it was told, and remembers what it got."""

    place = "the script"

    def __init__(self, *answers: str | Outcome, at_once: int = 1, repeatable: bool = False) -> None:
        self.answers = list(answers)
        self.got: list[str] = []
        self.at_once = at_once
        self.repeatable = repeatable

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        self.got += [letter.id for letter in letters]
        if self.answers[:1] == ["killed"]:
            raise KeyboardInterrupt
        if self.answers[:1] == ["broken"]:
            raise LookupError(self.answers.pop(0))
        return [self._outcome(letter) for letter in letters]

    def _outcome(self, letter: Letter) -> Outcome:
        answer = self.answers.pop(0) if self.answers else "delivered"
        if isinstance(answer, Outcome):
            return replace(answer, id=letter.id)
        return Outcome(letter.id, answer, "because")  # type: ignore[arg-type] # as the test says


class Clock:
    """A time that stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Deadly(Clock):
    """One by which the program is killed when it has looked at it so often."""

    def __init__(self, looks: int, now: datetime) -> None:
        self.looks, self.now = looks, now

    def __call__(self) -> datetime:
        self.looks -= 1
        if self.looks < 0:
            raise KeyboardInterrupt
        return self.now


def deliver(store: Store, delivery: Delivery, now: datetime = NOON, **others: Any) -> Delivered:
    """One run of a program that does nothing else."""
    return Handover(store, delivery, lambda: now, **others).run()


@pytest.fixture
def store(database: Database) -> Store:
    found = database.open()
    found.save(Changes(letters=[LETTER, SECOND]))
    return found


def more(store: Store, count: int, domain: str = "example.com") -> None:
    """Queue some letters to a domain, each later than the one before."""
    store.save(
        Changes(
            letters=[
                replace(
                    LETTER,
                    id=f"{domain} {number:03}",
                    address=f"c{number}@{domain}",
                    at=NOON - DAY + timedelta(seconds=number),
                )
                for number in range(count)
            ]
        )
    )


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


# ------------------------------------------------------------------ a way that is down


def test_a_way_that_is_down_is_tried_by_one_letter_now_and_then_and_the_order_stays(
    store: Store,
) -> None:
    more(store, 50)
    clock, delivery = Clock(), Scripted(*["down"] * 3)
    handover = Handover(store, delivery, clock)
    for pause in BACK_OFF[:3]:
        done = handover.run()
        assert done.down == {"the script": "because"}
        assert handover.run().idle
        clock.now += timedelta(seconds=pause)
    assert delivery.got == ["example.com 000"] * 3
    assert {row.reason for row in store.letters(["queued"], 99)} == {"because"}
    done = handover.run()
    assert (done.down, sum(done.delivered.values())) == ({}, 52)
    assert delivery.got[3:] == [*(f"example.com {one:03}" for one in range(50)), "l1", "l2"]
    assert max(Counter(delivery.got[3:]).values()) == 1


@pytest.mark.parametrize("once", [False, True])
def test_a_person_is_told_once_that_it_lasts_and_once_that_it_is_over(
    store: Store, once: bool
) -> None:
    """Whether one program goes on or is started anew for each try."""
    clock, delivery = Clock(), Scripted(*["down"] * 5)
    going_on = Handover(store, delivery, clock, language="de")
    told = []
    for minutes in (0, 1, 6, 21, 90, 300, 301):
        clock.now = NOON + minutes * MINUTE
        (Handover(store, delivery, clock, language="de") if once else going_on).run()
        told.append(len(store.notices(9)))
    assert LASTS == 6 * MINUTE
    assert told == [0, 0, 1, 1, 1, 2, 2]
    down, up = (one.text for one in store.notices(9))
    assert down.startswith("the script nimmt nichts an: because;")
    assert up == "the script nimmt wieder Nachrichten an"
    deliver(store, Scripted("down"), clock.now + DAY)
    assert len(store.notices(9)) == 2


def test_of_several_programs_one_tells_of_an_outage(store: Store) -> None:
    more(store, 4)
    for minutes in (0, 30):
        for _ in range(2):
            deliver(store, Scripted("down"), NOON + minutes * MINUTE)
    assert len(store.notices(9)) == 1


@pytest.mark.parametrize("other", ["bounced", "unknown", "failed", "retry", "down"])
@pytest.mark.parametrize("first", [True, False])
def test_one_letter_that_is_delivered_ends_an_outage_whatever_becomes_of_the_others(
    store: Store, other: str, first: bool
) -> None:
    more(store, 2)
    answers = ["delivered", other] if first else [other, "delivered"]
    script = [*["down"] * 4, *answers, "failed", "failed"]
    clock, delivery = Clock(), Scripted(*script, at_once=2)
    handover = Handover(store, delivery, clock)
    for _ in range(2):
        handover.run()
        clock.now += 2 * HOUR
    store.mark_letters([LetterFate("l2", "queued", NOON + DAY, "because", 0)])
    done = handover.run()
    told = [one.text for one in store.notices(9) if one.text.startswith("the script")]
    assert told[1:] == ["the script takes letters again"]
    assert done.down == {}
    assert "l2" in delivery.got, "what was held is released"


@pytest.mark.parametrize("other", ["bounced", "unknown", "failed", "retry"])
def test_without_a_letter_that_is_delivered_a_way_stays_down(store: Store, other: str) -> None:
    more(store, 2)
    delivery = Scripted("down", other, at_once=2)
    handover = Handover(store, delivery, Clock())
    assert handover.run().down == {"the script": "because"}
    assert handover.run().idle
    assert delivery.got == ["example.com 000", "example.com 001"]


def test_a_way_that_another_program_finds_up_between_two_tries_is_not_down(store: Store) -> None:
    """Also where neither of them began after the other had found out."""
    more(store, 8)
    clock = Clock()
    unlucky = Handover(store, Scripted("down", "down"), clock)

    class Lucky(Scripted):
        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            if len(self.got) in (0, 6):
                unlucky.run()
            clock.now += LASTS if len(self.got) == 5 else timedelta(seconds=1)
            return super().hand_over(letters)

    lucky = Lucky()
    Handover(store, lucky, clock).run()
    left = {row.letter.id for row in store.letters(["queued"], 9)}
    assert (len(lucky.got), left) == (8, {"example.com 001", "l1"}), "those that the other tried"
    deliver(store, Scripted("down"), clock.now + DAY)
    assert store.notices(9) == []


def test_wherever_a_program_is_killed_the_end_of_an_outage_is_told(store: Store) -> None:
    deliver(store, Scripted())
    looks, killed = 0, True
    while killed:
        start, name = NOON + looks * DAY, f"k{looks}"
        store.save(Changes(letters=[replace(LETTER, id=name)]))
        for hours in (0, 2):
            deliver(store, Scripted("down"), start + hours * HOUR)
        try:
            Handover(store, Scripted(), Deadly(looks, start + 9 * HOUR)).run()
            killed = False
        except KeyboardInterrupt:
            pass
        through = name in {row.letter.id for row in store.letters(["handed over"], 99)}
        assert _told_up(store) == looks + through
        store.save(Changes(letters=[replace(LETTER, id=f"{name} after")]))
        deliver(store, Scripted(), start + 12 * HOUR)
        looks += 1
        assert _told_up(store) == looks
    assert looks > 5


def _told_up(store: Store) -> int:
    return sum(one.text == "the script takes letters again" for one in store.notices(999))


@pytest.mark.parametrize(("apart", "told"), [(DAY, 1), (LAPSES, 1), (LAPSES + MINUTE, 0)])
def test_two_failures_are_of_one_outage_if_they_are_not_far_apart(
    store: Store, apart: timedelta, told: int
) -> None:
    clock, delivery = Clock(), Scripted("down", "bounced", "bounced", "down", "down")
    handover = Handover(store, delivery, clock)
    handover.run()
    clock.now += HOUR
    assert handover.run().bounced == 2
    clock.now = NOON + apart
    more(store, 1)
    handover.run()
    assert len(store.notices(9)) == told
    clock.now += HOUR
    handover.run()
    assert len(store.notices(9)) == 1


def test_another_letter_that_fails_does_not_end_an_outage(store: Store) -> None:
    more(store, 2)
    deliver(store, Scripted("down"))
    deliver(store, Scripted("failed", "down"), NOON + HOUR)
    assert [one.text.split(":")[0] for one in store.notices(9)][-1] == "the script takes nothing"


def test_once_one_program_finds_a_way_up_the_letters_of_all_go_in_their_order(store: Store) -> None:
    more(store, 5)
    clock, other = Clock(), Scripted(*["down"] * 4, "delivered")
    patient = Handover(store, other, clock)
    for pause in BACK_OFF[:4]:
        patient.run()
        clock.now += timedelta(seconds=pause)
    clock.now -= HOUR / 2
    assert patient.run().idle
    up = Scripted()
    done = Handover(store, up, clock).run()
    assert (sum(done.delivered.values()), up.got) == (
        6, [*(f"example.com {one:03}" for one in range(1, 5)), "l1", "l2"],
    )  # fmt: skip
    more(store, 1, "example.net")
    assert patient.run().delivered == {"Offer": 1}


def test_letters_that_were_not_tried_lose_none_of_their_tries(store: Store) -> None:
    clock = Clock()
    handover = Handover(store, Scripted(*["down"] * 3), clock)
    for _ in range(3):
        handover.run()
        clock.now += timedelta(hours=6)
    tries = {row.letter.id: row.tries for row in store.letters(["queued"], 9)}
    assert tries == {"l1": 3, "l2": 0}


class TwoWays(Delivery):
    """Push goes by another way than mail."""

    def __init__(self, mail: Delivery, push: Delivery) -> None:
        self.mail, self.push = mail, push

    def way(self, letter: Letter) -> Delivery:
        return self.push if letter.channel == "push" else self.mail

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [one for letter in letters for one in self.way(letter).hand_over([letter])]


def test_one_way_that_is_down_does_not_keep_the_others(store: Store) -> None:
    push, mail = Scripted("down"), Scripted()
    push.place = "push"
    store.save(Changes(letters=[replace(LETTER, id="p", channel="push"), replace(LETTER, id="z")]))
    done = deliver(store, TwoWays(mail, push))
    assert done.delivered == {"Offer": 3}
    assert (mail.got, push.got) == (["l1", "l2", "z"], ["p"])


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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # whose file can be moved
def test_an_outcome_that_could_not_be_noted_is_noted_later(store: Store, tmp_path: Path) -> None:
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
    assert sum(handover.run().delivered.values()) == 2
    assert delivery.got == ["l1", "l2"]
    assert {row.status for row in store.letters(["handed over", "unknown"], 9)} == {"handed over"}


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
