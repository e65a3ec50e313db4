"""What the reports say of a store that the engine has filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from syrupy.assertion import SnapshotAssertion

from flowlang.delivery.delivery import Status
from flowlang.engine.simulate import Simulation
from flowlang.figures import reports, summary
from flowlang.figures.source import Source
from flowlang.intake.events import Arrival
from flowlang.steps.jobs import REPORTS
from flowlang.stores.writing import SqlStore
from flowlang.web.metrics import Metrics
from flowlang.web.service import Service
from tests.figures.shop import DAY, HOUR, SHOP, START, STORY, Came, Shop, came, person


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = Shop(tmp_path)
    found.run(STORY, 40)
    return found


def test_the_language_knows_the_reports_that_there_are() -> None:
    assert sorted(REPORTS) == list(REPORTS) == sorted(reports())


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_as_people_read_it(shop: Shop, name: str, snapshot: SnapshotAssertion) -> None:
    assert shop.text_of(name) == snapshot


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_says_the_same_in_every_format(shop: Shop, name: str) -> None:
    rows = shop.rows(name)
    lines = [json.loads(line) for line in shop.text_of(name, "jsonl").splitlines()]
    whole = json.loads(shop.text_of(name, "json"))
    assert lines == whole["rows"] == rows
    assert rows
    assert whole["columns"] == list(rows[0])
    head, *cells = shop.text_of(name, "csv").splitlines()
    assert head.split(",") == list(rows[0])
    assert len(cells) == len(rows)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_on_an_empty_store(tmp_path: Path, name: str) -> None:
    empty = Shop(tmp_path)
    for form in ("text", "csv", "jsonl", "json"):
        empty.text_of(name, form)
    numbers = [value for row in empty.rows(name) for value in row.values() if value]
    assert [value for value in numbers if isinstance(value, int)] == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_summary_is_one_line(name: str) -> None:
    assert 20 < len(summary(reports()[name])) < 110


# ---------------------------------------------------------------------- statistics


def by_message(shop: Shop, source: Source | None = None) -> dict[str, dict[str, Any]]:
    return {row["message"]: row for row in shop.rows("messages", source)}


def test_reactions_count_once_for_each_send(shop: Shop) -> None:
    offer = by_message(shop)["Offer"]
    assert (offer["sent"], offer["opened"], offer["clicked"]) == (2, 1, 1)
    assert (offer["complained"], offer["unsubscribed"]) == (1, 1)
    assert offer["opened %"] == 50
    hello = by_message(shop)["Hello"]
    assert (hello["sent"], hello["bounced"], hello["bounced %"]) == (4, 1, 25)


def test_another_copy_of_a_message_counts_again(shop: Shop) -> None:
    shop.run(
        [
            came(15 * 24, "anna", "tag", tag="go again"),
            came(15 * 24 + 1, "anna", "opened", message="Hello"),
            came(15 * 24 + 2, "ben", "tag", tag="go again"),
            came(15 * 24 + 3, "ben", "bounced", message="Hello", address="x@example.com"),
        ],
        15 * 24 + 4,
    )
    hello = by_message(shop)["Hello"]
    assert (hello["opened"], hello["bounced"]) == (1, 1)
    assert [row["round"] for row in shop.rows("history") if "round 2" in row["what"]] == [2, 2]
    # Ben's address bounced, so he had no second copy: what came back is of the first one still.
    assert hello["sent"] == 5


def test_what_names_no_message_is_counted_for_itself(shop: Shop) -> None:
    assert by_message(shop)[""]["unsubscribed"] == 1
    assert list(by_message(shop)) == ["Hello", "Offer", "To the shop", ""]


def test_a_letter_that_was_refused_is_failed_and_not_sent(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.run(STORY[:4], 40, "anna@example.com")
    hello = by_message(shop)["Hello"]
    assert (hello["sent"], hello["failed"]) == (2, 1)
    failed = [row for row in shop.rows("sends") if row["outcome"] == "failed"]
    assert [(row["contact"], row["message"], row["reason"]) for row in failed] == [
        ("anna", "Hello", "550 no such user"),
        ("anna", "Offer", "550 no such user"),
    ]


@pytest.mark.parametrize("status", ["retry", "unknown"])
def test_what_waits_and_what_nobody_knows_of_is_not_sent(tmp_path: Path, status: Status) -> None:
    shop = Shop(tmp_path)
    shop.run(STORY[:4], 40)
    shop.others = status
    shop.run([person("finn", "go", hours=41), person("gil", "go", hours=41)], 42)
    for source in (None, shop.source(START - DAY, START + 99 * DAY)):
        [hello] = [row for row in shop.rows("messages", source) if row["message"] == "Hello"]
        counts = [hello[name] for name in ("sent", "queued", "unknown", "failed")]
        assert counts == ([3, 2, 0, 0] if status == "retry" else [3, 0, 2, 0])


def test_counted_one_by_one_a_span_of_all_time_says_the_same(shop: Shop) -> None:
    always = shop.source(START - DAY, START + 99 * DAY)
    assert shop.rows("messages", always) == [row for row in shop.rows("messages") if row["message"]]


def test_a_span_of_time_begins_at_its_first_moment_and_ends_before_its_last(shop: Shop) -> None:
    sends = shop.rows("sends")
    moments = sorted({row["at"] for row in sends})
    assert moments == ["2026-11-20T09:00:00Z", "2026-11-21T09:00:00Z"]
    first, second = shop.source(START, START + DAY), shop.source(START + DAY, START + 2 * DAY)
    assert [row for row in sends if row["at"] == moments[0]] == shop.rows("sends", first)
    assert [row for row in sends if row["at"] == moments[1]] == shop.rows("sends", second)
    assert [row["sent"] for row in shop.rows("messages", second)] == [0, 2, 0]
    assert len(shop.rows("history", first)) + len(shop.rows("history", second)) == len(
        shop.rows("history")
    )


def test_a_skipped_send_says_why_and_of_which_message(shop: Shop) -> None:
    skipped = [row for row in shop.rows("sends") if row["outcome"] == "skipped"]
    assert [(row["contact"], row["message"], row["channel"], row["reason"]) for row in skipped] == [
        ("ben", "Offer", "email", "no consent"),
        ("dora", "To the shop", "email", "missing value: first_name"),
    ]
    assert by_message(shop)["Offer"]["skipped because"] == {"no consent": 1}


def test_a_name_with_quotes_in_it_is_found_in_the_step_that_skipped_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, SHOP.replace('"Offer"\n', '"5 \\" off \\\\ =1"\n'))
    anna = person("anna", "go", first_name="Anna")
    shop.run([anna, came(1, "anna", "withdraw", channel="email")], 40)
    assert [row["message"] for row in shop.rows("sends") if row["outcome"] == "skipped"] == [
        '5 " off \\ =1'
    ]


def test_a_copy_to_another_address_has_no_reactions(shop: Shop) -> None:
    elsewhere = [row for row in shop.rows("sends") if row["address"] == "shop@example.com"]
    assert {row["message"] for row in elsewhere} == {"To the shop"}
    assert {(row["opened"], row["clicked"]) for row in elsewhere} == {(None, None)}


def test_codes_and_the_text_in_place_of_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.run([*STORY[:5], came(0, "ben", "grant", channel="email")], 40)
    assert sorted(row["codes"] for row in shop.rows("sends") if row["codes"]) == [
        ["A1"], ["A2"], ["WELCOME5"], ["WELCOME5"]
    ]  # fmt: skip
    assert shop.rows("coupons") == [
        {"list": "early", "imported": 2, "used": 2, "free": 0, "text instead": 2}
    ]


# ---------------------------------------------------------------------- the same as a simulation


def simulated(shop: Shop, story: list[Came], hours: float) -> Simulation:
    """The same story without a store."""
    found = Simulation(shop.program, START, START + hours * HOUR)
    arrivals = [
        Arrival(at, who, kind, data, line=number)
        for number, (at, who, kind, data) in enumerate(story)
    ]
    found.run((), {}, arrivals)
    assert found.refused == []
    return found


@pytest.mark.parametrize("hours", [0, 1, 25, 40, 24 * 15])
def test_campaigns_and_messages_count_what_a_simulation_counts(
    tmp_path: Path, hours: float
) -> None:
    shop = Shop(tmp_path)
    story = [*STORY, came(26, "anna", "tag", tag="more"), came(39, "cleo", "delete")]
    story = [one for one in story if one[0] <= START + hours * HOUR]
    shop.run(story, hours)
    counts = simulated(shop, story, hours).counts()
    campaigns = shop.rows("campaigns")
    assert {row["campaign"]: row for row in campaigns} == {
        name: {"campaign": name, **row, "measured": {"Bought": int(hours > 29)}}
        for name, row in counts["campaigns"].items()
    }
    messages = by_message(shop)
    assert counts["sent"] == {name: row["sent"] for name, row in messages.items() if row["sent"]}
    assert counts["skipped"] == {
        name: row["skipped because"] for name, row in messages.items() if row["skipped"]
    }


def test_a_run_whose_contact_was_deleted_has_stopped(shop: Shop) -> None:
    shop.run([came(12 * 24, "anna", "delete"), came(12 * 24, "ben", "delete")], 12 * 24)
    (row,) = shop.rows("campaigns")
    assert (row["started"], row["stopped"], row["waiting for restart"]) == (4, 3, 1)


def test_who_was_deleted_is_in_no_report_but_in_the_counts(shop: Shop) -> None:
    shop.run([came(41, "anna", "delete")], 42)
    for name in ("contacts", "history", "sends"):
        assert "anna" not in shop.text_of(name, "csv")
    assert by_message(shop)["Offer"]["sent"] == 2


def test_who_comes_back_after_a_deletion_has_no_reactions_of_before(shop: Shop) -> None:
    shop.run([came(41, "anna", "delete"), person("anna", hours=42)], 43)
    assert [row["id"] for row in shop.rows("contacts")].count("anna") == 1
    assert {row["opened"] for row in shop.rows("sends") if row["contact"] == "anna"} == {None}


def test_who_was_merged_into_another_brings_along_what_was_sent(shop: Shop) -> None:
    shop.run([came(41, "anna", "merge", into="emil")], 42)
    offers = [row for row in shop.rows("sends") if row["message"] == "Offer"]
    assert [(row["contact"], row["address"], row["opened"]) for row in offers] == [
        ("ben", "", None),
        ("cleo", "cleo@example.com", None),
        ("emil", "anna@example.com", "2026-11-21T11:00:00Z"),
    ]


def test_counters_and_a_count_of_all_sends_agree_after_contacts_were_merged(shop: Shop) -> None:
    """Ben has skipped one and bounced, Dora is merged into him, and he into Emil."""
    merges = [came(41, "dora", "merge", into="ben"), came(42, "ben", "merge", into="emil")]
    shop.run([person("fred", "go", hours=40), *merges], 43, "fred@example.com")
    shop.run([came(44, "fred", "merge", into="emil")], 45)
    counted = by_message(shop)
    assert counted["Hello"]["failed"] == 1
    assert counted["Offer"]["skipped"] == 1
    del counted[""]  # what names no message is of no send
    assert by_message(shop, shop.source(since=START)) == counted
    assert {row["contact"] for row in shop.rows("sends")} == {"anna", "cleo", "emil"}


def test_report_process_and_metric_agree_whatever_became_of_the_contacts(tmp_path: Path) -> None:
    group_send = '\nautomation "News"\n  every day at 12:00\n  send "Hello" to everyone\n'
    shop = Shop(tmp_path, SHOP + group_send)
    gone = [came(91, "anna", "delete"), came(92, "cleo", "merge", into="ben")]
    shop.run([*STORY, *gone, person("fred", "go", hours=93)], 94)
    (row,) = shop.rows("campaigns")
    assert row["started"] == 5
    (process,) = (one for one in shop.rows("processes") if one["type"] == "campaign")
    assert (process["of"], process["waiting"]) == (row["started"], row["waiting"] + row["halted"])
    assert process["done"] == row["finished"] + row["stopped"] + row["waiting for restart"]
    served = Service(shop.program, shop.store, lambda: START, print, clock=lambda: 0.0)
    text = Metrics(served).text().decode()
    for status in ("finished", "waiting", "halted", "waiting for restart", "stopped"):
        assert f'flow_runs{{campaign="Main",status="{status}"}} {row[status]}.0\n' in text
    sends = [one for one in shop.rows("processes") if one["type"] == "group send"]
    through = sum(one["done"] + one["skipped"] for one in sends)
    news = r"send \"Hello\" by the automation \"News\""
    assert f'flow_runs{{campaign="{news}",status="finished"}} {through}.0\n' in text
    assert len(sends) == 4


# ---------------------------------------------------------------------- effort


def statements(shop: Shop, name: str) -> int:
    """How many statements a report takes."""
    assert isinstance(shop.store, SqlStore)
    taken: list[str] = []

    def note(*arguments: object) -> None:
        taken.append(str(arguments[2]))

    sa.event.listen(shop.store.engine, "before_cursor_execute", note)
    shop.text_of(name, "csv")
    sa.event.remove(shop.store.engine, "before_cursor_execute", note)
    return len(taken)


@pytest.mark.parametrize("name", REPORTS)
def test_ten_times_as_many_contacts_take_no_more_statements(tmp_path: Path, name: str) -> None:
    taken = []
    for count in (9, 90):
        shop = Shop(tmp_path / str(count))
        shop.run([person(f"p{number}", "go") for number in range(count)], 30)
        assert len(shop.rows("contacts")) == count
        taken.append(statements(shop, name))
    assert taken[0] == taken[1]


def test_contacts_come_in_batches(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.run([person(f"p{number}") for number in range(250)], 1)
    batches = list(reports()["contacts"].rows(shop.source()))
    assert [len(batch) for batch in batches] == [100, 100, 50]


def test_a_german_reads_numbers_and_group_sends_in_german_and_a_program_does_not(
    tmp_path: Path,
) -> None:
    group_send = '\nautomation "Noon"\n  every day at 12:30\n  send "Hello" to everyone\n'
    shop = Shop(tmp_path, f"# language: en\n{SHOP}{group_send}", language="de")
    shop.run([person("anna", first_name="Anna", score=1234.5)], 4)
    for name in ("sends", "history"):
        text = shop.text_of(name, language="de")
        assert 'Gruppensendung "Hello" der Automation "Noon"' in text
        assert {row["campaign"] for row in shop.rows(name)} >= {
            'send "Hello" by the automation "Noon"'
        }
    assert "1.234,5" in shop.text_of("contacts", language="de")
    assert "1234.5" in shop.text_of("contacts", "csv")
