from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowlang.intake.events import Arrival, EventRows, parse_event, read_events
from flowlang.intake.problem import Problem
from flowlang.intake.schema import EventSchema
from flowlang.kinds import BUILT_IN_FIELDS, DATE, NUMBER, TEXT, Kind

BERLIN = ZoneInfo("Europe/Berlin")
KNOWN = EventSchema(
    fields={**BUILT_IN_FIELDS, "score": NUMBER, "birthday": DATE},
    records={"qualification": {"name": TEXT, "expires": DATE}},
    groups=frozenset({"Newsletter"}),
    channels=frozenset({"email", "sms"}),
    events={
        "purchase": {
            "total": NUMBER,
            "items": Kind("list", row={"sku": TEXT, "price": NUMBER}),
        },
        "back_in_stock": {"sku": TEXT},
    },
    without_contact=frozenset({"back_in_stock"}),
    coupons=frozenset({"early-bird"}),
    messages=frozenset({"Offer"}),
)
AT = "2026-01-01T10:00:00Z"
MOMENT = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)


def parse(**keys: object) -> Arrival | Problem:
    return parse_event({"at": AT, **keys}, KNOWN, BERLIN)


def of_contact(kind: str, **keys: object) -> Arrival | Problem:
    return parse(type=kind, contact="c1", **keys)


def taken(found: Arrival | Problem) -> dict[str, Any]:
    assert isinstance(found, Arrival), found
    assert found.at == MOMENT
    return found.data


def refusal(found: Arrival | Problem) -> str:
    assert isinstance(found, Problem), found
    assert found.left_out
    assert found.severity == "error"
    return found.message


def read(*lines: object, now: datetime | None = None) -> EventRows:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    found = read_events(text.encode(), KNOWN, BERLIN, now=now)
    assert found.read == found.taken + found.left_out
    return found


@pytest.mark.parametrize(
    ("kind", "keys", "data"),
    [
        ("tag", {"tag": "signup"}, {"tag": "signup"}),
        ("untag", {"tag": "signup"}, {"tag": "signup"}),
        ("set", {"field": "score", "value": "60"}, {"field": "score", "value": 60}),
        ("set", {"field": "score", "value": None}, {"field": "score", "value": None}),
        (
            "set",
            {"field": "birthday", "value": "24.12.1990"},
            {"field": "birthday", "value": date(1990, 12, 24)},
        ),
        ("clear", {"field": "score"}, {"field": "score"}),
        (
            "event",
            {"name": "purchase", "data": {"total": 99, "items": [{"sku": "A", "price": "3,5"}]}},
            {"name": "purchase", "data": {"total": 99, "items": [{"sku": "A", "price": 3.5}]}},
        ),
        ("event", {"name": "purchase"}, {"name": "purchase", "data": {}}),
        ("grant", {"channel": "email"}, {"channel": "email"}),
        ("withdraw", {"channel": "sms"}, {"channel": "sms"}),
        ("join", {"group": "Newsletter"}, {"group": "Newsletter"}),
        ("leave", {"group": "Newsletter"}, {"group": "Newsletter"}),
        ("block", {}, {}),
        ("unblock", {}, {}),
        ("delete", {}, {}),
        ("opened", {"message": "Offer"}, {"message": "Offer"}),
        ("clicked", {"message": "Offer"}, {"message": "Offer", "link": None}),
        (
            "clicked",
            {"message": "Offer", "link": "https://x"},
            {"message": "Offer", "link": "https://x"},
        ),
        ("bounced", {}, {"message": None, "channel": "email", "address": None}),
        (
            "complained",
            {"message": "Offer", "address": "old@b.de"},
            {"message": "Offer", "channel": "email", "address": "old@b.de"},
        ),
        ("unsubscribed", {"channel": "sms"}, {"message": None, "channel": "sms", "address": None}),
        (
            "record",
            {
                "record": "qualification",
                "do": "add",
                "values": {"name": "TÜV", "expires": "2027-01-01"},
            },
            {
                "record": "qualification",
                "do": "add",
                "values": {"name": "TÜV", "expires": date(2027, 1, 1)},
                "where": {},
            },
        ),
        (
            "record",
            {"record": "qualification", "do": "remove", "where": {"expires": "2027-01-01"}},
            {
                "record": "qualification",
                "do": "remove",
                "values": {},
                "where": {"expires": date(2027, 1, 1)},
            },
        ),
    ],
)
def test_each_type_gives_its_keys_as_typed_values(
    kind: str, keys: dict[str, object], data: dict[str, object]
) -> None:
    assert taken(of_contact(kind, **keys)) == data


