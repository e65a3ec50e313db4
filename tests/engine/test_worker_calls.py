"""Calls to the web, made for real on the machine's own address."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flowlang.calendar import Duration
from flowlang.contact import Contact
from flowlang.delivery.calls import MAX_ANSWER, Calls

ANNA = Contact("anna")


class Handler(BaseHTTPRequestHandler):
    got: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        status, answer = {
            "/ok": (200, b'{"score": 7}'),
            "/empty": (204, b""),
            "/list": (200, b"[1, 2]"),
            "/text": (200, b"hello"),
            "/error": (500, b"{}"),
            "/away": (302, b""),
            "/long": (200, b" " * (MAX_ANSWER + 1)),
        }[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/ok")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    Handler.got = []
    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", Handler.got
        running.shutdown()
        thread.join()


Server = tuple[str, list[tuple[str, dict[str, str], bytes]]]


def test_values_are_posted_as_json_and_the_answer_comes_back(server: Server) -> None:
    url, got = server
    values = {
        "name": "Änne", "on": date(2026, 12, 1), "at": datetime(2026, 12, 1, 9, tzinfo=UTC),
        "length": Duration(months=2), "none": None, "rows": [{"on": date(2026, 12, 2)}],
    }  # fmt: skip
    assert Calls()(f"{url}/ok", values, ANNA) == ("answered", {"score": 7})
    assert json.loads(got[0][2]) == {
        "contact": "anna",
        "values": {
            "name": "Änne", "on": "2026-12-01", "at": "2026-12-01T09:00:00+00:00", "length": "P2M",
            "none": None, "rows": [{"on": "2026-12-02"}],
        },
    }  # fmt: skip


def test_with_a_secret_the_body_is_signed(server: Server) -> None:
    url, got = server
    Calls("hush")(f"{url}/ok", {"a": 1}, ANNA)
    Calls()(f"{url}/ok", {"a": 1}, ANNA)
    signature = hmac.new(b"hush", got[0][2], hashlib.sha256).hexdigest()
    assert got[0][1]["X-Flow-Signature"] == f"sha256={signature}"
    assert "X-Flow-Signature" not in got[1][1]
    assert got[0][1]["Idempotency-Key"] == got[1][1]["Idempotency-Key"]


@pytest.mark.parametrize(("path", "answer"), [("/empty", {}), ("/list", {})])
def test_an_answer_without_fields_is_an_answer(server: Server, path: str, answer: object) -> None:
    assert Calls()(server[0] + path, {}, ANNA) == ("answered", answer)


@pytest.mark.parametrize("path", ["/error", "/text", "/away", "/long"])
def test_anything_else_has_failed(server: Server, path: str) -> None:
    assert Calls()(server[0] + path, {}, ANNA) == ("failed", None)
    assert [one[0] for one in server[1]] == [path]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "file:///etc/passwd", "http://[bad/x"])
def test_an_address_where_nobody_answers_has_failed(url: str) -> None:
    assert Calls(timeout=1)(url, {}, ANNA) == ("failed", None)
