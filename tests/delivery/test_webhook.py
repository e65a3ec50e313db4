"""Webhooks against a server on the machine's own address."""

from __future__ import annotations

import base64
import hmac
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme

from flowlang.delivery.delivery import LONGEST_PAUSE, Outcome
from flowlang.delivery.kinds.webhook import Webhook
from flowlang.delivery.posting import Poster
from flowlang.delivery.signing import key_of, signed
from tests.delivery.contract import LETTER, Arrived, DeliveryContract, Place
from tests.delivery.hooks import Answer, Hook, Post, hook

NOW = datetime(2026, 12, 1, 19, 0, 5, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, or so").decode()


def webhook(url: str, secret: str = "", timeout: float = 2.0) -> Webhook:
    return Webhook(url, lambda: NOW, secret, Poster(timeout))


def outcome_of(*answers: Answer, timeout: float = 2.0) -> Outcome:
    with hook(*answers) as server:
        (found,) = webhook(server.url, timeout=timeout).hand_over([LETTER])
    return found


class WebhookPlace:
    def __init__(self, server: Hook) -> None:
        self.server = server

    @property
    def delivery(self) -> Webhook:
        return webhook(self.server.url)

    def arrived(self) -> list[Arrived]:
        return [_arrived(post) for post in self.server.posts]


def _arrived(post: Post) -> Arrived:
    data = post.event["data"]
    identity = post.headers["idempotency-key"]
    return Arrived(identity, data["address"], data["subject"], data["text"])


class TestWebhook(DeliveryContract):
    @pytest.fixture(autouse=True)
    def servers(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            yield

    def place(self, folder: Path) -> Place:
        return WebhookPlace(self.stack.enter_context(hook()))


def test_a_letter_is_a_cloud_event() -> None:
    with hook() as server:
        webhook(server.url).hand_over([replace(LETTER, html="<p>Hällo</p>")])
    (post,) = server.posts
    assert post.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    event = post.event
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": post.headers["idempotency-key"],
        "source": "flow",
        "type": "flow.message",
        "time": "2026-12-01T19:00:00+00:00",
        "datacontenttype": "application/json",
    }
    assert data["message_id"].endswith("@example.com>")
    assert (data["from"], data["address"]) == ("Shop <news@example.com>", "anna@example.com")
    assert data["html"].strip() == "<p>Hällo</p>"
    assert data["subject"] == LETTER.subject
    assert data["unsubscribe"] == LETTER.unsubscribe
    assert data["codes"] == [{"list": "early-bird", "code": "A1"}]


def test_a_letter_of_a_channel_of_its_own_has_its_address_as_it_is() -> None:
    with hook() as server:
        push = replace(LETTER, channel="push", address="device-7, or so", sender="", subject="")
        (found,) = webhook(server.url).hand_over([push])
    assert found.status == "delivered"
    data = server.posts[0].event["data"]
    assert (data["channel"], data["address"]) == ("push", "device-7, or so")
    assert "message_id" not in data


# ------------------------------------------------------------------ signatures


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of the reference implementations of Standard Webhooks.
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_what_is_posted_is_signed_over_its_very_bytes() -> None:
    with hook() as server:
        webhook(server.url, SECRET).hand_over([LETTER])
    (post,) = server.posts
    stamp = str(int(NOW.timestamp()))
    assert post.headers["webhook-timestamp"] == stamp
    content = b".".join((post.headers["webhook-id"].encode(), stamp.encode(), post.body))
    digest = hmac.new(key_of(SECRET), content, sha256).digest()
    assert post.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_without_a_secret_nothing_is_signed() -> None:
    with hook() as server:
        webhook(server.url).hand_over([LETTER])
    assert "webhook-signature" not in server.posts[0].headers


def test_a_letter_has_the_same_key_and_another_one_another() -> None:
    with hook(Answer(500)) as server:
        webhook(server.url).hand_over([LETTER])
        webhook(server.url).hand_over([LETTER, replace(LETTER, id="other")])
    first, again, other = (post.headers["idempotency-key"] for post in server.posts)
    assert first == again != other
    assert server.posts[0].headers["webhook-id"] == first


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "retry"),
        (307, "retry"),
        (400, "failed"),
        (401, "retry"),
        (403, "retry"),
        (404, "failed"),
        (408, "retry"),
        (409, "failed"),
        (410, "failed"),
        (422, "failed"),
        (425, "retry"),
        (429, "down"),
        (500, "retry"),
        (502, "retry"),
        (503, "down"),
    ],
)
def test_what_an_answer_means(status: int, outcome: str) -> None:
    found = outcome_of(Answer(status))
    assert found.status == outcome
    assert found.reason.startswith("" if status < 300 else f"HTTP {status}")