def test_coupons_and_resume_are_about_no_contact() -> None:
    found = parse(type="import coupons", list="early-bird", codes=["A1", " A2 ", "A1"])
    assert taken(found) == {"list": "early-bird", "codes": ("A1", "A2")}
    assert taken(parse(type="resume", message="Offer")) == {"message": "Offer"}
    assert "`contact` does not belong" in refusal(of_contact("resume", message="Offer"))


def test_a_contact_is_given_by_fields_beside_or_inside_with_its_parts() -> None:
    beside = of_contact(
        "contact", email="a@b.de", score="3", tags=["x"], consent="marketing by sms"
    )
    inside = of_contact(
        "contact",
        fields={"email": "a@b.de", "score": 3},
        tags="x",
        consent={"sms": True},
        records={"qualification": [{"name": "TÜV"}]},
    )
    assert taken(beside) == {
        "fields": {"email": "a@b.de", "score": 3},
        "tags": ("x",),
        "groups": (),
        "consent": {"sms": True},
        "blocked": None,
        "records": {},
    }
    assert taken(inside) == taken(beside) | {"records": {"qualification": [{"name": "TÜV"}]}}


def test_an_event_about_a_thing_needs_no_contact_and_others_do() -> None:
    found = parse(type="event", name="back_in_stock", data={"sku": "A"})
    assert isinstance(found, Arrival)
    assert found.contact is None
    assert refusal(parse(type="event", name="purchase")) == "`contact` is missing"


