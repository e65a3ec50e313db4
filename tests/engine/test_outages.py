"""A way out that takes nothing: it is left alone, tried now and then by one letter, and the others
wait in their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from flowlang.contact import Letter
from flowlang.delivery.delivery import Outcome
from flowlang.delivery.kinds.webhook import Webhook
from flowlang.delivery.routes import Routes
from flowlang.engine.handover import Handover
from flowlang.engine.outages import LAPSES, LASTS, LONGEST, answer, behind, waiting
from flowlang.stores import Store
from flowlang.stores.rows import Changes
from flowlang.stores.sql import Sql
from tests.delivery.hooks import Answer, hook
from tests.engine.handing import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Clock,
    Deadly,
    Scripted,
    TwoWays,
    deliver,
    more,
)
from tests.stores.contract import LETTER, NOON
from tests.stores.opening import Database


@pytest.fixture
def store(database: Database) -> Store:
    found = database.open()
    found.save(Changes(letters=[LETTER, SECOND]))
    return found


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    assert isinstance(store, Sql)
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


def test_a_way_that_is_down_is_tried_by_one_letter_now_and_then_and_the_others_keep_their_order(
    store: Store,
) -> None:
    more(store, 50)
    clock, delivery = Clock(), Scripted(*["down"] * 3)
    handover = Handover(store, delivery, clock)
    before = {row.letter.id: (row.since, row.tries) for row in store.letters(["queued"], 99)}
    for pause in (MINUTE, LONGEST, LONGEST):
        done = handover.run()
        assert done.down == {"the script": "because"}
        clock.now += pause - timedelta(seconds=1)
        assert handover.run().idle
        clock.now += timedelta(seconds=1)
    # Of a letter that finds its way down twice nobody knows whether it is the cause: it waits.
    tried = ["example.com 000", "example.com 000", "example.com 001"]
    assert delivery.got == tried
    after = {row.letter.id: (row.since, row.tries) for row in store.letters(["queued"], 99)}
    assert {name for name in after if after[name] != before[name]} == set(tried)
    done = handover.run()
    assert (done.down, sum(done.delivered.values())) == ({}, 52)
    others = [f"example.com {one:03}" for one in range(1, 50)]
    assert delivery.got[3:] == [*others, "l1", "l2", "example.com 000"]


def test_a_way_that_is_down_for_a_moment_changes_no_order(store: Store) -> None:
    more(store, 9)
    clock, delivery = Clock(), Scripted("delivered", "delivered", "down")
    handover = Handover(store, delivery, clock)
    handover.run()
    clock.now += MINUTE
    handover.run()
    assert delivery.got == [
        *(f"example.com {one:03}" for one in (0, 1, 2, *range(2, 9))),
        "l1",
        "l2",
    ]


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


@pytest.mark.parametrize("other", ["bounced", "unknown", "failed", "retry"])
@pytest.mark.parametrize("first", [True, False])
def test_one_letter_that_is_delivered_ends_an_outage_whatever_becomes_of_the_others(
    store: Store, other: str, first: bool
) -> None:
    answers = ["delivered", other] if first else [other, "delivered"]
    clock, delivery = Clock(), Scripted(*["down"] * 3, *answers, at_once=2)
    handover = Handover(store, delivery, clock)
    for _ in range(2):
        handover.run()
        clock.now += 2 * HOUR
    assert delivery.got == ["l1", "l2", "l1"], "it is tried again by one"
    done = handover.run()
    told = [one.text for one in store.notices(9) if one.text.startswith("the script")]
    assert told[1:] == ["the script takes letters again"]
    assert done.down == {}
    assert len(delivery.got) == 5, "whose answer says nothing of the way lets the next one try"


def test_of_letters_that_went_together_one_that_arrived_says_that_the_way_is_up() -> None:
    up, down = Outcome("a", "delivered"), Outcome("b", "down")
    longer = Outcome("c", "down", after=HOUR)
    assert answer([down, up, longer]) == up
    assert answer([down, longer, Outcome("d", "bounced")]) == longer
    assert answer([Outcome("d", "bounced"), Outcome("e", "unknown")]) is None


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
    assert (len(lucky.got), store.letters(["queued"], 9)) == (10, [])
    more(store, 1, "example.net")
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


def test_a_way_that_one_program_finds_up_is_up_for_all(store: Store) -> None:
    clock, other = Clock(), Scripted(*["down"] * 4)
    patient = Handover(store, other, clock)
    for pause in (MINUTE, LONGEST, LONGEST, LONGEST):
        patient.run()
        clock.now += pause
    clock.now -= LONGEST / 2
    assert patient.run().idle
    more(store, 5)
    up = Scripted()
    done = Handover(store, up, clock).run()  # who begins tries at once
    assert sum(done.delivered.values()) >= 5
    assert up.got[:5] == [f"example.com {one:03}" for one in range(5)]
    more(store, 1, "example.net")
    assert patient.run().delivered == {"Offer": 1}


def test_who_never_tried_a_way_finds_out_soon_that_it_is_up_when_who_had_tried_has_ended(
    store: Store,
) -> None:
    deliver(store, Scripted())
    clock, well = Clock(), Scripted()
    idle = Handover(store, well, clock)
    assert idle.run().idle
    more(store, 20)
    busy = Handover(store, Scripted(*["down"] * 20), clock)
    for _ in range(20):
        busy.run()
        clock.now += HOUR
    clock.now += LONGEST - HOUR
    del busy  # killed
    assert idle.run().delivered == {"Offer": 20}
    untried = [f"example.com {one:03}" for one in range(10, 20)]
    assert well.got[:10] == untried


def test_letters_that_wait_behind_a_way_are_neither_looked_at_nor_changed(store: Store) -> None:
    clock, counts = Clock(), []
    handover = Handover(store, Scripted("down"), clock)
    handover.run()
    for count in (1, 500):
        more(store, count, f"{count}.example")
        rows = store.letters(["queued"], 999)
        with statements(store) as asked:
            assert handover.run().down == {"the script": "because"}
        assert store.letters(["queued"], 999) == rows
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20


def test_of_several_programs_one_finds_out_by_one_letter_whether_a_way_is_up(store: Store) -> None:
    deliver(store, Scripted())
    clock = Clock()
    other = Handover(store, Scripted(), clock)

    class Meanwhile(Scripted):
        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            if clock.now > NOON:
                assert other.run().idle
            return super().hand_over(letters)

    asking = Meanwhile("down", "down")
    first = Handover(store, asking, clock)
    assert first.run().idle
    assert other.run().idle
    more(store, 9)
    first.run()
    clock.now += MINUTE
    first.run()
    assert asking.got == ["example.com 000"] * 2
    clock.now += LONGEST
    assert other.run().delivered == {"Offer": 9}


def test_who_finds_a_way_down_that_another_has_found_down_meanwhile_counts_no_second_try(
    store: Store,
) -> None:
    more(store, 2)
    clock = Clock()
    other = Handover(store, Scripted("down"), clock)

    class Meanwhile(Scripted):
        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            other.run()
            clock.now += timedelta(seconds=1)
            return super().hand_over(letters)

    handover = Handover(store, Meanwhile("down"), clock)
    handover.run()
    clock.now += MINUTE
    assert not handover.run().idle, "it is left alone for a minute, not for five"


def test_one_letter_that_a_server_will_not_hear_of_does_not_hold_up_the_others(
    store: Store,
) -> None:
    """A server may say of each letter that it is down: 421, or HTTP 503."""
    more(store, 30)

    class Choosy(Scripted):
        def _outcome(self, letter: Letter) -> Outcome:
            bad = letter.id == "example.com 000"
            return Outcome(letter.id, "down" if bad else "delivered", "because")

    clock, delivery = Clock(), Choosy()
    handover = Handover(store, delivery, clock)
    while clock.now < NOON + 2 * LONGEST:
        handover.run()
        clock.now += MINUTE
    assert [row.letter.id for row in store.letters(["queued"], 99)] == ["example.com 000"]
    for number in range(12):
        more(store, 1, f"{number}.example")
        handover.run()
        clock.now += 6 * HOUR
    assert [row.letter.id for row in store.letters(["failed"], 99)] == ["example.com 000"]


def test_however_long_a_way_is_down_no_letter_fails_by_that(store: Store) -> None:
    clock, delivery = Clock(), Scripted(*["down"] * 50)
    handover = Handover(store, delivery, clock)
    for _ in range(50):
        handover.run()
        clock.now += 3 * HOUR
    assert len(delivery.got) == 50
    assert {row.tries for row in store.letters(["queued"], 9)} == {1}
    assert Handover(store, Scripted(), clock).run().delivered == {"Offer": 2}


@pytest.mark.parametrize("anew", [False, True])
def test_as_long_as_the_other_side_asks_for_nobody_tries_also_who_begins(
    store: Store, anew: bool
) -> None:
    clock = Clock()
    asks = Outcome("", "down", "HTTP 429", after=3 * HOUR)
    handover = Handover(store, Scripted(asks), clock)
    handover.run()
    clock.now += 3 * HOUR - timedelta(seconds=1)
    if anew:
        handover = Handover(store, Scripted(), clock)
    assert handover.run().down == {"the script": "HTTP 429"}
    assert [(one.reason, one.letters, one.first) for one in waiting(store, clock.now)] == [
        ("HTTP 429", 2, NOON + 3 * HOUR)
    ]
    clock.now += timedelta(seconds=1)
    assert handover.run().delivered == {"Offer": 2}


@pytest.mark.parametrize("status", ["down", "retry"])
def test_nobody_asks_for_more_than_a_day(store: Store, status: str) -> None:
    clock = Clock()
    asks = Outcome("", status, "never", after=timedelta.max)  # type: ignore[arg-type] # one of them
    handover = Handover(store, Scripted(asks) if status == "down" else Scripted(asks, asks), clock)
    handover.run()
    clock.now += DAY
    assert handover.run().delivered == {"Offer": 2}


@pytest.mark.parametrize("after", [timedelta(0), 9 * HOUR])
def test_where_the_clock_is_put_back_a_way_is_not_left_alone_for_longer(
    store: Store, after: timedelta
) -> None:
    store.save(Changes(letters=[replace(LETTER, id="z", at=NOON - 9 * DAY)]))
    clock = Clock()
    handover = Handover(store, Scripted(*[Outcome("", "down", after=after)] * 2), clock)
    handover.run()
    clock.now -= 2 * DAY
    assert handover.run().retried == {"": 1}
    assert handover.run().idle, "nor tried over and over"
    clock.now += max(after, LONGEST)
    assert handover.run().delivered == {"Offer": 1}


def test_ways_take_turns_so_that_none_waits_for_a_slow_one(store: Store) -> None:
    went: list[str] = []

    class Told(Scripted):
        def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
            went.extend(one.channel for one in letters)
            return super().hand_over(letters)

    more(store, 20)
    store.save(Changes(letters=[replace(LETTER, id=f"p{one}", channel="push") for one in range(3)]))
    deliver(store, TwoWays(Told(), Told()))
    assert went[:6] == ["email", "push"] * 3
    assert len(went) == 25


def test_two_webhooks_of_one_host_are_two_ways(store: Store) -> None:
    with hook(*[Answer(503 if one == 0 else 200) for one in range(3)]) as server:
        ways = [Webhook(f"{server.url}/{one}", lambda: NOON) for one in ("mail", "push")]
        store.save(Changes(letters=[replace(LETTER, id="p", channel="push")]))
        done = deliver(store, TwoWays(*ways))
    assert [post.event["data"]["channel"] for post in server.posts] == ["email", "push"]
    assert done.delivered == {"Offer": 1}
    assert done.down == {ways[0].place: "HTTP 503"}


def test_letters_of_several_channels_that_go_one_way_keep_one_order(store: Store) -> None:
    deliver(store, Scripted())
    names = [f"n{one:02}" for one in range(12)]
    channels = ["email", "push", "push", "sms"] * 3
    letters = zip(names, channels, strict=True)
    store.save(Changes(letters=[replace(LETTER, id=a, channel=b) for a, b in letters]))
    delivery = Scripted(at_once=5)
    deliver(store, delivery)
    assert delivery.got == names


def test_letters_of_a_channel_that_is_there_no_more_fail_in_time_and_hold_up_nobody(
    store: Store,
) -> None:
    class Mail(Scripted):
        def carries(self, channel: str) -> bool:
            return channel == "email"

    store.save(Changes(letters=[replace(LETTER, id="p", channel="push", at=NOON - DAY)]))
    clock, mail = Clock(), Mail()
    handover = Handover(store, Routes(mail, {}), clock)
    assert handover.run().delivered == {"Offer": 2}
    (told,) = waiting(store, NOON)
    assert told.reason == "flow.toml names no way out for the channel `push`"
    for _ in range(12):
        clock.now += 6 * HOUR
        handover.run()
    (lost,) = store.letters(["failed"], 9)
    assert lost.reason.endswith("names no way out for the channel `push`")
    assert mail.got == ["l1", "l2"]


def test_who_alone_cannot_reach_a_server_leaves_it_to_the_others(store: Store) -> None:
    """Else it would take letters that others can deliver, over and over, and use up their tries."""
    clock, cut_off = Clock(), Scripted(*["down"] * 999)
    alone, other = Handover(store, cut_off, clock), Handover(store, Scripted(), clock)
    for minute in range(30):
        more(store, 2, f"{minute}.example")
        alone.run()
        other.run()
        clock.now += MINUTE
    assert len(cut_off.got) < 12
    assert alone.run().down == {"the script": "because"}
    assert store.letters(["failed", "unknown"], 9) == []
    cut_off.answers.clear()
    more(store, 9)
    clock.now += LONGEST
    assert sum(alone.run().delivered.values()) >= 9


def test_letters_that_go_another_way_now_wait_for_the_old_one_no_more(store: Store) -> None:
    deliver(store, Scripted(Outcome("", "down", "moved", after=HOUR)))
    other = Scripted()
    other.place = "the new server"
    assert deliver(store, other).delivered == {"Offer": 2}
    assert (behind(store), waiting(store, NOON)) == ({}, [])


def test_what_waits_behind_a_way_says_why(store: Store) -> None:
    deliver(store, Scripted("down", "retry"))
    assert behind(store) == {"email": "because"}
    assert [(one.reason, one.letters, one.first) for one in waiting(store, NOON)] == [
        ("because", 2, NOON + MINUTE)
    ]
    deliver(store, Scripted(), NOON + MINUTE)
    assert (behind(store), waiting(store, NOON + MINUTE)) == ({}, [])


def test_letters_that_were_not_tried_lose_none_of_their_tries(store: Store) -> None:
    more(store, 9)
    clock = Clock()
    handover = Handover(store, Scripted(*["down"] * 4), clock)
    for _ in range(4):
        handover.run()
        clock.now += LONGEST
    tries = {row.letter.id: row.tries for row in store.letters(["queued"], 99)}
    assert sorted(tries.values()) == [0] * 9 + [1, 1], "nor does who tries twice lose two"


def test_one_way_that_is_down_does_not_keep_the_others(store: Store) -> None:
    push, mail = Scripted("down"), Scripted()
    push.place = "push"
    store.save(Changes(letters=[replace(LETTER, id="p", channel="push"), replace(LETTER, id="z")]))
    done = deliver(store, TwoWays(mail, push))
    assert done.delivered == {"Offer": 3}
    assert (mail.got, push.got) == (["l1", "l2", "z"], ["p"])
