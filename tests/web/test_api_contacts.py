"""Contacts over HTTP: pages, conditions, imports, histories, reasons, deletion."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from flowlang.web.service import Limits
from tests.web.client import Client, asking


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["contacts"]]


def where(condition: str) -> str:
    return f"/contacts?where={quote(condition)}"


def test_pages_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    for number in range(3, 8):
        client.site.person(f"c{number}")
    client.site.run()
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get(f"/contacts?limit=3&after={after}")
        assert len(page["contacts"]) <= 3
        found += ids(page)
        after = page["next"]
    assert found == [f"c{number}" for number in range(1, 8)]


def test_a_condition_of_the_language_chooses(client: Client) -> None:
    assert ids(client.get(where("score >= 50"))) == ["c1"]
    assert ids(client.get(where('first_name = "Anna" or score < 10'))) == ["c1", "c2"]
    assert ids(client.get(where('getaggt mit "x"'))) == []


@pytest.mark.parametrize("condition", ["", "scor >= 50", "score >=", '"', "true\nfalse", "(" * 500])
def test_what_is_no_condition_here_is_refused_in_a_sentence(client: Client, condition: str) -> None:
    problem = client.get(where(condition), 409)
    assert problem["detail"].startswith("`where`: ")
    assert client.site.told == []


def test_a_condition_is_asked_of_so_many_contacts_at_a_time(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(scan=2)) as client:
        client.site.person("c3", score=70)
        client.site.run()
        first = client.get(where("score > 60"))
        assert ids(first) == []
        second = client.get(f"{where('score > 60')}&after={first['next']}")
        assert (ids(second), second["next"]) == (["c3"], None)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "after=-1", f"after={10**30}", "where=" + "x" * 3_000],
)
def test_numbers_and_texts_have_bounds(client: Client, query: str) -> None:
    detail = client.get(f"/contacts?{query}", 422)["detail"]
    assert f"`{query.partition('=')[0]}` in the query" in detail


def test_a_contact_is_found_by_its_id_or_address(client: Client) -> None:
    shown = client.get("/contacts/c1")
    assert shown["fields"]["first_name"] == "Anna"
    assert shown["waiting"] is False
    assert client.get("/contacts/C2@example.com")["id"] == "c2"
    assert client.get("/contacts/c9", 404)["detail"] == 'there is no contact "c9"'
    for path in ("/contacts/%00", f"/contacts/{'x' * 255}", "/contacts/a%0Ab"):
        client.get(path, 422)
    for path in ("/contacts/c1/history", "/contacts/c1/why"):
        client.delete(path, 405)


def test_an_import_reports_every_row(client: Client) -> None:
    rows = [
        {"id": "c1", "score": 61}, {"id": "c2", "score": 5}, {"email": "new@example.com"},
        {"id": "c5", "score": "many"}, {"first_name": "Nobody"}, 7,
    ]  # fmt: skip
    done = client.post("/contacts?source=crm", rows)
    assert (done["read"], done["taken"], done["left_out"]) == (6, 3, 3)
    assert (done["new"], done["changed"], done["unchanged"]) == (1, 1, 1)
    assert [one["line"] for one in done["problems"]] == [4, 5, 6]
    client.site.run()
    assert client.get("/contacts/c1")["fields"]["score"] == 61
    [process] = client.get("/processes?type=import%20contacts")["processes"]
    assert (process["name"], process["status"]) == ("crm.json", "finished")


def test_csv_and_json_lines_are_taken_too(client: Client) -> None:
    table = "id;first_name;tags\nc7;Zoë;vip\nc8;Jörg;vip,new\n"
    assert client.post("/contacts", table.encode("cp1252"), media="text/csv")["new"] == 2
    lines = '{"id": "c9"}\n{"id": "c10"}\n'
    assert client.post("/contacts", lines, media="application/x-ndjson")["new"] == 2
    pretty = '{\n  "id":\n    "c11"\n}'
    assert client.post("/contacts", pretty)["new"] == 1
    client.site.run()
    assert client.get("/contacts/c7")["fields"]["first_name"] == "Zoë"


@pytest.mark.parametrize(
    ("body", "media", "status", "said"),
    [
        ("a,b\n1,2\n", "text/csv", 409, "no column is named `id` or `email`"),
        (" ", "text/csv", 409, "empty"),
        ("PK\x03\x04", "text/csv", 409, "Excel"),
        ('{"id": "c1"', "application/json", 400, "no JSON"),
        ("[" * 5_000, "application/json", 400, "nested"),
        ("[" * 900 + "]" * 900, "application/json", 409, "expected an object"),
        ('[[{"id": "c9"}], {"score": 1}]', "application/json", 409, "expected an object"),
        ("id" + ",x" * 20_000 + "\nc9\n", "text/csv", 409, "over 16,384 columns"),
        ('[{"score": 1}]', "application/json", 409, "neither an id nor an e-mail address"),
        ('{"id": "a\\u0000"}', "application/json", 409, "NUL"),
        ("3", "application/json", 422, "expected an object"),
        ("id\nc1\n", "text/plain", 415, "Content-Type"),
    ],
)
def test_an_import_of_nothing_is_refused(
    client: Client, body: str, media: str, status: int, said: str
) -> None:
    assert said in client.post("/contacts", body, status, media)["detail"]
    assert client.site.waiting() == 0


def test_strict_takes_all_or_none(client: Client) -> None:
    rows = [{"id": "c7"}, {"id": "c8", "score": "many"}]
    problem = client.post("/contacts?strict=true", rows, 409)
    assert (problem["read"], problem["taken"], problem["left_out"]) == (2, 0, 2)
    assert client.site.waiting() == 0
    assert client.post("/contacts?strict=true", rows[:1])["new"] == 1


def test_a_history_comes_in_pages(client: Client) -> None:
    client.post("/events", {"type": "tag", "contact": "c2", "tag": "x"})
    client.site.run()
    whole = client.get("/contacts/c2/history")
    assert [one["what"] for one in whole["entries"]] == ["created", "tagged"]
    assert whole["next"] is None
    first = client.get("/contacts/c2/history?limit=1")
    second = client.get(f"/contacts/c2/history?after={first['next']}")
    assert first["entries"] + second["entries"] == whole["entries"]
    client.get("/contacts/c9/history", 404)


def test_why_not_is_answered_as_on_the_command_line(client: Client) -> None:
    client.post("/events", {"type": "tag", "contact": "c2", "tag": "offer"})
    client.site.run()
    said = client.get("/contacts/c2/why?about=Offer")
    assert any("score >= 50" in line for line in said["lines"]), said
    assert client.get("/contacts/c2/why")["lines"]
    assert "Ofer" in client.get("/contacts/c2/why?about=Ofer", 409)["detail"]
    client.get("/contacts/c9/why", 404)


def test_an_address_that_several_contacts_have_is_asked_about(client: Client) -> None:
    both = [{"id": name, "email": "two@example.com"} for name in ("d1", "d2")]
    client.post("/contacts", both)
    client.site.run()
    for detail in (
        client.get("/contacts/two@example.com", 409)["detail"],
        client.get("/contacts/two@example.com/history", 409)["detail"],
        client.get("/contacts/two@example.com/why", 409)["detail"],
        client.delete("/contacts/two@example.com", 409)["detail"],
    ):
        assert 'several contacts have the address "two@example.com": "d1", "d2"' in detail
    assert client.get("/contacts/d1")["id"] == "d1"


def test_a_deletion_goes_the_way_of_every_event(client: Client) -> None:
    assert client.delete("/contacts/c2") == {"contact": "c2", "status": "taken"}
    assert "is being deleted" in client.delete("/contacts/c2", 404)["detail"]
    for path in ("", "/history", "/why"):
        assert "is being deleted" in client.get(f"/contacts/c2{path}", 404)["detail"]
    assert client.site.waiting() == 1
    client.site.run()
    assert client.get("/contacts/c2", 404)["detail"] == 'the contact "c2" was deleted'
    client.delete("/contacts/c9", 404)
    client.post("/contacts", {"id": "c2"})
    client.site.run()
    assert client.get("/contacts/c2")["id"] == "c2"


def test_an_id_may_hold_a_slash(client: Client) -> None:
    client.post("/contacts", [{"id": "a/b", "score": 5}, {"id": "cafe\u0301"}, {"id": "x/why"}])
    client.site.run()
    for written in ("a/b", "a%2Fb"):
        assert client.get(f"/contacts/{written}")["fields"]["score"] == 5
        assert client.get(f"/contacts/{written}/history")["entries"][0]["what"] == "created"
        assert client.get(f"/contacts/{written}/why")["lines"]
    assert client.get("/contacts/x/why/why")["contact"] == "x/why"
    assert client.get("/contacts/x/why", 404)["detail"] == 'there is no contact "x"'
    for written in ("caf%C3%A9", "cafe%CC%81"):
        assert client.get(f"/contacts/{written}")["id"] == "caf\xe9"
    client.get("/contacts/", 422)
    client.delete("/contacts/a%2Fb")
    client.site.run()
    client.get("/contacts/a/b", 404)


def test_of_many_problems_the_first_are_told_and_how_many_more_there_are(client: Client) -> None:
    rows = [{"id": "c7"}, *({"id": f"x{n}", "score": "bad"} for n in range(12_000))]
    answer = client.post("/contacts", rows)
    assert (answer["taken"], answer["left_out"]) == (1, 12_000)
    assert (len(answer["problems"]), answer["more_problems"]) == (10_000, 2_000)


def test_an_object_that_says_something_twice_is_left_out(client: Client) -> None:
    answer = client.post("/contacts", '[{"id": "c7", "score": 1, "score": 2}, {"id": "c8"}]')
    assert (answer["taken"], answer["left_out"]) == (1, 1)
    assert answer["problems"][0]["message"] == "the key `score` is there twice"
    client.post("/coupons/early-bird", '{"codes": ["A"], "codes": ["B"]}', 422)