def test_the_id_of_an_event_and_a_counted_contact_are_kept_as_text() -> None:
    found = parse(type="block", contact=17, id="e-1")
    assert isinstance(found, Arrival)
    assert (found.contact, found.id) == ("17", "e-1")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "`type` is missing"),
        ({"type": "tagg"}, "there is no type `tagg` (did you mean `tag`?)"),
        ({"type": ["tag"]}, "there is no type"),
        ({"type": "tag", "contact": "c1"}, "`tag` is missing"),
        ({"type": "tag", "tag": "x"}, "`contact` is missing"),
        (
            {"type": "tag", "contact": "c1", "tags": "x"},
            "`tags` does not belong to `tag` (did you mean `tag`?)",
        ),
        ({"type": "tag", "contact": "c1", "tag": 5}, "`tag`: expected text"),
        ({"type": "tag", "contact": "c1", "tag": ""}, "`tag`: it is empty"),
        (
            {"type": "tag", "contact": "c1", "tag": "x", "id": "x" * 10_000},
            "`id`: it is longer than 200 characters",
        ),
        (
            {"type": "tag", "contact": "c1", "tag": "x" * 201},
            "`tag`: it is longer than 200 characters",
        ),
        ({"type": "tag", "contact": True, "tag": "x"}, "`contact`: expected text"),
        ({"type": "set", "contact": "c1", "field": "scor", "value": 1}, "did you mean `score`?"),
        (
            {"type": "set", "contact": "c1", "field": "score", "value": "x"},
            "`score`: expected a number",
        ),
        ({"type": "set", "contact": "c1", "field": "score"}, "`value` is missing"),
        (
            {"type": "set", "contact": "c1", "field": "id", "value": "x"},
            "id of a contact cannot be changed",
        ),
        ({"type": "event", "contact": "c1", "name": "purchas"}, "did you mean `purchase`?"),
        (
            {"type": "event", "contact": "c1", "name": "purchase", "data": {"totl": 1}},
            "did you mean `total`?",
        ),
        (
            {"type": "event", "contact": "c1", "name": "purchase", "data": {"total": "x"}},
            "`total`: expected a number",
        ),
        (
            {"type": "event", "contact": "c1", "name": "purchase", "data": [1]},
            "`data`: expected an object",
        ),
        ({"type": "import coupons", "list": "early", "codes": ["A"]}, "did you mean `early-bird`?"),
        ({"type": "import coupons", "list": "early-bird", "codes": []}, "`codes`: it is empty"),
        (
            {"type": "import coupons", "list": "early-bird", "codes": [1]},
            "`codes.0`: expected text",
        ),
        ({"type": "import coupons", "list": "early-bird", "codes": ["A\n1"]}, "control characters"),
        ({"type": "import coupons", "codes": ["A"]}, "`list` is missing"),
        ({"type": "opened", "contact": "c1", "message": "Ofer"}, "did you mean `Offer`?"),
        ({"type": "grant", "contact": "c1", "channel": "mail"}, "did you mean `email`?"),
        ({"type": "join", "contact": "c1", "group": "News letter"}, "did you mean `Newsletter`?"),
        (
            {"type": "record", "contact": "c1", "record": "qualification", "do": "put"},
            "expected one of",
        ),
        (
            {"type": "record", "contact": "c1", "record": "qualification", "do": "remove"},
            "`where` is missing",
        ),
        (
            {
                "type": "record",
                "contact": "c1",
                "record": "qualification",
                "do": "add",
                "values": {},
                "where": {},
            },
            "`where` does not belong",
        ),
        ({"type": "contact", "contact": "c1", "scor": 1}, "did you mean `score`?"),
        ({"type": "contact", "contact": "c1", "score": "x"}, "`score`: expected a number"),
        ({"type": "contact", "contact": "c1", "score": 1, "fields": {"score": 2}}, "given twice"),
        (
            {"type": "contact", "contact": "c1", "consent": "yes"},
            "`consent`: expected consent such as",
        ),
        (
            {"type": "contact", "contact": "c1", "groups": ["Newsletter", "News letter"]},
            "there is no group `News letter` (did you mean `Newsletter`?)",
        ),
        ({"type": "contact", "email": "a@b.de"}, "`contact` is missing"),
        (
            {"type": "set", "contact": "c1", "field": "email", "value": f"{'x' * 250}@b.de"},
            "`email`: an e-mail address has 254 bytes at most",
        ),
    ],
)
def test_what_is_wrong_with_an_event_is_told_in_one_sentence(
    keys: dict[str, object], says: str
) -> None:
    message = refusal(parse(**keys))
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-01-01T10:00:00Z", MOMENT),
        ("2026-01-01T12:00:00+02:00", MOMENT),
        ("2026-01-01 11:00", MOMENT),
        ("2026-01-01T11:00:00.000", MOMENT),
    ],
)
def test_a_time_without_an_offset_is_in_the_workspaces_zone(at: str, moment: datetime) -> None:
    found = parse_event({"at": at, "type": "block", "contact": "c1"}, KNOWN, BERLIN)
    assert isinstance(found, Arrival)
    assert found.at == moment
    assert found.at.tzinfo is UTC


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01", 5, True, "0001-01-01", []])
def test_a_bad_time_is_refused(at: object) -> None:
    message = refusal(parse_event({"at": at, "type": "block", "contact": "c1"}, KNOWN, BERLIN))
    assert message.startswith("`at`: expected a")


@pytest.mark.parametrize("at", ["1899-12-31", "2201-01-02", "9999-12-31"])
def test_a_time_beyond_the_clock_is_refused_with_the_years_there_are(at: str) -> None:
    message = refusal(parse_event({"at": at, "type": "block", "contact": "c1"}, KNOWN, BERLIN))
    assert message == f'`at`: a moment lies between 1900 and 2200, got "{at}"'


def test_a_missing_time_is_now_where_the_caller_says_so_and_else_refused() -> None:
    event = {"type": "block", "contact": "c1"}
    assert refusal(parse_event(event, KNOWN, BERLIN)) == "`at` is missing"
    found = parse_event(event, KNOWN, BERLIN, now=MOMENT)
    assert isinstance(found, Arrival)
    assert found.at == MOMENT