def test_no_redirect_is_followed() -> None:
    with hook() as other:
        found = outcome_of(Answer(307, {"Location": other.url}))
    assert other.posts == []
    assert found.reason == "HTTP 307: it sends on to another address, which is not followed"


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("120", timedelta(seconds=120)),
        ("Tue, 01 Dec 2026 19:10:05 GMT", timedelta(minutes=10)),
        ("Tue, 01 Dec 2026 18:00:00 GMT", timedelta(0)),
        ("99999999", LONGEST_PAUSE),
        ("-5", timedelta(0)),
        ("soon", timedelta(0)),
        ("", timedelta(0)),
    ],
)
def test_how_long_to_wait_is_respected(said: str, after: timedelta) -> None:
    assert outcome_of(Answer(429, {"Retry-After": said})).pause == after


def test_what_is_refused_is_told_in_a_line() -> None:
    found = outcome_of(Answer(422, body=b'{"error":\n "no \x1b[31m such list"}' + b"x" * 9_999))
    assert found.reason.isprintable()
    assert found.reason.startswith('HTTP 422: {"error": "no [31m such list"}')
    assert len(found.reason) < 200


def test_an_answer_of_any_length_is_an_answer() -> None:
    assert outcome_of(Answer(200, body=b"x" * 3_000_000)).status == "delivered"


# ------------------------------------------------------------------ in private


def test_it_goes_encrypted_to_whom_someone_vouches_for() -> None:
    authority = trustme.CA()
    ours, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(ours)
    authority.configure_trust(trusting)
    with hook(context=ours) as server:
        assert server.url.startswith("https://localhost:")
        (found,) = Webhook(server.url, lambda: NOW, "", Poster(2, trusting)).hand_over([LETTER])
        (refused,) = webhook(server.url).hand_over([LETTER])
    assert (found.status, len(server.posts)) == ("delivered", 1)
    assert refused.status == "down"
    assert "certificate verify failed" in refused.reason


# ------------------------------------------------------------------ no answer


def test_a_server_that_never_answers_is_down() -> None:
    found = outcome_of(Answer(silent=True), timeout=0.2)
    assert (found.status, found.reason) == ("down", "no answer in 0.2 seconds")


def test_an_answer_that_comes_byte_by_byte_has_no_more_time() -> None:
    began = time.monotonic()
    found = outcome_of(Answer(drips=True), timeout=0.2)
    assert (found.status, found.reason) == ("down", "no answer in 0.2 seconds")
    assert time.monotonic() - began < 15


def test_a_port_where_nobody_listens_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (found,) = webhook(f"http://127.0.0.1:{port}/").hand_over([LETTER])
    assert found.status == "down"
    assert "cannot be reached" in found.reason


@pytest.mark.parametrize("said", [b"", b"220 hello\r\n", b"HTTP/1.1 banana\r\n\r\n", b"\xff" * 99])
def test_what_is_no_http_is_down(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def answer() -> None:
            sock, _ = listening.accept()
            with sock:
                sock.recv(100_000)
                sock.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        (found,) = webhook(f"http://127.0.0.1:{port}/").hand_over([LETTER])
        thread.join()
    assert found.status == "down"
