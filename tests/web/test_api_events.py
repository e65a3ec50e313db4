"""Events over HTTP: one, a batch, JSON Lines; judged one by one, taken once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flowlang.web.service import Limits
from tests.web.client import Client, asking

TAG = {"type": "tag", "contact": "c1", "tag": "offer"}
PURCHASE = {
    "type": "event", "contact": "c2", "name": "purchase", "data": {"total": 99}, "id": "e-1",
}  # fmt: skip


def test_an_event_that_is_taken_waits_and_the_engine_applies_it(client: Client) -> None:
    taken = client.post("/events", TAG)
    assert (taken["taken"], taken["known"], taken["refused"]) == (1, 0, 0)
    assert taken["results"] == [{"index": 0, "line": None, "status": "taken", "reason": None}]
    assert client.site.waiting() == 1
    client.site.run()
    assert ("tagged", "offer") in client.site.history()


def test_an_event_with_an_id_that_was_seen_changes_nothing(client: Client) -> None:
    assert client.post("/events", PURCHASE)["taken"] == 1
    assert client.post("/events", PURCHASE)["known"] == 1
    client.site.run()
    again = client.post("/events", PURCHASE)
    assert again["results"][0]["status"] == "known"
    client.site.run()
    assert client.site.history("c2").count(("event", "purchase")) == 1


def test_what_was_taken_stays_known_when_its_contact_is_gone(client: Client) -> None:
    client.post("/events", PURCHASE)
    client.delete("/contacts/c2")
    client.site.run()
    assert client.post("/events", PURCHASE)["known"] == 1


def test_ten_requests_at_once_with_one_id_make_one_event(client: Client) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: client.post("/events", PURCHASE), range(10)))
    assert sorted(one["results"][0]["status"] for one in answers) == ["known"] * 9 + ["taken"]
    assert client.site.waiting() == 1


def test_of_a_batch_the_good_ones_are_taken_and_each_bad_one_says_why(client: Client) -> None:
    batch = [
        TAG, {"type": "tag", "contact": "c9", "tag": "x"}, PURCHASE, PURCHASE, 7,
        {"type": "tg", "contact": "c1"},
        {"type": "set", "contact": "c1", "field": "scor", "value": 1},
    ]  # fmt: skip
    taken = client.post("/events", batch)
    assert (taken["taken"], taken["known"], taken["refused"]) == (2, 1, 4)
    assert [one["status"] for one in taken["results"]] == [
        "taken", "refused", "taken", "known", "refused", "refused", "refused",
    ]  # fmt: skip
    reasons = [one["reason"] for one in taken["results"] if one["reason"]]
    assert reasons[0] == 'there is no contact "c9"'
    assert reasons[1] == "expected an object in { }"
    assert "did you mean `tag`" in reasons[2]
    assert "did you mean `score`" in reasons[3]
    assert client.site.waiting() == 2


def test_a_batch_in_json_lines_tells_the_line_of_each(client: Client) -> None:
    body = f"{json.dumps(TAG)}\n\nno json\r\n{json.dumps(PURCHASE)}\n"
    taken = client.post("/events", body, media="application/x-ndjson")
    assert [(one["index"], one["line"], one["status"]) for one in taken["results"]] == [
        (0, 1, "taken"), (1, 3, "refused"), (2, 4, "taken"),
    ]  # fmt: skip


def test_a_refused_event_leaves_its_id_to_the_one_that_is_right(client: Client) -> None:
    wrong = PURCHASE | {"contact": "c9"}
    taken = client.post("/events", [wrong, PURCHASE])
    assert [one["status"] for one in taken["results"]] == ["refused", "taken"]


def test_events_of_a_contact_that_the_same_batch_makes_are_taken(client: Client) -> None:
    made = {"type": "contact", "contact": "c3", "fields": {"email": "cora@example.com"}}
    assert client.post("/events", [made, TAG | {"contact": "c3"}])["taken"] == 2
    client.site.run()
    assert ("tagged", "offer") in client.site.history("c3")


def test_a_merge_waits_for_the_contacts_that_it_is_about(client: Client) -> None:
    early = "2026-03-02T08:00:00Z"
    client.post("/contacts", [{"id": "c3"}, {"id": "c4"}])
    merges = [
        {"type": "merge", "contact": "c3", "into": into, "at": early} for into in ("c9", "c4")
    ]
    answer = client.post("/events", merges)
    assert [one["status"] for one in answer["results"]] == ["refused", "taken"]
    client.site.run()
    assert 'merged into "c4"' in client.get("/contacts/c3", 404)["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("", 400, "this is no JSON"),
        ("{", 400, "this is no JSON"),
        ('[{"type": "tag"}, {', 400, "this is no JSON"),
        (b"\xff\xfe{}", 400, "the body is not UTF-8"),
        ("[" * 5_000, 400, "nested deeper than"),
        ('{"type": "set", "contact": "c1", "field": "score", "value": NaN}', 400, "NaN"),
        ('{"type": "set", "contact": "c1", "field": "score", "value": -Infinity}', 400, "Infinity"),
        ("7", 422, "expected an object"),
        ("[]", 422, "the array is empty"),
        ({}, 422, "`type` is missing"),
        ({"type": "tag", "contact": "c1"}, 422, "`tag` is missing"),
        ({"type": "tag", "contact": "c1", "tag": "x" * 201}, 422, "longer than 200"),
        ({"type": "tag", "contact": ["c1"], "tag": "x"}, 422, "`contact`"),
        ({"type": "tag", "contact": "c9", "tag": "x"}, 409, 'there is no contact "c9"'),
        ({"type": "merge", "contact": "c1", "into": "c9"}, 409, 'there is no contact "c9"'),
        ({"type": "contact", "contact": "c1", "email": f"{'x' * 250}@x.de"}, 409, "254 bytes"),
        ({"type": "tag", "contact": "C1@example.com", "tag": "x"}, 409, '"c1" has this address'),
        ({"type": "tag", "contact": "c1", "tag": "x\0y"}, 409, "a NUL character"),
        ('{"type": "tag", "contact": "c1", "tag": "\\ud800"}', 422, "`tag`: it holds half a char"),
        ('{"type": "set", "contact": "c1", "field": "score", "value": 1e999}', 409, "not finite"),
        ('{"type": "tag", "contact": "c1", "tag": "x", "\\ud800": 1}', 422, "half a character"),
        ({"type": "tag", "contact": "c1", "tag": "x", "at": ""}, 422, "`at`: it is empty"),
        ({"type": "tag", "contact": "c1", "tag": "x", "at": "soon"}, 422, "`at`"),
        ([{"type": "tag", "contact": "c1", "tag": "x", "at": "gestern"}], 422, "`at`"),
        ({"type": "tag", "contact": "c1", "tag": "x", "at": "2999-01-01T00:00:00Z"}, 409, "`at`"),
        ({"type": "event", "contact": "c1", "name": "purchse"}, 409, "did you mean `purchase`"),
        (PURCHASE | {"data": {"total": "x" * 300_000}}, 409, "larger than 256 KB"),
        (PURCHASE | {"data": {"total": json.loads("[" * 40 + "]" * 40)}}, 409, "nested deeper"),
        (f'{{"type": "set", "contact": "c1", "field": "score", "value": {"9" * 50}}}', 400, "40"),
    ],
)  # fmt: skip
def test_a_bad_event_is_told_in_one_sentence_and_nothing_is_taken(
    client: Client, body: Any, status: int, said: str
) -> None:
    problem = client.post("/events", body, status)
    assert said in problem["detail"]
    assert "\n" not in problem["detail"]
    assert client.site.waiting() == 0
    assert client.site.told == []


def test_a_body_that_is_of_no_known_type_is_refused(client: Client) -> None:
    for media in ("text/html", "application/x-www-form-urlencoded", "application/json; charset=x"):
        assert "detail" in client.post("/events", TAG, 415, media)
    assert client.raw("POST", "/events", TAG).status == 415


def test_a_batch_of_which_nothing_is_taken_is_refused_with_all_its_reasons(client: Client) -> None:
    problem = client.post("/events", [{"type": "x"}, {"type": "y"}], 422)
    assert problem["detail"].startswith("nothing was taken: ")
    assert [one["status"] for one in problem["results"]] == ["refused", "refused"]


def test_more_events_than_a_batch_may_hold_are_refused_as_a_whole(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(batch=3)) as client:
        assert "send 3 at most" in client.post("/events", [TAG] * 4, 422)["detail"]
        assert client.post("/events", [TAG] * 3)["taken"] == 3
