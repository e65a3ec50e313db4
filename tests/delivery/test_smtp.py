"""SMTP against servers on the machine's own address: one that behaves, and many that do not."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from flowlang.contact import Letter
from flowlang.delivery.kinds.smtp import Smtp
from flowlang.delivery.replies import Reply, refusal
from flowlang.delivery.settings import Tls
from tests.delivery.contract import LETTER, Arrived, DeliveryContract, Place
from tests.delivery.postbox import DRIP, DROP, SILENCE, Line, Postbox, Script, postbox, rude

SOON = 0.1
"""Seconds until a server of these tests is too slow."""
LONG = replace(LETTER, text="Ein langer Text. " * 400_000)
"""More than the buffers of a connection hold."""


def smtp(
    box: Postbox, tls: Tls = "none", context: ssl.SSLContext | None = None, **others: Any
) -> Smtp:
    trust = context or ssl.create_default_context()
    return Smtp("localhost", box.port, tls, timeout=2, context=trust, **others)


def letters(count: int) -> list[Letter]:
    return [replace(LETTER, id=f"letter {number}") for number in range(count)]


class SmtpPlace:
    def __init__(self, box: Postbox) -> None:
        self.box = box
        self.deliveries: list[Smtp] = []

    @property
    def delivery(self) -> Smtp:
        self.deliveries.append(smtp(self.box))
        return self.deliveries[-1]

    def leave(self) -> None:
        for one in self.deliveries:
            one.rest()

    def arrived(self) -> list[Arrived]:
        found = []
        for mail in self.box.mails:
            body = mail.get_body(("plain",))
            assert body is not None
            found.append(
                Arrived(mail["Message-ID"], mail["To"], mail["Subject"], body.get_content())
            )
        return found


class TestSmtp(DeliveryContract):
    @pytest.fixture(autouse=True)
    def servers(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            yield

    def place(self, folder: Path) -> Place:
        place = SmtpPlace(self.stack.enter_context(postbox()))
        self.stack.callback(place.leave)
        return place


def test_one_connection_carries_many_letters_and_is_renewed_after_so_many() -> None:
    with postbox() as box:
        delivery = smtp(box, letters_per_connection=4)
        outcomes = delivery.hand_over(letters(10))
        delivery.rest()
    assert {one.status for one in outcomes} == {"delivered"}
    assert box.conversations == 3
    assert [mail["Message-ID"] for mail in box.mails] == [
        mail["Message-ID"] for mail in sorted(box.mails, key=box.mails.index)
    ]


def test_the_envelope_is_the_bare_addresses_also_of_a_domain_with_umlauts() -> None:
    letter = replace(LETTER, sender="Käthe <k@example.com>", address="anna@müller.example")
    with postbox() as box:
        delivery = smtp(box)
        assert delivery.hand_over([letter])[0].status == "delivered"
        delivery.rest()
    assert box.envelopes == [("k@example.com", ["anna@xn--mller-kva.example"])]
    assert box.mails[0]["From"].addresses[0].display_name == "Käthe"


def test_a_line_of_one_dot_does_not_end_a_mail() -> None:
    text = "Hallo\n.\nBcc: eve@example.net\n..\nEnde"
    with postbox() as box:
        delivery = smtp(box)
        delivery.hand_over([replace(LETTER, text=text)])
        delivery.rest()
    body = box.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()


def test_a_line_break_in_a_name_or_subject_adds_no_recipient_and_no_header() -> None:
    evil = "Anna\r\nBcc: eve@example.net\r\nRCPT TO: eve@example.net"
    with postbox() as box:
        delivery = smtp(box)
        by_name = replace(LETTER, subject=f"Hallo {evil}", sender=f"{evil} <news@example.com>")
        by_address = replace(LETTER, address="anna@example.com\r\nRCPT TO:<eve@example.net>")
        outcomes = delivery.hand_over([by_name, by_address])
        delivery.rest()
    assert [one.status for one in outcomes] == ["delivered", "failed"]
    assert box.envelopes == [("news@example.com", ["anna@example.com"])]
    assert [(mail["Bcc"], mail["To"]) for mail in box.mails] == [(None, "anna@example.com")]


# ------------------------------------------------------------------ a server that says no


@pytest.mark.parametrize(
    ("command", "answer", "status"),
    [
        ("MAIL", "451 4.3.0 try later", "retry"),
        ("MAIL", "550 5.7.1 this sender is not yours", "retry"),
        ("RCPT", "450 4.2.0 greylisted", "retry"),
        ("RCPT", "452 4.2.2 mailbox full", "retry"),
        ("RCPT", "550 5.1.1 <anna@example.com>: no such user", "bounced"),
        ("RCPT", "550 No such user here", "bounced"),
        ("RCPT", "550 5.7.1 blocked by policy", "failed"),
        ("RCPT", "552 5.2.2 mailbox full", "failed"),
        ("DATA", "452 4.3.1 insufficient storage", "retry"),
        ("DATA", "554 5.6.0 this is spam", "failed"),
        ("DATA", "550 5.1.1 user unknown", "bounced"),
    ],
)
def test_what_a_refusal_means(command: str, answer: str, status: str) -> None:
    with postbox({command: [answer]}) as box:
        delivery = smtp(box)
        first, second = delivery.hand_over(letters(2))
        delivery.rest()
    assert (first.status, first.reason) == (status, answer)
    assert second.status == "delivered", "the connection goes on"
    assert box.conversations == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.10 recipient not found", "bounced"),
        ("550 5.2.1 the account is disabled", "bounced"),
        ("550 5.1.2 bad destination", "bounced"),
        ("553 5.1.3 bad syntax", "bounced"),
        ("550 Requested action not taken: mailbox unavailable", "bounced"),
        ("551 User not local", "bounced"),
        ("550 Unknown recipient", "bounced"),
        ("550 the mailbox of anna does not exist", "bounced"),
        ("550 rejected", "failed"),
        ("550 5.7.1 unknown user agent", "failed"),
        ("554 no such user", "failed"),
        ("550 your address 10.5.1.1 is blocked", "failed"),
        ("550 sender address 5.1.1.9 listed", "failed"),
        ("450 4.1.1 user unknown for now", "retry"),
        ("431 disk full", "retry"),
    ],
)
def test_only_a_reply_that_says_so_for_certain_is_a_bounce(text: str, status: str) -> None:
    code, _, rest = text.partition(" ")
    assert refusal(Reply(int(code), rest)) == status


def test_a_reply_is_shown_on_one_line_and_not_at_length() -> None:
    shown = str(Reply(550, "no\n\x1b[31m way " + "x" * 999))
    assert shown.isprintable()
    assert shown.startswith("550 no [31m way xxx")
    assert len(shown) < 250


# ------------------------------------------------------------------ a server that misbehaves


def outcome_of(
    *scripts: Script, timeout: float = SOON, letter: Letter = LETTER
) -> tuple[str, str, list[bytes]]:
    with rude(*scripts) as server:
        delivery = Smtp("127.0.0.1", server.port, "none", timeout=timeout)
        (found,) = delivery.hand_over([letter])
        delivery.rest()
    return found.status, found.reason, server.bodies


@pytest.mark.parametrize(
    "script",
    [
        {"greeting": DROP},
        {"greeting": SILENCE},
        {"greeting": "421 too busy"},
        {"greeting": "554 no"},
        {"greeting": b"22"},
        {"greeting": "HTTP/1.1 400 Bad Request"},
        {"EHLO": DROP},
        {"EHLO": SILENCE},
        {"MAIL": "421 4.7.0 too many"},
        {"RCPT": "421 closing"},
        {"DATA": "421 closing"},
        {".": "421 not now"},
    ],
)
def test_a_server_that_takes_nothing_is_down(script: Script) -> None:
    status, reason, _ = outcome_of(script, script)
    assert (status, bool(reason)) == ("down", True)


def test_a_port_where_nobody_listens_is_down() -> None:
    with rude() as server:
        port = server.port
    (found,) = Smtp("127.0.0.1", port, "none", timeout=SOON).hand_over([LETTER])
    assert (found.status, found.reason) == ("down", "it cannot be reached: Connection refused")


@pytest.mark.parametrize(
    "script",
    [
        {"MAIL": DROP},
        {"MAIL": SILENCE},
        {"MAIL": b"25"},
        {"MAIL": b"hello\r\n"},
        {"MAIL": b"250-one\r\n250-two\r\n"},
        {"RCPT": DROP},
        {"RCPT": b"25x ok\r\n"},
        {"DATA": DROP},
        {"DATA": b"354 go"},
    ],
)
def test_a_connection_that_ends_before_the_text_was_sent_has_delivered_nothing(
    script: Script,
) -> None:
    status, _, bodies = outcome_of(script, script)
    assert (status, bodies) == ("retry", [])


def test_a_connection_that_ends_within_the_text_has_delivered_nothing() -> None:
    status, _, bodies = outcome_of({"body": DROP}, timeout=2, letter=LONG)
    assert (status, bodies) == ("retry", [])


@pytest.mark.parametrize(
    "answer", [DROP, SILENCE, b"", b"2", b"250", b"250 take", b"250-taken\r\n", "hello", "999 ?"]
)
def test_after_the_end_of_the_text_only_a_whole_reply_tells_what_became_of_it(
    answer: Line,
) -> None:
    status, reason, bodies = outcome_of({".": answer})
    assert status == "unknown"
    assert reason.startswith("after the end of the mail: ")
    assert len(bodies) == 1


def test_a_server_that_never_ends_its_reply_does_not_fill_the_memory() -> None:
    for answer in (b"2" * 100_000, b"250-more\r\n" * 10_000):
        status, _, _ = outcome_of({"MAIL": answer}, {"MAIL": answer}, timeout=2)
        assert status == "retry"


def test_a_reply_of_many_lines_is_one_reply() -> None:
    lines = "550-5.1.1 we looked\r\n550-everywhere\r\n550 for him"
    status, reason, _ = outcome_of({"RCPT": lines})
    assert (status, reason) == ("bounced", "550 5.1.1 we looked everywhere for him")


def test_a_server_that_closes_after_every_second_letter_gets_each_letter_once_in_order() -> None:
    # The third MAIL of a conversation finds it closed (knadh/listmonk#2313).
    scripts: list[Script] = [{"MAIL": ["250 ok", "250 ok", DROP]} for _ in range(9)]
    with rude(*scripts) as server:
        delivery = Smtp("127.0.0.1", server.port, "none", timeout=2)
        outcomes = delivery.hand_over(
            [replace(LETTER, id=str(number), text=f"letter {number}") for number in range(7)]
        )
        delivery.rest()
    assert [one.status for one in outcomes] == ["delivered"] * 7
    order = [body.partition(b"letter ")[2][:1] for body in server.bodies]
    assert order == [b"0", b"1", b"2", b"3", b"4", b"5", b"6"]
    assert len(server.heard) == 4


def test_a_421_in_a_connection_of_yesterday_is_answered_by_a_new_one() -> None:
    with rude({"MAIL": ["250 ok", "421 idle for too long"]}) as server:
        delivery = Smtp("127.0.0.1", server.port, "none", timeout=2)
        first, second = delivery.hand_over(letters(2))
        delivery.rest()
    assert (first.status, second.status) == ("delivered", "delivered")
    assert len(server.heard) == 2


def test_a_slow_server_has_so_much_time_for_a_letter_and_no_more() -> None:
    # Each byte comes in time, all of them together do not.
    began = time.monotonic()
    status, _, _ = outcome_of({"RCPT": DRIP}, {"RCPT": DRIP})
    assert status == "retry"
    assert time.monotonic() - began < 15  # all of them take twice that


# ------------------------------------------------------------------ who it is, and in private


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ours(authority: trustme.CA) -> ssl.SSLContext:
    """Of a server that is who it says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Of someone who trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize("implicit", [False, True])
