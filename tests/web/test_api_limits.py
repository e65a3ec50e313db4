"""The bounds of the API: size, time, rate; and what it says when the store or we fail."""

from __future__ import annotations

import gzip
import json
import socket
import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from flowlang.stores.rows import Changes
from flowlang.stores.sql import Sql
from flowlang.web import tokens
from flowlang.web.rate import MOST, Rate
from flowlang.web.service import Limits
from tests.web.client import Client, asking

TAG = {"type": "tag", "contact": "c1", "tag": "x"}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(body=1_000)) as client:
        large = TAG | {"tag": "x" * 1_000}
        problem = client.post("/events", large, 413)
        assert problem["detail"] == "the body is larger than 0.000953674 MB; split it"
        for path in ("/contacts", "/coupons/early-bird"):
            client.post(path, b" " * 1_001, 413)
        client.post("/processes/1/pause", b" " * 1_001, 413)
        assert client.site.waiting() == 0


def test_so_is_one_that_does_not_say_how_large_it_is(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(body=1_000)) as client:
        head = (
            "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {client.secret}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        answer = talk(client, head + "200\r\n" + "x" * 512 + "\r\n200\r\n" + "x" * 512 + "\r\n")
        assert answer.startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("length", ["9" * 30, "1001"])
def test_a_length_that_is_claimed_is_enough(tmp_path: Path, length: str) -> None:
    with asking(tmp_path, limits=Limits(body=1_000)) as client:
        answer = talk(client, head_of(client, length))
        assert answer.startswith("HTTP/1.1 4")
        assert "413" in answer or "Invalid" in answer


def test_a_body_that_does_not_arrive_is_not_awaited_for_ever(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(patience=0.05)) as client:
        answer = talk(client, head_of(client, "100"))
        assert answer.startswith("HTTP/1.1 408 ")
        assert "did not arrive within 0.05 s" in answer


def test_neither_is_the_head_of_a_request(tmp_path: Path) -> None:
    half = "GET /health HTTP/1.1\r\nHost: x\r\n"
    with asking(tmp_path, limits=Limits(patience=0.2)) as client:
        for begun in ("", half, f"{half}\r\n{half}"):
            with socket.create_connection(("127.0.0.1", client.site.port), timeout=30) as slow:
                slow.sendall(begun.encode())
                answered = b"".join(iter(partial(slow.recv, 65_536), b""))
            assert answered.count(b"HTTP/1.1 200 OK") == begun.count("\r\n\r\n")


def test_an_answer_that_takes_longer_than_a_head_may_is_given_all_the_same(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(patience=0.2)) as client:
        rows = [{"id": f"r{number}"} for number in range(5_000)]
        assert client.post("/contacts", rows)["taken"] == 5_000


def test_more_rows_than_one_request_may_hold_are_refused_as_a_whole(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(rows=3, batch=3)) as client:
        for path, body, media in (
            ("/contacts", [{"id": "a"}] * 4, "application/json"),
            ("/contacts", '{"id": "a"}\n' * 4, "application/x-ndjson"),
            ("/contacts", "id\na\nb\nc\nd\n", "text/csv"),
            ("/coupons/early-bird", {"codes": list("abcd")}, "application/json"),
            ("/coupons/early-bird", "a\nb\nc\nd\n", "text/plain"),
            ("/events", json.dumps(TAG) + "\n" + "1\n" * 3, "application/x-ndjson"),
        ):
            assert "send 3 at most at once" in client.post(path, body, 422, media)["detail"]
        assert client.site.waiting() == 0
        blank = "\n" * 9 + (json.dumps(TAG) + "\n") * 3
        assert client.post("/events", blank, media="application/x-ndjson")["taken"] == 3
        assert client.post("/contacts", "id\na\nb\n", media="text/csv")["taken"] == 2


def head_of(client: Client, length: str) -> str:
    return (
        "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {client.secret}\r\nContent-Length: {length}\r\n\r\n"
    )


def talk(client: Client, request: str) -> str:
    """What the server answers to bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", client.site.port), timeout=30) as connection:
        connection.sendall(request.encode())
        parts = [connection.recv(65_536)]
        while b"\r\n\r\n" not in b"".join(parts) or b"}" not in parts[-1]:
            part = connection.recv(65_536)
            if not part:
                break
            parts.append(part)
    return b"".join(parts).decode()


def test_a_token_has_so_many_tries_and_gets_them_back_with_time(tmp_path: Path) -> None:
    seconds = [0.0]
    limits = Limits(per_second=0.5, burst=3)
    with asking(tmp_path, limits=limits, clock=lambda: seconds[0]) as client:
        other = tokens.make(client.site.store, "other", ["coupons:read"], client.site.now)
        for _ in range(3):
            client.get("/coupons")
        answer = client.raw("GET", "/coupons")
        assert (answer.status, answer.headers["retry-after"]) == (429, "2")
        assert json.loads(answer.text)["title"] == "Too Many Requests"
        replace(client, secret=other).get("/coupons")
        assert client.site.get("/health").status == 200
        seconds[0] += 2
        client.get("/coupons")
        client.get("/coupons", 429)


def test_a_bucket_is_never_more_than_full() -> None:
    seconds = [0.0]
    rate = Rate(1.0, 2, lambda: seconds[0])
    assert [rate.take("a") for _ in range(3)] == [0, 0, 1]
    seconds[0] += 1_000
    assert [rate.take("a") for _ in range(3)] == [0, 0, 1]
    for number in range(MOST):
        rate.take(str(number))
    assert rate.take("a") == 0  # forgotten, so full


def test_a_store_that_another_program_locks_asks_for_another_try(
    client: Client, tmp_path: Path
) -> None:
    store = client.site.store
    assert isinstance(store, Sql)
    event.listen(store.engine, "connect", impatient)
    store.engine.dispose()
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("begin immediate")
    answer = client.raw("POST", "/events", TAG, {"Content-Type": "application/json"})
    other.execute("rollback")
    other.close()
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert json.loads(answer.text)["detail"] == (
        "the store cannot be used at the moment; try again in a few seconds"
    )
    assert client.post("/events", TAG)["taken"] == 1


def impatient(connection: sqlite3.Connection, record: object) -> None:
    connection.execute("pragma busy_timeout = 0").close()


def test_a_store_that_is_broken_makes_the_server_unready_and_tells_nobody_where_it_is(
    client: Client, tmp_path: Path
) -> None:
    client.site.store.close()
    (tmp_path / "state.db").write_bytes(b"no database, but as long as one " * 999)
    answer = client.raw("GET", "/contacts")
    assert answer.status == 503
    assert "state.db" not in answer.text
    assert "state.db" in client.site.told[0]
    health = client.site.get("/health")
    assert (health.status, json.loads(health.text)) == (503, {"live": True, "ready": False})
    assert client.site.get("/health/live").status == 200
    assert [client.raw("GET", "/contacts").status for _ in range(5)] == [503] * 5
    assert len(client.site.told) == 1


def test_a_fault_of_ours_is_a_problem_and_a_line_not_a_traceback(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    row = client.site.store.contacts(["c1"])[0]
    client.site.store.save(Changes(contacts=[row._replace(state="{")]))
    problem = client.get("/contacts", 500)
    assert problem["detail"] == "something went wrong, and it is our fault"
    assert client.site.told[0].startswith("internal error: DecodeError")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/contacts", "GET, HEAD, POST"), ("POST", "/contacts/c1", "DELETE, GET, HEAD"),
        ("GET", "/events", "POST"), ("HEAD", "/events", "POST"),
        ("OPTIONS", "/health", "GET, HEAD"),
    ],
)  # fmt: skip
def test_another_method_is_told_which_there_are(
    client: Client, method: str, path: str, allow: str
) -> None:
    answer = client.raw(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)


def test_there_is_nothing_at_other_addresses(client: Client) -> None:
    for path in (
        "/api/",
        "/api/v1",
        "/api/v2/events",
        "/api/v1/notices/",
        "/api/x",
        "/api/%0A",
    ):
        answer = client.site.get(path)
        assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "name", "hint"),
    [
        ("/contacts?limt=5", "limt", " (did you mean `limit`?)"),
        ("/contacts?Limit=5", "Limit", " (did you mean `limit`?)"),
        ("/notices?x=1", "x", " (there is `after`, `after_refused`, `limit`)"),
        ("/contacts/c1?strict=true", "strict", ""),
        ("/coupons?%0Ax", "?x", ""),
    ],
)
def test_a_parameter_that_there_is_not_is_an_error_with_a_guess(
    client: Client, path: str, name: str, hint: str
) -> None:
    detail = client.get(path, 422)["detail"]
    assert detail == f"`{name}` in the query: there is no such parameter{hint}"


@pytest.mark.parametrize("path", ["/health?_=123", "/health/live?nocache"])
def test_what_monitors_add_to_an_address_is_no_sickness(client: Client, path: str) -> None:
    client.get(path, 200)


def test_nothing_is_taken_where_a_parameter_is_misspelt(client: Client) -> None:
    detail = client.post("/contacts?stirct=true", [{"id": "c9"}], 422)["detail"]
    assert "did you mean `strict`?" in detail
    detail = client.get("/contacts?limit=5&limit=6", 422)["detail"]
    assert detail == "`limit` in the query: it is given twice"
    client.post("/events?dry_run=1", TAG, 422)
    client.delete("/contacts/c1?really", 422)
    assert client.site.waiting() == 0
    assert client.get("/contacts?limit=1")["next"] is not None
    nobody = replace(client, secret="")
    assert nobody.get("/contacts?limt=5", 401)["title"] == "Unauthorized"


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/events", "application/json"), ("/contacts", "text/csv"),
        ("/coupons/early-bird", "text/plain"), ("/processes/1/pause", "application/json"),
    ],
)  # fmt: skip
def test_a_body_that_is_compressed_is_told_to_be_so(client: Client, path: str, media: str) -> None:
    headers = {"Content-Type": media, "Content-Encoding": "gzip"}
    answer = client.raw("POST", path, gzip.compress(b"{}"), headers)
    assert answer.status == 415
    said = "the body is compressed (`Content-Encoding: gzip`); send it as it is"
    assert json.loads(answer.text)["detail"] == said
    assert client.post("/events", TAG)["taken"] == 1


@pytest.mark.parametrize("path", ["/contacts/c1", "/health", "/metrics", "/contacts/c9"])
def test_what_can_be_got_can_be_asked_for_without_its_body(client: Client, path: str) -> None:
    got, head = client.raw("GET", path), client.raw("HEAD", path)
    assert (head.status, head.text) == (got.status, "")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]
