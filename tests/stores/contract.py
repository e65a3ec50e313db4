"""What every store must do, whatever database it stands on.

A store passes it with a class that says how to open one:

    class TestSqlite(StoreContract):
        def connect(self, folder: Path) -> Store:
            return open_store("sqlite:///state.db", folder)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from flowlang.contact import Entry, Letter
from flowlang.speech import Text, in_language
from flowlang.stores import Store, StoreError
from flowlang.stores.rows import (
    SKIPPED,
    ArrivalRow,
    Changes,
    ClaimedCode,
    ContactRow,
    HistoryRow,
    LetterFate,
    NoticeRow,
    ProcessRow,
    ProgressRow,
    RunRow,
    SendingRow,
    Stock,
    TrialRow,
    Waiting,
)

NOON = datetime(2026, 12, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = ContactRow("anna", 1, '{"id":"anna"}', "anna@example.com", "Europe/Berlin", NOON, 7, 2, 1)
BEN = ContactRow("ben", 2, '{"id":"ben"}', "ben@example.com", due=NOON, began=3)
CLEO = ContactRow("cleo", 3, '{"id":"cleo"}', "anna@example.com")
HALTED = RunRow("anna", "Shop", "", "halted", "send", "v1", "Offer", 5)
LETTER = Letter(
    "l1", "anna", "Offer", "Shop", NOON, "email", "marketing", "anna@example.com",
    "Für Änne", "Text", "", "Shop <shop@example.com>", "", "https://example.com/u",
    (("early", "A1"),),
)  # fmt: skip


class StoreContract(ABC):
    """The suite."""

    @abstractmethod
    def connect(self, folder: Path) -> Store:
        """The store that belongs to a folder; each time a new connection to the same data."""

    @pytest.fixture(autouse=True)
    def _closes(self) -> Iterator[None]:
        self.opened: list[Store] = []
        yield
        for store in self.opened:
            store.close()

    def open(self, folder: Path) -> Store:
        store = self.connect(folder)
        self.opened.append(store)
        return store

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.open(tmp_path)

    # ------------------------------------------------------------------ contacts

    def test_contacts_come_back_as_they_were_saved(self, store: Store, tmp_path: Path) -> None:
        store.save(Changes(contacts=[CLEO, ANNA, BEN]))
        assert store.contacts(["cleo", "anna", "nobody"]) == [ANNA, CLEO]
        assert self.open(tmp_path).contacts(["ben"]) == [BEN]

    def test_a_contact_is_saved_in_the_place_of_the_one_before(self, store: Store) -> None:
        store.save(Changes(contacts=[ANNA]))
        later = ANNA._replace(state="{}", due=None, began=0, version=2)
        store.save(Changes(contacts=[later]))
        assert store.contacts(["anna"]) == [later]
        assert store.due(NOON, 10) == []

    def test_who_is_due_comes_by_moment_and_then_by_place(self, store: Store) -> None:
        store.save(Changes(contacts=[ANNA, BEN, CLEO._replace(due=NOON - HOUR)]))
        assert [row.id for row in store.due(NOON, 10)] == ["cleo", "ben", "anna"]
        assert [row.id for row in store.due(NOON, 2)] == ["cleo", "ben"]
        assert [row.id for row in store.due(NOON - timedelta(microseconds=1), 9)] == ["cleo"]

    def test_a_walk_meets_each_contact_once_but_the_deleted(self, store: Store) -> None:
        store.save(Changes(contacts=[ANNA, BEN._replace(deleted=True), CLEO]))
        assert [row.id for row in store.walk(0, 1)] == ["anna"]
        assert [row.id for row in store.walk(1, 9)] == ["cleo"]
        assert store.walk(3, 9) == []

    def test_contacts_are_found_by_address_those_made_first_in_front(self, store: Store) -> None:
        store.save(Changes(contacts=[CLEO, ANNA, BEN]))
        assert store.find(["anna@example.com", "x@example.com"]) == {
            "anna@example.com": ["anna", "cleo"]
        }

    def test_an_address_may_be_as_long_as_a_text_can_be(self, store: Store) -> None:
        # A PostgreSQL index that is sorted takes 2,700 bytes, and less after compression only.
        address = "".join(sha256(b"%d" % n).hexdigest() for n in range(200)) + "@example.com"
        store.save(Changes(contacts=[ANNA._replace(email=address)]))
        assert store.find([address, address[:-1]]) == {address: ["anna"]}

    def test_thousands_of_contacts_are_read_at_once(self, store: Store) -> None:
        rows = [ContactRow(f"c{number:05}", number, "{}") for number in range(1, 2501)]
        store.save(Changes(contacts=rows))
        assert store.contacts([row.id for row in rows]) == rows

    # ------------------------------------------------------------------ runs, history, tests

    def test_halted_runs_come_by_how_long_they_have_waited(self, store: Store) -> None:
        first = HALTED._replace(contact="ben", began=2)
        store.save(Changes(runs=[HALTED, first, HALTED._replace(contact="cleo", status="waiting")]))
        assert store.halted("Offer") == [first, HALTED]
        assert store.halted("Offer", 1) == [first]
        assert store.halted("Offer", 9, first.began) == [HALTED]
        assert store.shared().halted == {"Offer": 2}
        store.save(
            Changes(runs=[HALTED._replace(status="finished")], runs_gone=[("ben", "Shop", "")])
        )
        assert store.halted() == []
        assert store.standing() == [("Shop", "finished", "send", 1), ("Shop", "waiting", "send", 1)]

    def test_runs_are_counted_at_the_sends_they_stand_at(self, store: Store) -> None:
        rows = [
            HALTED,
            HALTED._replace(contact="ben", status="held"),
            HALTED._replace(contact="cleo", status="held", message="", step="wait"),
            HALTED._replace(contact="dora", status="waiting"),
            HALTED._replace(contact="emil", status="waiting", message="", step="wait"),
        ]
        store.save(Changes(runs=rows))
        assert store.at_sends() == [
            ("Shop", "", "held", 1),
            ("Shop", "Offer", "halted", 1),
            ("Shop", "Offer", "held", 1),
            ("Shop", "Offer", "waiting", 1),
        ]
        assert store.standing() == [
            ("Shop", "halted", "send", 1),
            ("Shop", "waiting", "send", 2),
            ("Shop", "waiting", "wait", 2),
        ]

    def test_texts_are_sorted_byte_by_byte(self, store: Store) -> None:
        names = ["B", "Z", "a", "a b", "ab", "Ä", "ß", "中", "😀"]
        store.save(Changes(runs=[HALTED._replace(campaign=name) for name in reversed(names)]))
        assert [row[0] for row in store.standing()] == names

    def test_texts_of_the_same_letters_are_not_the_same(self, store: Store) -> None:
        store.save(Changes(contacts=[ANNA, ANNA._replace(id="ANNA", number=2)]))
        assert [row.id for row in store.contacts(["anna"])] == ["anna"]
        assert store.import_codes("early", ["a", "A", "a ", "é", "e\u0301"], NOON) == 5

    def test_a_walk_through_runs_meets_the_contacts_of_a_campaign(self, store: Store) -> None:
        rows = [
            HALTED,
            HALTED._replace(contact="ben", status="held"),
            HALTED._replace(contact="cleo", campaign="Other", status="held"),
        ]
        store.save(Changes(contacts=[ANNA, BEN, CLEO], runs=rows))
        assert store.walk_runs(["Shop"], ["halted", "held"], 0, 9) == [ANNA, BEN]
        assert store.walk_runs(["Shop"], ["halted", "held"], 0, 1) == [ANNA]
        assert store.walk_runs(["Shop", "Other"], ["held"], 2, 9) == [CLEO]

    def test_who_stands_in_a_campaign_is_walked_alike_whether_they_are_few_or_many(
        self, store: Store
    ) -> None:
        crowd = [ANNA._replace(id=f"c{n}", number=n) for n in range(1, 41)]
        crowd[6] = crowd[6]._replace(deleted=True)
        runs = [RunRow(one.id, "Tour", "", "waiting", "s", "v", "", 1) for one in crowd[::2]]
        runs += [RunRow(one.id, "Tour", "", "finished", "", "v", "", 0) for one in crowd[1::2]]
        store.save(Changes(contacts=crowd, runs=runs))
        there = [one.number for one in crowd[::2] if not one.deleted]
        for limit in (1, 2, 3, 50):
            walked: list[int] = []
            while rows := store.walk_runs(["Tour"], ["waiting"], max(walked, default=0), limit):
                walked += [one.number for one in rows]
            assert walked == there

    def test_history_is_kept_in_order_for_each_contact(self, store: Store) -> None:
        entry = Entry(NOON, "anna", "Shop", 1, 'send "Offer"', 12, "sent", "Grüße")
        later = entry._replace(at=NOON + HOUR, what="finished")
        other = entry._replace(contact="ben")
        store.save(Changes(history=[HistoryRow(1, entry), HistoryRow(1, other)]))
        store.save(Changes(history=[HistoryRow(2, later)]))
        assert store.history("anna") == [HistoryRow(1, entry), HistoryRow(2, later)]

    def test_histories_of_many_come_contact_by_contact(self, store: Store) -> None:
        entry = Entry(NOON, "anna", "Shop", 1, 'send "Offer"', 12, "sent", "Grüße")
        later = entry._replace(at=NOON - HOUR, what="finished")
        rows = [HistoryRow(1, entry), HistoryRow(2, later)]
        rows += [HistoryRow(1, entry._replace(contact=f"c{number:04}")) for number in range(1200)]
        store.save(Changes(history=rows))
        assert store.entries(["nobody", "anna", "c0007"]) == [
            entry, later, entry._replace(contact="c0007")
        ]  # fmt: skip
        assert store.entries(["anna"], ["finished", "skipped"]) == [later]
        assert len(store.entries([f"c{number:04}" for number in range(1200)])) == 1200

    def test_an_entry_is_never_written_twice(self, store: Store) -> None:
        row = HistoryRow(1, Entry(NOON, "anna", "", 0, "", 0, "created", ""))
        store.save(Changes(history=[row]))
        with pytest.raises(StoreError):
            store.save(Changes(history=[row]))

    def test_branches_of_tests_are_kept_by_contact(self, store: Store) -> None:
        row = TrialRow("anna", "Shop", "split", "1.1", 0, counted=False)
        store.save(Changes(trials=[row, row._replace(contact="ben")]))
        store.save(Changes(trials=[row._replace(counted=True)]))
        assert store.trials(["anna"]) == [row._replace(counted=True)]

    # ------------------------------------------------------------------ arrivals

    def test_arrivals_come_by_time_and_then_as_they_came(self, store: Store) -> None:
        for at, name in ((NOON, "b"), (NOON - HOUR, "c"), (NOON, "a"), (NOON + HOUR, "d")):
            assert store.append([ArrivalRow(at, "anna", "tag", f'{{"tag":"{name}"}}', name)]) == 1
        assert [row.id for row in store.arrivals("pending", 9, NOON)] == ["c", "b", "a"]
        assert [row.id for row in store.arrivals("pending", 1, NOON)] == ["c"]
        assert store.arrivals("pending", 9)[0].at == NOON - HOUR

    def test_an_id_that_was_seen_is_left_out_also_when_it_was_applied(self, store: Store) -> None:
        row = ArrivalRow(NOON, "anna", "tag", "{}", "e-1")
        assert store.append([row, row]) == 1
        seq = store.arrivals("pending", 9)[0].seq
        store.save(Changes(arrivals=[(seq, "applied", "")]))
        assert store.append([row, row._replace(id=None), row._replace(id=None)]) == 2
        assert len(store.arrivals("pending", 9)) == 2

    def test_a_refused_arrival_is_kept_with_its_reason(self, store: Store) -> None:
        store.append([ArrivalRow(NOON, "nobody", "tag", "{}")])
        seq = store.arrivals("pending", 1)[0].seq
        store.save(Changes(arrivals=[(seq, "refused", "there is no such contact")]))
        assert store.arrivals("pending", 9) == []
        assert store.arrivals("refused", 9)[0].reason == "there is no such contact"

    def test_it_knows_whose_arrivals_wait_and_what_was_imported_last(self, store: Store) -> None:
        for kind, data in (("contact", '{"a":1}'), ("contact", '{"a":2}'), ("tag", "{}")):
            store.append([ArrivalRow(NOON, "anna", kind, data)])
        store.append([ArrivalRow(NOON, "ben", "tag", "{}")])
        assert store.waiting_arrivals(["anna", "ben", "cleo"]) == {"anna": NOON, "ben": None}
        assert store.imported(["anna", "ben"]) == {"anna": '{"a":2}'}

    def test_the_arrivals_of_one_contact_can_be_asked_for(self, store: Store) -> None:
        for at, whose in ((NOON, "anna"), (NOON, "ben"), (NOON - HOUR, "anna")):
            store.append([ArrivalRow(at, whose, "tag", "{}")])
        assert [row.at for row in store.arrivals("pending", 9, contact="anna")] == [
            NOON - HOUR, NOON,
        ]  # fmt: skip
        assert store.arrivals("pending", 9, contact="cleo") == []

    def test_threads_share_a_store_and_each_has_its_own_transaction(self, store: Store) -> None:
        def count(_: int) -> int:
            with store.transaction():
                before = len(store.arrivals("pending", 99))
                store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
                return before

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(count, range(16))) == list(range(16))

    # ------------------------------------------------------------------ what contacts share

    def test_codes_are_given_in_the_order_of_import(self, store: Store) -> None:
        assert store.import_codes("early", ["B", "A", "B"], NOON) == 2
        assert store.import_codes("early", ["A", "C"], NOON) == 1
        assert [code for _, code in store.free_codes("early", 0, 9)] == ["B", "A", "C"]
        after = store.free_codes("early", 0, 1)[0][0]
        assert [code for _, code in store.free_codes("early", after, 1)] == ["A"]
        assert store.shared().stock == {"early": Stock(3, 0)}

    def test_a_code_goes_out_once(self, store: Store) -> None:
        store.import_codes("early", ["A", "B"], NOON)
        claim = ClaimedCode("early", "A", "anna", "Offer", NOON)
        store.save(Changes(codes=[claim]))
        assert store.shared().stock == {"early": Stock(1, 1)}
        again = Changes(
            codes=[claim._replace(contact="ben"), claim._replace(code="B", contact="ben")]
        )
        with pytest.raises(StoreError, match="taken by someone else") as refused:
            store.save(again)
        assert "von jemand anderem vergeben" in in_language(refused.value.args[0], "de")
        assert store.shared().stock == {"early": Stock(1, 1)}

    def test_counters_grow_and_values_are_replaced(self, store: Store) -> None:
        store.save(Changes(counters={"started": 2}, values={"a": "1", "b": "2"}))
        store.save(Changes(counters={"started": 3, "stopped": 1}, values={"a": "3", "b": ""}))
        assert store.shared().counters == {"started": 5, "stopped": 1}
        assert store.shared().values == {"a": "3"}
        assert (store.value("a"), store.value("b")) == ("3", None)
        store.save(Changes(counters={"started": 1}, counters_gone=["started", "none"]))
        assert store.shared().counters == {"started": 1, "stopped": 1}

    def test_processes_and_notices_are_kept(self, store: Store) -> None:
        row = ProcessRow(
            "message send", "Offer", "Shop", "", 0, "halted", None, 3, 0, {"no consent": 2},
            "empty", "", NOON, NOON, None,
        )  # fmt: skip
        notice = NoticeRow(NOON, "inbox", "99 codes left")
        store.save(
            Changes(processes=[row], notices=[notice, notice._replace(text="98 codes left")])
        )
        grown = [ProgressRow(1, "done", 4), ProgressRow(1, f"{SKIPPED}no consent", -1)]
        grown += [ProgressRow(1, "failed", 1), ProgressRow(1, f"{SKIPPED}blocked", 2)]
        store.save(Changes(progress=grown))
        store.save(Changes(processes=[replace(row, number=1, because="")], progress=grown[:1]))
        skipped = {"blocked": 2, "no consent": 1}
        now = replace(row, number=1, because="", done=11, failed=1, skipped=skipped)
        assert store.shared().processes == store.processes() == [now]
        assert [one.text for one in store.notices(9)] == ["99 codes left", "98 codes left"]
        assert [one.text for one in store.notices(1)] == ["98 codes left"]

    def test_a_text_of_a_kind_of_its_own_is_kept_as_a_text(self, store: Store) -> None:
        told = Text("it is paused", {})
        row = ProcessRow(
            "message send", "Offer", "Shop", "", 0, "paused", None, 0, 0, {}, told, "", NOON, NOON,
            None,
        )  # fmt: skip
        store.save(Changes(processes=[row], notices=[NoticeRow(NOON, "inbox", told)]))
        store.save(Changes(processes=[replace(row, number=1)]))
        assert store.processes()[0].because == store.notices(1)[0].text == told

    def test_processes_that_are_over_are_kept_apart(self, store: Store) -> None:
        rows = [
            ProcessRow(
                "message send", "x", by, "", 0, "cancelled", 3, 3, 0, {}, "", "ada", NOON, NOON, end
            )
            for by, end in (("A", NOON), ("B", None))
        ]
        store.save(Changes(processes=rows))
        numbered = [replace(row, number=place) for place, row in enumerate(rows, 1)]
        assert store.processes() == numbered
        assert store.processes(over=False) == numbered[1:]
        known = [(one.type, one.name, one.by, one.key) for one in numbered]
        assert store.processes(among=known[:1]) == numbered[:1]
        assert store.processes(over=False, among=[*known[:2], ("", "", "", "")]) == numbered[1:2]
        assert store.processes(among=[]) == []

    def test_the_robinson_list_is_asked_for_addresses(self, store: Store) -> None:
        assert store.barred(None) == set()
        assert store.import_robinson(["a@example.com", "b@example.com", "a@example.com"]) == 2
        assert store.import_robinson(["b@example.com", "c@example.com"]) == 1
        assert store.barred(["a@example.com", "x@example.com"]) == {"a@example.com"}
        assert len(store.barred(None)) == 1

    def test_the_latest_program_is_kept(self, store: Store) -> None:
        assert store.program() is None
        store.save(Changes(program="one"))
        store.save(Changes(program="two"))
        assert store.program() == "two"
        numbers = (-1, 0, 1, 2, 3)
        assert [store.program(one) for one in numbers] == [None, None, "one", "two", None]

    def test_who_is_under_way_is_counted_by_version_and_step(self, store: Store) -> None:
        runs = [
            RunRow("anna", "Tour", "", "waiting", "s1", "v1", "", 1),
            RunRow("ben", "Tour", "", "held", "s1", "v1", "", 2),
            RunRow("cleo", "Tour", "", "halted", "s1", "v2", "", 3),
            RunRow("dora", "Tour", "", "finished", "", "v1", "", 0),
        ]
        store.save(Changes(runs=runs))
        assert store.under_way() == [("Tour", "v1", "s1", 2), ("Tour", "v2", "s1", 1)]
        store.save(Changes(runs=[RunRow("dora", "Trip", "", "finished", "", "v1", "", 0)]))
        assert store.are_under_way(["Tour", "Trip", "Nowhere"]) == {"Tour"}

    def test_codes_that_are_free_are_counted_up_to_a_limit(self, store: Store) -> None:
        store.import_codes("early", ["A", "B", "C"], NOON)
        store.import_codes("late", ["A"], NOON)
        assert [store.free("early", limit) for limit in (2, 3, 4)] == [2, 3, 3]
        store.save(Changes(codes=[ClaimedCode("early", "A", "anna", "Offer", NOON)]))
        assert store.free("early", 9) == 2
        assert store.free("none", 9) == 0

    # ------------------------------------------------------------------ workers beside each other

    def test_what_nobody_has_at_hand_can_be_claimed(self, store: Store) -> None:
        store.save(Changes(contacts=[ANNA, BEN]))
        store.import_codes("early", ["A", "B"], NOON)
        with store.transaction(beside=True):
            assert store.claim(["anna", "new"]) == {"anna", "new"}
            assert store.claim(["anna", "ben", "new"]) == {"anna", "ben", "new"}
            assert store.claim([]) == set()
            assert store.due(NOON, 9, claim=True) == [BEN, ANNA]
            assert [code for _, code in store.free_codes("early", 0, 9, claim=True)] == ["A", "B"]
        with store.transaction():
            assert store.claim(["anna", "new"]) == {"anna", "new"}

    def test_blocks_of_numbers_never_meet(self, store: Store, tmp_path: Path) -> None:
        for name in ("ticks", "contacts"):
            given = [one.block(name) for one in (store, store, self.open(tmp_path))]
            if store.many:
                assert given == [0, 1_000_000, 2_000_000]
            else:
                assert given == [None, None, None]

    @pytest.mark.parametrize("change", ["arrival", "due", "letter", "program"])
    def test_who_waits_is_woken(self, store: Store, tmp_path: Path, change: str) -> None:
        other, begun = self.open(tmp_path), Event()

        def wait() -> float:
            store.wait(0)  # from here on it counts what others do
            begun.set()
            start = monotonic()
            store.wait(60)
            return monotonic() - start

        with ThreadPoolExecutor(1) as pool:
            waited = pool.submit(wait)
            begun.wait()
            match change:
                case "arrival":
                    other.append([ArrivalRow(NOON, "anna", "tag", "{}")])
                case "due":
                    other.save(Changes(contacts=[ANNA]))
                case "letter":
                    other.save(Changes(letters=[LETTER]))
                case "program":
                    other.save(Changes(program="{}"))
            assert waited.result(60) < 30

    def test_who_waits_for_nothing_goes_on_in_time(self, store: Store) -> None:
        store.wait(0)
        start = monotonic()
        store.wait(0.01)
        assert 0.005 < monotonic() - start < 30

    # ------------------------------------------------------------------ letters

    def test_a_letter_is_claimed_once_and_comes_back_whole(
        self, store: Store, tmp_path: Path
    ) -> None:
        store.save(Changes(letters=[LETTER, replace(LETTER, id="l2", at=NOON + HOUR)]))
        claimed = store.claim_letters(NOON, 9)
        assert [row.letter for row in claimed] == [LETTER]
        assert self.open(tmp_path).claim_letters(NOON, 9) == []
        assert [row.tries for row in store.letters(["handing over"], 9)] == [1]

    def test_what_was_sent_to_contacts_comes_with_what_became_of_it(self, store: Store) -> None:
        later = replace(LETTER, id="l0", at=NOON + HOUR, codes=())
        store.save(Changes(letters=[later, LETTER, replace(LETTER, id="l3", contact="ben")]))
        store.mark_letters([LetterFate("l1", "failed", NOON + HOUR, "550 no such user")])
        first = SendingRow(
            "anna", "Offer", "Shop", NOON, "email", "anna@example.com", (("early", "A1"),),
            "failed", "550 no such user",
        )  # fmt: skip
        queued = first._replace(at=NOON + HOUR, codes=(), status="queued", reason="")
        assert store.sendings(["anna", "nobody"]) == [first, queued]
        pages = list(store.latest_sendings(2))
        assert [len(page) for page in pages] == [2, 1]
        assert [one for page in pages for one in page][1:] == [first, queued]
        assert pages[0][0].contact == "ben"

    def test_a_letter_may_wait_for_another_try(self, store: Store) -> None:
        store.save(Changes(letters=[LETTER]))
        store.claim_letters(NOON, 9)
        store.mark_letters([LetterFate("l1", "queued", NOON + HOUR, "421 later")])
        assert store.claim_letters(NOON, 9) == []
        assert [row.letter.id for row in store.claim_letters(NOON + HOUR, 9)] == ["l1"]
        store.mark_letters([LetterFate("l1", "handed over", NOON + HOUR)])
        assert store.letters(["handed over"], 9)[0].since == NOON + HOUR

    def test_letters_that_wait_for_their_turn_are_released_in_their_order_so_many_at_a_time(
        self, store: Store
    ) -> None:
        waiting = [
            replace(LETTER, id=f"l{one}", at=NOON + timedelta(minutes=one)) for one in range(1, 6)
        ]
        push = replace(LETTER, id="p", channel="push")
        store.save(Changes(letters=[*waiting, push]))
        store.claim_letters(NOON + HOUR, 9)
        turns = [
            LetterFate(name, "queued", NOON + at * HOUR, "its turn", 0, rated=True)
            for name, at in (("l2", 3), ("l4", 2), ("l1", 4), ("p", 2))
        ]
        store.mark_letters([*turns, LetterFate("l3", "queued", NOON + 3 * HOUR, "its turn", 0)])
        now = NOON + HOUR
        assert store.held_letters(now) == [
            Waiting("its turn", 4, NOON + 2 * HOUR, rated=True),
            Waiting("its turn", 1, NOON + 3 * HOUR),
        ]
        assert [store.release_letters("email", now, 2) for _ in range(3)] == [2, 1, 0]
        assert [one.letters for one in store.held_letters(now)] == [1, 1]
        rows = store.claim_letters(now, 9)
        assert [(row.letter.id, row.tries, row.reason) for row in rows] == [
            ("l1", 0, ""), ("l2", 0, ""), ("l4", 0, ""),
        ]  # fmt: skip

    def test_letters_are_claimed_by_channel_and_those_of_several_in_one_order(
        self, store: Store
    ) -> None:
        names = ["email", "push", "", "push", "Ünï", "email"]
        letters = [replace(LETTER, id=f"l{one}", channel=name) for one, name in enumerate(names)]
        later = replace(LETTER, id="later", channel="sms", at=NOON + HOUR)
        store.save(Changes(letters=[*letters, later]))
        assert store.queued_channels(NOON) == sorted(set(names))
        assert store.queued_letters(NOON) == {"": 1, "email": 2, "push": 2, "Ünï": 1}
        claimed = store.claim_letters(NOON, 1, channels=["push"])
        assert [row.letter for row in claimed] == [letters[1]]
        some = store.claim_letters(NOON, 3, channels=["push", "Ünï", "email", "sms"])
        assert [row.letter.id for row in some] == ["l0", "l3", "l4"]
        assert store.claim_letters(NOON, 9, channels=["fax"]) == []
        assert [row.letter.id for row in store.claim_letters(NOON, 9)] == ["l2", "l5"]
        assert store.queued_channels(NOON) == []
        assert store.queued_channels(NOON + HOUR) == ["sms"]
        assert {row.channel for row in store.sendings(["anna"])} == {*names, "sms"}

    def test_letters_are_taken_back_if_they_wait(self, store: Store) -> None:
        store.save(Changes(letters=[LETTER]))
        store.claim_letters(NOON, 9)
        store.mark_letters([LetterFate("l1", "handed over", NOON)])
        store.save(
            Changes(letters=[replace(LETTER, id="l2"), replace(LETTER, id="l3", contact="ben")])
        )
        assert [row.letter.id for row in store.outgoing(["anna", "nobody"])] == ["l2"]
        new = replace(LETTER, id="l4")
        store.save(Changes(letters=[new], taken_back=[("l1", "no"), ("l2", "no"), ("l4", "no")]))
        assert [row.letter.id for row in store.claim_letters(NOON, 9)] == ["l3"]
        assert store.open_letters() == [("Offer", "handing over", 1)]
        store.mark_letters([LetterFate("l3", "unknown", NOON)])
        store.save(Changes(letters=[replace(LETTER, id="l5"), replace(LETTER, id="l6")]))
        assert store.open_letters() == [("Offer", "queued", 2), ("Offer", "unknown", 1)]
        taken = store.letters(["taken back"], 9)
        assert [(row.letter.id, row.reason) for row in taken] == [("l2", "no"), ("l4", "no")]

    def test_what_is_taken_back_while_it_is_handed_over_is_not_queued_again(
        self, store: Store
    ) -> None:
        store.save(Changes(letters=[replace(LETTER, id=f"l{one}") for one in range(4)]))
        store.claim_letters(NOON, 9, "me")
        assert [row.status for row in store.outgoing(["anna"])] == ["handing over"] * 4
        store.save(Changes(taken_back=[(f"l{one}", "no") for one in range(3)]))
        store.save(Changes(taken_back=[("l0", "a later reason")]))
        assert {row.status for row in store.letters(["handing over"], 9)} == {"handing over"}
        came = [LetterFate(f"l{one}", "queued", NOON + HOUR, "421") for one in (0, 3)]
        went = LetterFate("l1", "handed over", NOON)
        lost = LetterFate("l2", "unknown", NOON, "killed")
        back = LetterFate("l0", "taken back", NOON, "no")
        assert store.mark_letters([*came, went, lost], "me") == [back, went, lost, came[1]]
        assert [row.letter.id for row in store.claim_letters(NOON + HOUR, 9)] == ["l3"]

    def test_a_letter_is_marked_by_who_has_claimed_it_or_who_knows_what_became_of_it(
        self, store: Store
    ) -> None:
        letters = [replace(LETTER, id=name, channel=name) for name in "abcd"]
        store.save(Changes(letters=letters))
        for name in "bcd":
            store.claim_letters(NOON, 9, "other", [name])
        store.mark_letters([LetterFate("c", "unknown", NOON), LetterFate("d", "failed", NOON)])
        tried = [LetterFate(name, "queued", NOON, "421") for name in "abcd"]
        assert store.mark_letters(tried, "me") == [tried[2]], "it was thought lost, and did not go"
        refused = [LetterFate(name, "failed", NOON, "550") for name in "abcd"]
        assert [one.id for one in store.mark_letters(refused, "me")] == ["a", "c"]
        assert store.mark_letters(refused[:1], "me") == []
        arrived = [LetterFate(name, "handed over", NOON) for name in "abcd"]
        assert [one.id for one in store.mark_letters(arrived, "me")] == ["b"]
        assert store.mark_letters(tried, "other") == []
        assert store.mark_letters([LetterFate("gone", "queued", NOON)]) == []

    # ------------------------------------------------------------------ all or nothing

    def test_a_transaction_that_fails_leaves_nothing(self, store: Store, tmp_path: Path) -> None:
        def fail() -> None:
            with store.transaction():
                store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
                store.save(Changes(contacts=[ANNA], counters={"started": 1}))
                assert store.contacts(["anna"]) == [ANNA]
                raise RuntimeError("killed")

        with pytest.raises(RuntimeError):
            fail()
        again = self.open(tmp_path)
        assert again.contacts(["anna"]) == []
        assert again.arrivals("pending", 9) == []
        assert again.shared().counters == {}