def test_mail_goes_encrypted(
    ours: ssl.SSLContext, trusting: ssl.SSLContext, *, implicit: bool
) -> None:
    with postbox(context=ours, implicit=implicit) as box:
        delivery = smtp(box, "implicit" if implicit else "starttls", trusting)
        outcomes = delivery.hand_over(letters(2))
        delivery.rest()
    assert [one.status for one in outcomes] == ["delivered", "delivered"]
    assert implicit or box.encrypted == [True, True]


@pytest.mark.parametrize("implicit", [False, True])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    ours: ssl.SSLContext, *, implicit: bool
) -> None:
    with postbox(context=ours, implicit=implicit) as box:
        delivery = smtp(box, "implicit" if implicit else "starttls")
        (found,) = delivery.hand_over([LETTER])
    assert found.status == "down"
    assert "certificate verify failed" in found.reason
    assert box.mails == []


def test_without_encryption_nothing_goes_where_it_is_asked_for() -> None:
    with postbox() as box:
        (found,) = smtp(box, "starttls").hand_over([LETTER])
    assert (found.status, box.mails) == ("down", [])
    assert "STARTTLS" in found.reason


def test_what_is_said_in_the_clear_before_the_encryption_is_not_taken_for_private() -> None:
    said = "220 go ahead\r\n250 injected"
    with rude({"EHLO": "250-x\r\n250 STARTTLS", "STARTTLS": said}) as server:
        delivery = Smtp("127.0.0.1", server.port, "starttls", timeout=SOON)
        (found,) = delivery.hand_over([LETTER])
    assert (found.status, "before the encryption" in found.reason) == ("down", True)


def test_user_and_password_are_given(ours: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with postbox(context=ours, login=("shop", "s3cret word")) as box:
        delivery = smtp(box, "starttls", trusting, user="shop", password="s3cret word")  # noqa: S106 - of this test
        assert delivery.hand_over([LETTER])[0].status == "delivered"
        delivery.rest()


def test_a_password_that_is_refused_costs_no_letter_and_is_not_told() -> None:
    knows_users = "250-rude.example\r\n250 AUTH PLAIN"
    with rude({"EHLO": knows_users, "AUTH": "535 5.7.8 who are you?"}) as server:
        delivery = Smtp("127.0.0.1", server.port, "none", "shop", "wr0ng", timeout=2)
        (found,) = delivery.hand_over([LETTER])
    assert found.status == "down"
    assert found.reason == "it refuses the user: 535 5.7.8 who are you?"
    assert "wr0ng" not in repr(delivery)


def test_a_server_that_knows_no_users_is_down_where_one_is_set() -> None:
    with rude() as server:
        delivery = Smtp("127.0.0.1", server.port, "none", "shop", "x", timeout=2)
        (found,) = delivery.hand_over([LETTER])
    assert found.status == "down"
    assert "takes no user" in found.reason
