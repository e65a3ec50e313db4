"""Calls to the web, made for real on the machine's own address."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flowlang.calendar import Duration
from flowlang.delivery.calls import MAX_ANSWER, Calls
from flowlang.effects import CallReply
from tests.delivery.hooks import Answer, hook

ANNA = ("anna", "k1")
"""Whom a call is about, and what it is called by."""


class Handler(BaseHTTPRequestHandler):
    got: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        status, answer = {
            "/ok": (200, b'{"score": 7}'),
            "/marked": (200, b'\xef\xbb\xbf{"$": "date", "v": 5}'),
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
    assert Calls()(f"{url}/ok", values, *ANNA) == ("answered", {"score": 7}, "")
    assert json.loads(got[0][2]) == {
        "contact": "anna",
        "values": {
            "name": "Änne", "on": "2026-12-01", "at": "2026-12-01T09:00:00+00:00", "length": "P2M",
            "none": None, "rows": [{"on": "2026-12-02"}],
        },
    }  # fmt: skip
    assert got[0][1]["Idempotency-Key"] == "k1"


def test_with_a_secret_the_body_is_signed(server: Server) -> None:
    url, got = server
    Calls("hush")(f"{url}/ok", {"a": 1}, *ANNA)
    Calls()(f"{url}/ok", {"a": 1}, *ANNA)
    signature = hmac.new(b"hush", got[0][2], hashlib.sha256).hexdigest()
    assert got[0][1]["X-Flow-Signature"] == f"sha256={signature}"
    assert "X-Flow-Signature" not in got[1][1]


@pytest.mark.parametrize(
    ("path", "answer"), [("/empty", {}), ("/list", {}), ("/marked", {"$": "date", "v": 5})]
)
def test_an_answer_without_fields_is_an_answer(server: Server, path: str, answer: object) -> None:
    assert Calls()(server[0] + path, {}, *ANNA) == ("answered", answer, "")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/error", "the answer is 500"),
        ("/away", "the answer is 302"),
        ("/text", "the answer cannot be used: this is no JSON: Expecting value at line 1,"),
        ("/long", "the answer is longer than 1,000,000 bytes"),
    ],
)
def test_anything_else_has_failed_and_says_why(server: Server, path: str, why: str) -> None:
    reply = Calls()(server[0] + path, {}, *ANNA)
    assert (reply.outcome, reply.answer) == ("failed", None)
    assert reply.why.startswith(why)
    assert [one[0] for one in server[1]] == [path]


DEEP = b"[" * 700 + b"]" * 700


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"name": "\\ud800"}', "it holds half a character (a lone surrogate)"),
        (b'{"name": "a\\u0000b"}', "it holds a NUL character"),
        (b'{"a\\u0000b": 1, "a\\u0000b": 1}', "the key `a?b` is there twice"),
        (b'{"name": ' + DEEP + b"}", "it is nested deeper than 32 levels"),
        (b'{"score": 1e999}', "it holds a number that is not finite"),
        (b'{"score": NaN}', "this is no JSON: NaN is no number in JSON"),
        (b'{"score": 1' + b"0" * 400 + b"}", "this is no JSON: a number has more than 40 digits"),
        (b'{"text": "' + b"a" * 300_000 + b'"}', "it is larger than 256 KB"),
        (b"\xff\xfe{\x00}\x00", None),
    ],
)
def test_an_answer_that_no_store_could_hold_has_failed(body: bytes, why: str | None) -> None:
    with hook(Answer(200, body=body)) as server:
        reply = Calls()(server.url, {}, *ANNA)
    told = f"the answer cannot be used: {why}" if why else "the answer is not in UTF-8"
    assert reply == CallReply("failed", why=told)


def test_what_is_told_of_a_failure_can_be_kept() -> None:
    """The other side chooses the words: a line of NUL in the place of a status."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_nonsense, args=(server,))
        thread.start()
        reply = Calls()(f"http://127.0.0.1:{server.getsockname()[1]}/x", {}, *ANNA)
        thread.join()
    assert reply.why.startswith("BadStatusLine: ?????")
    assert len(reply.why) == 200


def _nonsense(server: socket.socket) -> None:
    with server.accept()[0] as connection:
        connection.recv(65536)
        connection.sendall(b"\0" * 500 + b"\r\n\r\n")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "file:///etc/passwd", "http://[bad/x"])
def test_an_address_where_nobody_answers_has_failed(url: str) -> None:
    reply = Calls(timeout=1)(url, {}, *ANNA)
    assert reply.outcome == "failed"
    assert reply.why
