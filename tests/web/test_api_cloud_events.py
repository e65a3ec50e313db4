"""CloudEvents 1.0 over HTTP: structured, batched, and with the attributes in headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.client import Client

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
CLOUD = {
    "specversion": "1.0", "id": "7", "source": "https://shop.example.com/orders",
    "type": "com.example.shop.purchase", "subject": "c2", "time": "2026-03-02T08:00:00Z",
    "datacontenttype": "application/json", "data": {"total": 99}, "traceparent": "00-1-2-01",
}  # fmt: skip
HEADERS = {
    "ce-specversion": "1.0", "ce-id": "7", "ce-source": "https://shop.example.com/orders",
    "ce-type": "com.example.shop.purchase", "ce-subject": "c2", "ce-time": "2026-03-02T08:00:00Z",
    "Content-Type": "application/json",
}  # fmt: skip


def test_the_last_part_of_a_type_names_a_declared_event(client: Client) -> None:
    assert client.post("/events", CLOUD, media=STRUCTURED)["taken"] == 1
    [arrived] = client.site.store.arrivals("pending", 10)
    assert (arrived.type, arrived.contact) == ("event", "c2")
    assert arrived.at.isoformat() == "2026-03-02T08:00:00+00:00"
    client.site.run()
    assert ("tagged", "customer") in client.site.history("c2")


def test_a_type_of_ours_has_its_other_keys_in_its_data(client: Client) -> None:
    tag = CLOUD | {"type": "tag", "data": {"tag": "offer"}}
    coupons = CLOUD | {"type": "import coupons", "data": {"list": "early-bird", "codes": ["A"]}}
    del coupons["subject"]
    taken = client.post("/events", [tag, coupons | {"id": "8"}], media=BATCH)
    assert taken["taken"] == 2
    client.site.run()
    assert ("tagged", "offer") in client.site.history("c2")


def test_the_same_event_in_any_mode_is_one_event(client: Client) -> None:
    assert client.post("/events", CLOUD, media=STRUCTURED)["taken"] == 1
    assert client.post("/events", [CLOUD], media=BATCH)["known"] == 1
    answer = client.raw("POST", "/events", {"total": 99}, HEADERS)
    assert (answer.status, json.loads(answer.text)["known"]) == (202, 1)


def test_an_id_belongs_to_its_source(client: Client) -> None:
    other = CLOUD | {"source": "/other"}
    long = CLOUD | {"id": "7" * 300}
    taken = client.post("/events", [CLOUD, other, long, long | {"source": "/o"}, long], media=BATCH)
    assert [one["status"] for one in taken["results"]] == ["taken"] * 4 + ["known"]


def test_headers_may_hold_any_character_behind_a_percent_sign(client: Client) -> None:
    client.site.person("zoë")
    client.site.run()
    answer = client.raw("POST", "/events", {"total": 11}, HEADERS | {"ce-subject": "zo%C3%AB"})
    assert answer.status == 202, answer.text
    [arrived] = client.site.store.arrivals("pending", 10)
    assert arrived.contact == "zoë"


def test_an_event_in_headers_needs_no_data(client: Client) -> None:
    answer = client.raw("POST", "/events", None, HEADERS)
    assert answer.status == 202, answer.text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"specversion": "0.3"}, 422, "`specversion`"),
        ({"id": ""}, 422, "`id`"),
        ({"source": "my shop"}, 422, "`source`: expected a URI"),
        ({"type": None}, 422, "`type`"),
        ({"subject": 7}, 422, "`subject`"),
        ({"time": 7}, 422, "`time`"),
        ({"data": [1]}, 422, "`data`: expected an object"),
        ({"data_base64": "e30="}, 422, "`data_base64`"),
        ({"datacontenttype": "text/xml"}, 422, "`datacontenttype`"),
        ({"type": "tag", "data": {"type": "delete"}}, 422, "`data` may not hold `type`"),
        ({"type": "tag", "data": {"contact": "c2"}}, 422, "`subject` is the contact"),
        ({"id": "\ud800", "source": "x" * 300}, 422, "`id`: it holds half a character"),
        ({"type": "com.example.sale"}, 409, "there is no event `sale`"),
        ({"subject": "c9"}, 409, 'there is no contact "c9"'),
        ({"time": "yesterday"}, 422, "`at`"),
    ],
)
def test_what_is_no_cloud_event_is_refused_with_its_reason(
    client: Client, change: dict[str, Any], status: int, said: str
) -> None:
    assert said in client.post("/events", CLOUD | change, status, STRUCTURED)["detail"]
    assert client.site.waiting() == 0


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"ce-id": ""}, {}, 422),
        ({"ce-subject": "%ff"}, {}, 422),
        ({"Content-Type": "text/plain"}, "total: 9", 415),
        ({}, "{", 400),
        ({}, [1], 422),
    ],
)
def test_so_is_one_whose_headers_are_wrong(
    client: Client, headers: dict[str, str], body: Any, status: int
) -> None:
    answer = client.raw("POST", "/events", body, HEADERS | headers)
    assert answer.status == status, answer.text
    assert client.site.waiting() == 0


def test_a_batch_is_an_array_and_a_structured_event_is_none(client: Client) -> None:
    assert "array" in client.post("/events", CLOUD, 422, BATCH)["detail"]
    assert "object" in client.post("/events", [CLOUD], 422, STRUCTURED)["detail"]
    taken = client.post("/events", [CLOUD, {"id": "8"}, 7], media=BATCH)
    assert [one["status"] for one in taken["results"]] == ["taken", "refused", "refused"]


@pytest.mark.parametrize(
    "twice", ['"id": "7", "id": "8", "data": {}', '"id": "7", "data": {"a": 1, "a": 2}']
)
def test_a_cloud_event_that_says_something_twice_is_refused(client: Client, twice: str) -> None:
    event = f'{{"specversion": "1.0", "source": "/s", "type": "sale", "subject": "c1", {twice}}}'
    assert "is there twice" in client.post("/events", event, 422, STRUCTURED)["detail"]
    taken = client.post("/events", f"[{event}, {json.dumps(CLOUD)}]", media=BATCH)
    assert [one["status"] for one in taken["results"]] == ["refused", "taken"]