def test_good_lines_are_taken_in_order_and_bad_ones_named_by_line() -> None:
    found = read(
        {"at": AT, "type": "block", "contact": "a"},
        "",
        "{broken",
        {"at": AT, "type": "blok", "contact": "a"},
        {"at": AT, "type": "unblock", "contact": "a"},
    )
    assert [(event.line, event.type) for event in found.arrivals] == [(1, "block"), (5, "unblock")]
    assert [problem.line for problem in found.problems] == [3, 4]
    assert found.headline == "events: 4 events read, 2 taken, 2 left out"


def test_an_event_too_large_or_too_deep_is_refused_from_a_file_and_as_an_object() -> None:
    large = {"at": AT, "type": "tag", "contact": "c1", "tag": "x" * 300_000}
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    nested = {"at": AT, "type": "tag", "contact": "c1", "tag": deep}
    assert ["256 KB" in problem.message for problem in read(large).problems] == [True]
    assert "256 KB" in refusal(parse_event(large, KNOWN, BERLIN))
    assert ["32 levels" in problem.message for problem in read(nested).problems] == [True]
    assert "32 levels" in refusal(parse_event(nested, KNOWN, BERLIN))


def test_what_no_store_can_hold_is_refused_before_it_gets_there() -> None:
    assert "surrogate" in refusal(of_contact("tag", tag="\ud800"))
    assert "NUL" in refusal(of_contact("tag", tag="a\x00"))
    assert "digits" in refusal(of_contact("set", field="score", value=10**50))
    assert "not finite" in refusal(of_contact("set", field="score", value=float("nan")))


def test_a_file_without_any_event_says_so() -> None:
    assert [problem.message for problem in read("[]").problems] == [
        "there is no event in this file"
    ]
    assert [problem.message for problem in read("").problems] == ["the file is empty"]


@given(st.binary(max_size=300))
@example(b"\xff\xfe{\x00}\x00")
@example(b'{"type": "tag", "contact": {}}')
def test_no_bytes_break_the_reading(data: bytes) -> None:
    found = read_events(data, KNOWN, BERLIN)
    assert found.read == found.taken + found.left_out
    assert found.taken or found.problems


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["at", "id", "contact", "tag", "field", "value", "name", "data", "list", "codes", "message",
     "channel", "group", "record", "do", "values", "where", "link", "fields", "tags", "consent"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["tag", "set", "clear", "event", "import coupons", "resume", "grant", "join", "delete",
     "contact", "record", "opened", "clicked", "bounced"]
)  # fmt: skip
WORDS = st.sampled_from(["c1", "score", "purchase", "early-bird", "Offer", "email", "add", AT])


@given(KINDS, st.dictionaries(KEYS, st.one_of(WORDS, JSON)))
def test_no_object_breaks_the_reading(kind: str, keys: dict[str, object]) -> None:
    found = parse_event({"contact": "c1", **keys, "type": kind}, KNOWN, BERLIN, now=MOMENT)
    assert isinstance(found, (Arrival, Problem))


def test_an_unhashable_or_foreign_object_is_refused_not_raised() -> None:
    assert "expected an object" in refusal(parse_event([1], KNOWN, BERLIN))
    assert "JSON does not have" in refusal(parse_event({"type": {1}}, KNOWN, BERLIN))


def test_ids_and_names_are_compared_with_case_and_without_how_their_letters_are_made() -> None:
    found = parse(type="tag", contact=" cafe\u0301 ", tag="A\u0308", id=" E-1")
    assert isinstance(found, Arrival)
    assert (found.contact, found.data, found.id) == ("caf\xe9", {"tag": "\xc4"}, "E-1")
    assert refusal(parse(type="tag", contact="c1", tag="x", id=" " * 300)).startswith("`id`: ")


def test_an_event_that_says_something_twice_is_left_out() -> None:
    found = read(
        '{"at": "2026-01-01", "type": "tag", "contact": "c1", "contact": "c2", "tag": "x"}',
        {"at": AT, "type": "tag", "contact": "c1", "tag": "x"},
    )
    assert [one.line for one in found.arrivals] == [2]
    assert [one.message for one in found.problems] == ["the key `contact` is there twice"]


def test_of_codes_that_are_sent_the_one_that_is_wrong_is_named() -> None:
    said = refusal(parse(type="import coupons", list="early-bird", codes=["A", "B\x07"]))
    assert said == "`codes.2`: the code holds control characters"
